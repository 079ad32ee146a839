package autopsy

import (
	"bytes"
	"fmt"
	"net"
	"slices"
	"strconv"
)

// A tcpConn is a TCP connection.
type tcpConn struct {
	stream  int
	ends    [2]string
	flows   [2]flow
	kind    kind
	ch      *channel // of a connection that is not HTTP/2
	streams map[int]*channel

	syn    bool // its beginning is in the capture
	client int
	tls    tlsState
	rst    [2]bool

	packets    [2]int    // that each side sent
	afterFIN   [2]bool   // data arrived for side i after its FIN
	rstToData  [2]string // a RST came after such data (after_fin), or soon after other data (recent)
	lastData   [2]int64
	finSent    [2]bool
	started    int64
	lastRecord [2]int64
}

type kind uint8

const (
	undecided kind = iota
	plain
	overTLS
	overHTTP2
)

// A tlsState is the observed state of TLS, decrypted or not.
type tlsState struct {
	serverName  string
	established bool // application data was seen
	decrypted   bool
	notified    [2]bool  // close_notify, for certain
	maybe       [2]int64 // when the last record may have been one: an encrypted alert, or one of its size
	alert       int
	alertFrom   int
	records     [2]int
	lost        bool
}

// newTCPConn returns a connection whose first packet is p. held counts the
// bytes kept for all connections.
func newTCPConn(p *packet, held *int) *tcpConn {
	t := &tcpConn{stream: p.stream, client: -1, started: p.time, tls: tlsState{alert: -1}}
	t.ends = [2]string{endpoint(p.src, p.sport), endpoint(p.dst, p.dport)}
	t.ch = newChannel(strconv.Itoa(p.stream))
	t.ch.ends, t.ch.started = t.ends, p.time
	t.flows[0].total, t.flows[1].total = held, held
	return t
}

func endpoint(addr string, port int) string { return net.JoinHostPort(addr, strconv.Itoa(port)) }

// packet processes the next packet.
func (t *tcpConn) packet(p *packet) {
	i := 0
	if endpoint(p.src, p.sport) != t.ends[0] {
		i = 1
	}
	if t.ends[0] == t.ends[1] {
		return // to itself: the two directions look the same
	}
	t.packets[i]++
	this := segment{seq: p.seq, length: p.length, data: p.payload, fin: p.flags&flagFIN != 0, time: p.time, ack: p.ack}
	if p.flags&flagSYN != 0 {
		t.syn = true
		t.client = i
		if p.flags&flagACK != 0 {
			t.client = 1 - i
		}
		t.setClient(t.client, true)
		this.seq++
		t.flows[i].synced, t.flows[i].next = true, this.seq
		if p.length == 0 { // not TCP Fast Open (RFC 7413)
			return
		}
	}
	if p.flags&flagACK != 0 && !t.rst[1-i] {
		t.flows[1-i].acknowledge(p.ack, tcpSide{t, 1 - i})
	}
	t.flows[i].probe(this, p.flags)
	tcpSide{t, i}.at(this)
	t.records(i, p)
	if p.length > 0 {
		t.lastData[i] = p.time
		if t.finSent[1-i] {
			t.afterFIN[1-i] = true
		}
	}
	if p.length > 0 || p.flags&flagFIN != 0 {
		t.flows[i].push(this, tcpSide{t, i})
		if this.fin {
			t.finSent[i] = true
		}
	}
	if p.flags&flagRST != 0 && !t.rst[i] {
		t.rst[i] = true
		switch {
		case t.afterFIN[i]:
			t.rstToData[i] = "after_fin"
		case t.lastData[1-i] != 0 && p.time-t.lastData[1-i] < 50e6 && !t.finSent[1-i]:
			t.rstToData[i] = "recent"
		}
		t.flows[i].flush(tcpSide{t, i})
		tcpSide{t, i}.at(this)
		t.each(func(ch *channel) { ch.reset(i) })
	}
}

func (t *tcpConn) setClient(i int, sure bool) {
	t.ch.client = i
	t.ch.sure = t.ch.sure || sure
}

// each calls f for each channel.
func (t *tcpConn) each(f func(ch *channel)) {
	if t.kind != overHTTP2 {
		f(t.ch)
		return
	}
	for _, id := range t.streamIDs() {
		f(t.streams[id])
	}
}

