package autopsy

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/rulebook"
	"github.com/closeframe/closeframe/frame"
)

// facts are the inputs of the rules. rules.json documents each name.
type facts map[string]any

func side(i, client int) Side {
	switch {
	case i < 0 || client < 0:
		return None
	case i == client:
		return Client
	}
	return Server
}

func seconds(ns int64) float64 { return math.Round(float64(ns)/1e3) / 1e6 }

// results returns the WebSocket connections in t. With allTLS, a TLS connection
// that could not be decrypted counts as one.
func (t *tcpConn) results(allTLS bool) (list []*Connection) {
	t.finish()
	t.each(func(ch *channel) {
		hidden := t.kind == overTLS && !t.tls.decrypted && !ch.web
		if ch.web && !ch.doubtful() || hidden && allTLS {
			list = append(list, t.verdict(ch))
		}
	})
	return list
}

// doubtful reports whether the frames of a connection whose opening handshake is
// not in the capture may be those of another protocol, by chance.
func (ch *channel) doubtful() bool {
	if !ch.middle {
		return false
	}
	const enough = 3
	frames := ch.sides[0].frames + ch.sides[1].frames
	return frames < enough && (ch.skipped >= enough || ch.faultOf(0) != "" || ch.faultOf(1) != "")
}

// hidden reports whether t is TLS that could not be decrypted.
func (t *tcpConn) hidden() bool { return t.kind == overTLS && !t.tls.decrypted }

// verdict returns the analysis of one channel.
func (t *tcpConn) verdict(ch *channel) *Connection {
	if ch.client < 0 {
		ch.client = guessClient(ch.ends)
		ch.limit("roles-guessed")
	}
	for i := range ch.sides {
		ch.cutOff(i) // frames truncated by the end of the capture are counted below only
	}
	c := &Connection{
		ID: ch.id, Client: ch.ends[ch.client], Server: ch.ends[1-ch.client],
		Path: ch.path, Host: ch.host, Agent: ch.agent, TLS: ch.tls, HTTP2: ch.http2, Status: ch.status,
		Start: time.Unix(0, ch.started).UTC(), began: ch.started,
		Frames:   [2]int{ch.sides[ch.client].frames, ch.sides[1-ch.client].frames},
		How:      "open",
		software: ch.software,
	}
	if c.Host == "" {
		c.Host = t.tls.serverName
	}
	slices.SortStableFunc(ch.acts, func(a, b act) int { return cmp.Compare(a.at, b.at) })
	slices.SortStableFunc(ch.timeline.marks, func(a, b mark) int { return cmp.Compare(a.at, b.at) })
	ch.end(t, c)
	c.Duration = seconds(c.end - ch.started)
	c.closes(ch)
	c.timeline(ch)
	c.facts = t.facts(ch, c)
	c.setEvents(ch)
	for name := range ch.limits {
		c.Limits = append(c.Limits, name)
	}
	if t.tls.lost {
		c.Limits = append(c.Limits, "missing")
	}
	if ch.tls && !t.tls.decrypted {
		c.Limits = append(c.Limits, "encrypted")
	}
	slices.Sort(c.Limits)
	c.Limits = slices.Compact(c.Limits)
	return c
}

// guessClient assumes that the side with the higher port is the client.
func guessClient(ends [2]string) int {
	if port(ends[0]) >= port(ends[1]) {
		return 0
	}
	return 1
}

// end sets how the connection ended and which side ended it.
func (ch *channel) end(t *tcpConn, c *Connection) {
	c.end = ch.last
	if len(ch.acts) == 0 {
		return
	}
	first := ch.acts[0]
	c.How, c.EndedBy, c.end = first.what, side(first.from, ch.client), first.at
	if ch.crossed() {
		c.EndedBy = None
	}
}

// crossed reports whether each side sent its Close frame before it had received
// the other's, which the acknowledgment in the later packet shows.
func (ch *channel) crossed() bool {
	a, b := ch.closed[0], ch.closed[1]
	if !a.seen || !b.seen {
		return false
	}
	if a.at > b.at {
		a, b = b, a
	}
	return int32(b.ack-a.seq) < 0
}

// closes sets the Close frames, in the order of the capture.
func (c *Connection) closes(ch *channel) {
	for _, a := range ch.acts {
		if a.what != "close" {
			continue
		}
		cl := ch.closed[a.from]
		x := parseClose(cl.raw, a.from == ch.client)
		x.From, x.At = side(a.from, ch.client), seconds(cl.at-ch.started)
		c.Closes = append(c.Closes, x)
	}
}

func (c *Connection) timeline(ch *channel) {
	for _, m := range ch.timeline.marks {
		s := Step{At: seconds(m.at - ch.started), From: side(int(m.from), ch.client), What: m.what, Length: m.length, Note: m.note}
		if m.count > 1 {
			s.Count = m.count
		}
		c.Timeline = append(c.Timeline, s)
	}
	c.Earlier = ch.timeline.total - len(ch.timeline.marks)
}

// closeOf returns the Close frame of a side, or nil.
func (c *Connection) closeOf(s Side) *Close {
	for i := range c.Closes {
		if c.Closes[i].From == s {
			return &c.Closes[i]
		}
	}
	return nil
}

// facts collects the facts for the rules, and determines the cause.
func (t *tcpConn) facts(ch *channel, c *Connection) facts {
	f := facts{"how": c.How, "tls": ch.tls, "http2": ch.http2, "frames": c.Frames[0] + c.Frames[1]}
	set := func(name string, v any) { f[name] = v }
	by := -1
	if len(ch.acts) > 0 {
		by = ch.acts[0].from
		set("by", string(side(by, ch.client)))
	}
	// The opening handshake.
	switch {
	case ch.tls && !t.tls.decrypted && !ch.web:
		set("opening", "hidden")
		set("established", t.tls.established)
	case ch.middle || !ch.asked:
		set("opening", "before")
	case ch.open:
		set("opening", "done")
	case ch.badAccept:
		set("opening", "unaccepted")
	case ch.status > 0:
		set("opening", "refused")
	default:
		set("opening", "unanswered")
	}
	if ch.status > 0 {
		set("status", ch.status)
	}
	// Close frames.
	switch len(c.Closes) {
	case 0:
		set("closes", "none")
	case 1:
		set("closes", string(c.Closes[0].From))
	default:
		set("closes", "both")
		set("answer", int(c.Closes[1].Code))
	}
	if len(c.Closes) > 0 {
		set("code", int(c.Closes[0].Code))
		set("first_close", string(c.Closes[0].From))
		first := ch.closed[0]
		if !first.seen || ch.closed[1].seen && ch.closed[1].at < first.at {
			first = ch.closed[1]
		}
		closer := 0
		if c.Closes[0].From != side(0, ch.client) {
			closer = 1
		}
		flow := &t.flows[closer]
		set("close_acknowledged", flow.hasAck && int32(flow.acked-first.seq) >= 0)
		if end := ch.transportEnd(); end != nil {
			set("waited", seconds(end.at-first.at))
			set("after_close", "peer-"+end.what)
			if end.from == closer {
				set("after_close", "closer-"+end.what)
			}
		}
	}
	set("crossed", ch.crossed())
	if t.packets[0] == 0 || t.packets[1] == 0 {
		i := 0
		if t.packets[0] == 0 {
			i = 1
		}
		set("one_way", string(side(i, ch.client)))
		ch.limit("one-way")
	}
	// Violations.
	if ch.fault == nil {
		for i := range ch.sides {
			if name := ch.faultOf(i); name != "" {
				ch.fault = &violation{i, ch.last, name, ch.closed[0].seen || ch.closed[1].seen}
				break
			}
		}
	}
	if ch.badAccept {
		ch.fault = &violation{1 - ch.client, ch.lastFrame, "bad_accept", false}
	}
	if ch.fault != nil {
		v := &Fault{By: side(ch.fault.by, ch.client), Error: ch.fault.name, Rule: rulebook.Section(ch.fault.name)}
		c.Violation = v
		set("violation", v.Error)
		set("violation_by", string(v.By))
		other := c.closeOf(v.By.Other())
		if other != nil {
			set("refusal", int(other.Code))
		}
		own := c.closeOf(v.By)
		set("violation_in_close", own != nil && own.Fault != "")
	}
	for i := range ch.sides {
		if ch.sides[i].cut && ch.sides[i].ended || ch.sides[i].cut && t.rst[i] {
			set("half", opcodeName(ch.sides[i].cutOp))
			set("half_by", string(side(i, ch.client)))
		}
	}
	// Times.
	if by >= 0 && c.How != "close" || len(c.Closes) > 0 {
		at := c.end
		quiet := ch.quiet
		if f["opening"] == "hidden" {
			quiet = max(t.lastRecord[0], t.lastRecord[1])
		}
		if quiet > 0 && at > quiet && f["one_way"] == nil {
			set("idle", seconds(at-quiet))
		}
	}
	if by >= 0 {
		if n := ch.unansweredP[by]; n > 0 {
			set("pings", n)
			set("ping_age", seconds(c.end-ch.lastPing[by]))
		}
	}
	for i := range t.flows {
		if t.flows[i].again >= 3 {
			set("vanished", string(side(1-i, ch.client)))
		}
	}
	// The transport.
	for i := range t.rst {
		if t.rst[i] {
			set("reset_by", string(side(i, ch.client)))
			if how := t.rstToData[i]; how != "" {
				set("reset_to_data", how)
			}
			break
		}
	}
	if f["reset_to_data"] == "after_fin" && ch.answerUnread() {
		set("answer_unread", true)
	}
	if i, sure := t.notifier(); i >= 0 {
		set("notify_by", string(side(i, ch.client)))
		set("notify_sure", sure)
	}
	if t.tls.alert >= 0 {
		set("alert", t.tls.alert)
		set("alert_by", string(side(t.tls.alertFrom, ch.client)))
	}
	c.Code = int(closecode.AbnormalClosure)
	if len(c.Closes) > 0 {
		c.Code = int(c.Closes[0].Code)
	}
	c.Cause = ch.cause(c, f)
	switch c.Cause {
	case Open, Unknown:
		c.Code = 0
	case Lost:
		c.Code = int(closecode.AbnormalClosure)
	}
	set("cause", string(c.Cause))
	return f
}