func (t *tcpConn) streamIDs() []int {
	ids := make([]int, 0, len(t.streams))
	for id := range t.streams {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// A tcpSide is one side of a TCP connection, as the sink of its flow.
type tcpSide struct {
	t *tcpConn
	i int
}

func (s tcpSide) at(g segment) {
	s.t.ch.touch(g)
	for _, ch := range s.t.streams {
		ch.touch(g)
	}
}

func (s tcpSide) segment(b []byte, missing int) {
	t := s.t
	if t.kind == undecided && len(b) > 0 {
		t.decide(s.i, b)
	}
	switch t.kind {
	case plain:
		t.ch.write(s.i, b, missing)
	case overTLS:
		if missing > 0 {
			t.tls.lost = true
		}
	}
}

func (s tcpSide) fin() { s.t.each(func(ch *channel) { ch.fin(s.i) }) }

// decide determines the protocol of the connection from its first captured
// bytes.
func (t *tcpConn) decide(i int, b []byte) {
	switch {
	case len(b) >= 3 && b[0] >= 20 && b[0] <= 23 && b[1] == 3 && b[2] <= 4 && (b[0] == 22 || !t.syn):
		t.kind = overTLS
		t.ch.tls = true
		if !t.syn {
			t.ch.limit("tls-middle")
		}
	case bytes.HasPrefix(b, []byte("PRI * HTTP/2.0")):
		t.kind = overHTTP2
		t.setClient(i, true)
	default:
		t.kind = plain
	}
}

// records processes tshark's fields for TLS and HTTP/2 in a packet.
func (t *tcpConn) records(i int, p *packet) {
	s := &t.tls
	if p.serverName != "" {
		s.serverName = p.serverName
	}
	tunneled := t.kind == plain && t.ch.tunnel && !t.ch.web && slices.Contains(p.recordTypes, recordHandshake)
	if len(p.recordTypes) > 0 && t.kind == undecided || tunneled {
		t.kind = overTLS
		t.ch.tls = true
		t.ch.sides[0].buf, t.ch.sides[1].buf = nil, nil
	}
	if t.kind == overTLS || t.kind == overHTTP2 && t.ch.tls {
		t.tlsRecords(i, p)
	}
	if len(p.h2) > 0 {
		t.http2(i, p)
	}
	if t.kind == overTLS && len(p.data) > 0 && len(p.recordTypes) > 0 {
		s.decrypted = true
		t.ch.write(i, p.data, 0)
	}
}

const (
	recordAlert       = 21
	recordHandshake   = 22
	recordApplication = 23
	clientHello       = 1

	// Size of an encrypted alert in TLS 1.3: two bytes, the type, and the tag
	// of the cipher (RFC 8446 §5.2, §6).
	alertSize13 = 2 + 1 + 16
)

func (t *tcpConn) tlsRecords(i int, p *packet) {
	s := &t.tls
	for _, h := range p.handshakes {
		if h == clientHello {
			t.setClient(i, true)
		}
	}
	alerts := p.alerts
	for k, kind := range p.recordTypes {
		length := 0
		if k < len(p.recordLens) {
			length = p.recordLens[k]
		}
		s.records[i]++
		switch kind {
		case recordApplication:
			s.established = true
			s.maybe[i] = 0
			if length == alertSize13 {
				s.maybe[i] = p.time
			} else if len(t.ch.acts) == 0 {
				t.lastRecord[i] = p.time
			}
			if len(p.data) == 0 {
				t.ch.step(i, "records", length, "")
			}
		case recordAlert:
			if len(alerts) == 0 { // encrypted, and there are no keys
				s.maybe[i] = p.time
				continue
			}
			t.alertRecord(i, alerts[0])
			alerts = alerts[1:]
		}
	}
}

func (t *tcpConn) alertRecord(i, description int) {
	s := &t.tls
	if description == 0 {
		if !s.notified[i] {
			s.notified[i] = true
			t.each(func(ch *channel) {
				ch.act("notify", i)
				ch.step(i, "notify", 0, "")
			})
		}
		return
	}
	if s.alert < 0 {
		s.alert, s.alertFrom = description, i
	}
	t.each(func(ch *channel) {
		ch.act("alert", i)
		ch.step(i, "alert", description, "")
	})
}

// maxStreams is the maximum number of WebSocket connections observed in one
// HTTP/2 connection.
const maxStreams = 1000

// http2 processes the frames of HTTP/2 in a packet (RFC 8441).
func (t *tcpConn) http2(i int, p *packet) {
	t.kind = overHTTP2
	t.tls.decrypted = true
	for _, h := range p.h2 {
		ch := t.streams[h.stream]
		if h.kind == h2Headers && h.websocket && ch == nil && len(t.streams) < maxStreams {
			if t.streams == nil {
				t.streams = map[int]*channel{}
			}
			ch = newChannel(fmt.Sprintf("%d/%d", t.stream, h.stream))
			ch.ends, ch.client, ch.sure, ch.asked, ch.web, ch.http2, ch.tls = t.ends, i, true, true, true, true, t.ch.tls
			ch.path, ch.host, ch.agent = h.path, h.authority, h.agent
			ch.touch(segment{seq: p.seq, length: p.length, time: p.time, ack: p.ack})
			ch.sides[i].state = inFrames
			ch.step(i, "request", 0, h.path)
			t.streams[h.stream] = ch
			continue
		}
		if ch == nil {
			continue
		}
		switch h.kind {
		case h2Headers:
			if i != ch.client && !ch.open && h.status >= 200 {
				if h.status < 300 {
					ch.answered(i, h.status, "")
				} else {
					ch.refused(i, h.status)
				}
			}
		case h2Data:
			ch.write(i, h.data, 0)
		case h2Reset:
			ch.reset(i)
			continue
		}
		if h.flags&h2EndStream != 0 && (h.kind == h2Data || h.kind == h2Headers) {
			ch.fin(i)
		}
	}
}

// finish processes the remaining data when the capture or the connection ends.
func (t *tcpConn) finish() {
	for i := range t.flows {
		t.flows[i].flush(tcpSide{t, i})
	}
}