// notifier returns the side that sent close_notify first, or -1, and whether
// that is certain.
func (t *tcpConn) notifier() (i int, sure bool) {
	for _, a := range t.ch.acts {
		if a.what == "notify" {
			return a.from, true
		}
	}
	i = -1
	if t.tls.decrypted {
		return i, false
	}
	for k, at := range t.tls.maybe {
		if at != 0 && (i < 0 || at < t.tls.maybe[i]) {
			i = k
		}
	}
	return i, false
}

// transportEnd returns the first end of TCP or of the stream of HTTP/2, or nil.
func (ch *channel) transportEnd() *act {
	for i, a := range ch.acts {
		if a.what == "fin" || a.what == "reset" {
			return &ch.acts[i]
		}
	}
	return nil
}

// answerUnread reports whether the side that closed first had ended its half of
// TCP before the other side's Close frame, and reset TCP after it.
func (ch *channel) answerUnread() bool {
	if ch.http2 || len(ch.acts) == 0 || ch.acts[0].what != "close" {
		return false
	}
	closer := ch.acts[0].from
	step := 0
	for _, a := range ch.acts[1:] {
		switch {
		case step == 0 && a.what == "fin" && a.from == closer, step == 1 && a.what == "close", step == 2 && a.what == "reset" && a.from == closer:
			step++
		}
	}
	return step == 3
}

// failing lists the codes with which an endpoint fails a connection.
func failing(code closecode.Code) bool {
	switch code {
	case closecode.ProtocolError, closecode.UnsupportedData, closecode.InvalidFramePayloadData, closecode.MessageTooBig,
		closecode.MandatoryExtension:
		return true
	}
	return false
}

// cause determines how the connection ended.
func (ch *channel) cause(c *Connection, f facts) Cause {
	switch {
	case f["one_way"] != nil:
		return Unknown
	case f["alert"] != nil && f["established"] == false:
		return Refused
	case f["opening"] == "hidden":
		return Unknown
	case f["opening"] == "refused", f["opening"] == "unaccepted":
		return Refused
	case f["opening"] == "unanswered":
		if c.How == "open" {
			return Open
		}
		return Refused
	case c.How == "open":
		return Open
	case c.Violation != nil && c.Violation.Error != "after_close":
		return Failed
	case len(c.Closes) > 0 && failing(c.Closes[0].Code):
		return Failed
	case len(c.Closes) == 2:
		return Clean
	case len(c.Closes) == 1 && ch.transportEnd() == nil:
		return Open
	case len(c.Closes) == 1 && c.How != "close" && c.EndedBy != c.Closes[0].From:
		return Lost // the Close frame came after the end
	case len(c.Closes) == 1:
		return Unanswered
	}
	return Lost
}

// parseClose explains a Close frame, valid or not.
func parseClose(raw []byte, client bool) Close {
	x := Close{Bytes: hex.EncodeToString(raw), Code: closecode.NoStatusRcvd}
	var c frame.Close
	var err error
	b := bytes.Clone(raw)
	if client {
		c, _, err = frame.ParseMasked(nil, b)
	} else {
		c, _, err = frame.Parse(b)
	}
	if err == nil {
		x.Code, x.Reason = c.Code, string(c.Reason)
		return x
	}
	x.Fault = rulebook.Name(err)
	h, ok := parseHeader(raw)
	if !ok {
		return x
	}
	p := bytes.Clone(raw[h.size:])
	if h.masked {
		frame.Mask(p, [4]byte(raw[h.size-4:]), 0)
	}
	if len(p) >= 2 {
		x.Code = closecode.Code(binary.BigEndian.Uint16(p))
		x.Reason = strings.ToValidUTF8(string(p[2:]), "\ufffd")
	}
	return x
}

// port returns the port of an address and port.
func port(end string) int {
	n, _ := strconv.Atoi(end[strings.LastIndexByte(end, ':')+1:])
	return n
}
