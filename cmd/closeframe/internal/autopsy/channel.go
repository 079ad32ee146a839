package autopsy

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/closeframe/closeframe/closetap"
)

// A channel carries, or may carry, one WebSocket connection: it is a TCP
// connection, the data in TLS, or a stream of HTTP/2. Its two sides are
// numbered until the client is known.
type channel struct {
	id     string
	ends   [2]string // addresses and ports
	client int       // the side that is the client; -1 if unknown
	sure   bool      // the client was seen to open the connection
	sides  [2]half

	path, host, agent string
	software          string // of the answer's Server header
	tls, http2        bool
	asked             bool   // an opening handshake was seen
	status            int    // of its answer
	extensions        string // the extensions that the answer accepted
	open              bool   // frames are expected
	cutHead           bool   // the heads are truncated by a snap length
	middle            bool   // the capture begins after the opening handshake
	web               bool   // it is a WebSocket connection
	started, last     int64

	tap      observer
	timeline ring
	acts     []act // the steps that ended the connection, in order
	fault    *violation
	limits   map[string]bool

	key         string // Sec-WebSocket-Key
	badAccept   bool
	tunnel      bool  // the client asked a proxy for a connection (CONNECT)
	skipped     int   // segments that were no frames, in a capture that begins later
	lastFrame   int64 // when the last frame of either side was complete
	quiet       int64 // lastFrame before the first act
	closed      [2]closed
	unansweredP [2]int // unanswered pings of each side
	lastPing    [2]int64
	alert       int // the description of a TLS alert other than close_notify; -1: none

	now int64
	seq uint32 // the sender's next sequence number after the current packet
	ack uint32 // the acknowledgment number of the current packet
}

// A half is the data that one side sends.
type half struct {
	buf   []byte // the head of HTTP so far
	state halfState
	scan  scanner
	messages
	frames int
	after  int   // frames after the side's Close
	last   int64 // when the side's last frame was complete
	ended  bool  // the side has stopped sending
	bytes  int64
	cut    bool // the last frame is cut off
	cutOp  byte // the opcode of that frame
}

type halfState uint8

const (
	inHead halfState = iota
	inFrames
	ignored
)

// An act is a step that ends a connection.
type act struct {
	what string // close, fin, reset, notify or alert
	from int
	at   int64
}

// A closed is a Close frame that one side sent.
type closed struct {
	seen  bool
	at    int64
	seq   uint32 // the sender's next sequence number after the frame
	ack   uint32 // the acknowledgment number in the frame's packet
	raw   []byte
	gap   bool
	count int // number of Close frames
}

// A violation is the first violation that the tap reported.
type violation struct {
	by   int
	at   int64
	name string
	late bool // a Close frame of either side preceded it
}

// faultOf returns the first rule that side i violated, or "".
func (c *channel) faultOf(i int) string {
	if name := c.sides[i].messages.fault; name != "" {
		return name
	}
	return c.tap.fault(i == c.client)
}

func newChannel(id string) *channel {
	return &channel{id: id, client: -1, alert: -1, limits: map[string]bool{}}
}

func (c *channel) limit(name string) { c.limits[name] = true }

// touch sets the time of the next events.
func (c *channel) touch(s segment) {
	c.now = s.time
	c.seq = s.seq + uint32(s.length)
	c.ack = s.ack
	if c.started == 0 {
		c.started = s.time
	}
	c.last = max(c.last, s.time)
}

// write processes bytes that side i sends, from a segment or a TLS record, and
// the number of bytes after them that are not in the capture.
func (c *channel) write(i int, b []byte, missing int) {
	h := &c.sides[i]
	h.bytes += int64(len(b) + missing)
	if missing > 0 && h.state != ignored {
		c.limit("missing")
	}
	if h.state == inHead {
		b = c.readHead(i, b)
	}
	if h.state == inFrames {
		if h.scan.lost {
			c.resync(i, b)
		}
		if !h.scan.lost {
			s := sender{c, i}
			h.scan.write(b, s)
			h.scan.miss(missing, s)
		}
		return
	}
	if missing > 0 && h.state == inHead {
		c.headCut(i)
	}
}

// headCut parses the incomplete head of side i, since its end is not in the
// capture, usually because of a snap length.
func (c *channel) headCut(i int) {
	h := &c.sides[i]
	buf := h.buf
	h.buf = nil
	end := bytes.LastIndex(buf, []byte("\r\n"))
	if end < 0 && bytes.HasPrefix(buf, []byte("HTTP/1.")) {
		end = len(buf)
	}
	if end > 0 {
		c.cutHead = true
		c.readHead(i, append(bytes.Clone(buf[:end]), "\r\n\r\n"...))
		if c.asked && i == c.client || c.open {
			h.state = inFrames
			c.limit("head-cut")
		}
	}
}

// readHead consumes bytes of the opening handshake and returns those after it.
func (c *channel) readHead(i int, b []byte) []byte {
	h := &c.sides[i]
	if len(h.buf) == 0 {
		if h.bytes == int64(len(b)) {
			b = cutProxy(b)
		}
		switch {
		case startsHTTP(b):
		case c.asked && c.status == 0 || c.sure && mayStartHTTP(b):
		case c.sure:
			if h.bytes == int64(len(b)) && len(b) > 0 {
				h.state = ignored // another protocol
			}
			return nil
		default:
			if masked, ok := plausible(b); ok {
				c.begin(i, masked)
				return b
			}
			c.skipped++
			return nil
		}
	}
	if len(h.buf)+len(b) > maxHead {
		h.state, h.buf = ignored, nil
		return nil
	}
	h.buf = append(h.buf, b...)
	for h.state == inHead {
		head, rest, ok := cutHead(h.buf)
		if !ok {
			return nil
		}
		c.head(i, head)
		h.buf = bytes.Clone(rest)
		if h.state == inHead && !startsHTTP(rest) {
			rest = nil // a body
		}
		if h.state != inHead || len(rest) == 0 {
			h.buf = nil
			return bytes.Clone(rest)
		}
	}
	return nil
}

// head processes a request or response.
func (c *channel) head(i int, head head) {
	request := strings.HasPrefix(head.first, "GET ") && i != 1-c.client
	switch {
	case head.upgrade() && request || c.cutHead && request && !c.asked:
		if c.status != 0 { // it was refused before
			c.status, c.acts = 0, nil
		}
		c.client, c.sure, c.asked, c.web = i, true, true, true
		c.path, c.host, c.agent = head.path(), head.get("Host"), head.get("User-Agent")
		c.key = head.get("Sec-WebSocket-Key")
		c.step(i, "request", 0, c.path)
		c.sides[i].state = inFrames
	case c.asked && i != c.client && c.status == 0 && head.status() == 101:
		c.software = head.get("Server")
		c.answered(i, 101, head.get("Sec-WebSocket-Extensions"))
		accept := head.get("Sec-WebSocket-Accept")
		if sum := sha1.Sum([]byte(c.key + guid)); !c.cutHead && accept != base64.StdEncoding.EncodeToString(sum[:]) {
			c.badAccept, c.open = true, false
		}
	case c.asked && i != c.client && c.status == 0 && head.status() >= 200:
		c.refused(i, head.status())
	case strings.HasPrefix(head.first, "CONNECT "):
		c.tunnel = true
	}
}

// act records a step that ends the connection.
func (c *channel) act(what string, i int) {
	if len(c.acts) == 0 {
		c.quiet = c.lastFrame
	}
	c.acts = append(c.acts, act{what, i, c.now})
}

// refused records that the opening handshake was answered with another status.
// The client may repeat it, as with credentials after 401.
func (c *channel) refused(i, status int) {
	c.status = status
	c.step(i, "answer", status, "")
	c.act("answer", i)
	state := inHead
	if c.http2 {
		state = ignored
	}
	c.sides[0].state, c.sides[1].state = state, state
}

// guid is the constant for the answer to the opening handshake (RFC 6455
// §4.2.2).
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// answered records that the opening handshake was completed.
func (c *channel) answered(i, status int, extensions string) {
	c.status, c.open, c.extensions = status, true, extensions
	c.sides[i].state = inFrames
	c.step(i, "answer", status, "")
	c.lastFrame = c.now
	if strings.Contains(extensions, "permessage-deflate") {
		c.limit("compressed")
	}
}

// begin records that the capture starts after the opening handshake, and
// whether the frames of side i are masked.
func (c *channel) begin(i int, masked bool) {
	c.middle, c.open = true, true
	c.limit("middle")
	c.sides[0].state, c.sides[1].state = inFrames, inFrames
	c.sides[1-i].scan.lost = true
	c.sides[i].messages.resume()
	client := i
	if !masked {
		client = 1 - i
	}
	if c.client < 0 {
		c.client = client
	}
	c.web = c.web || masked
}

// resync searches for frames in a segment after missing bytes. A frame usually
// starts at the beginning of a segment.
func (c *channel) resync(i int, b []byte) {
	masked, ok := plausible(b)
	if !ok || masked != (i == c.client) {
		return
	}
	c.sides[i].scan.lost = false
	c.sides[i].messages.resume()
	c.limit("resync")
	if masked {
		c.web = true
	}
}

// A sender is one side of a channel, as the sink of its scanner.
type sender struct {
	c *channel
	i int
}

func (s sender) header(h frameHeader, raw []byte) {
	s.c.sides[s.i].messages.header(h, raw, s.c.extensions != "" || s.c.middle || s.c.cutHead)
}
func (s sender) payload(p []byte) { s.c.sides[s.i].messages.payload(p) }
func (s sender) gap()             { s.c.sides[s.i].messages.gap() }
func (s sender) pass(b []byte)    { s.c.tap.Feed(tapSide(s.i == s.c.client), b) }

// opcodes are the names of frames (RFC 6455 §5.2).
var opcodes = [16]string{0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}

func opcodeName(op byte) string {
	if name := opcodes[op&15]; name != "" {
		return name
	}
	return "reserved"
}

func (s sender) frame(h frameHeader, raw []byte, gap bool) {
	c, i := s.c, s.i
	side := &c.sides[i]
	side.messages.complete(h)
	side.frames++
	side.last = c.now
	late := c.closed[0].seen || c.closed[1].seen
	if c.closed[i].seen {
		side.after++
	}
	note := ""
	switch h.opcode {
	case 8:
		cl := &c.closed[i]
		cl.count++
		if !cl.seen {
			*cl = closed{seen: true, at: c.now, seq: c.seq, ack: c.ack, raw: bytes.Clone(raw), gap: gap, count: 1}
			c.act("close", i)
			if gap {
				c.limit("close-cut")
			}
		}
		note = hex.EncodeToString(raw)
	case 9:
		c.unansweredP[i]++
		c.lastPing[i] = c.now
	case 10:
		c.unansweredP[1-i] = 0
	}
	c.lastFrame = c.now
	if c.fault == nil && c.faultOf(i) != "" {
		c.fault = &violation{i, c.now, c.faultOf(i), late}
	}
	c.step(i, opcodeName(h.opcode), int(min(h.length, 1<<31)), note)
}

// fin records that side i closed its half.
func (c *channel) fin(i int) {
	h := &c.sides[i]
	if h.ended {
		return
	}
	h.ended = true
	c.cutOff(i)
	c.act("fin", i)
	c.step(i, "fin", 0, "")
	c.tap.Ended(tapSide(i == c.client), closetap.EndFIN)
}

// reset records that side i reset the connection.
func (c *channel) reset(i int) {
	c.cutOff(i)
	c.act("reset", i)
	c.step(i, "reset", 0, "")
	c.tap.Ended(tapSide(i == c.client), closetap.EndReset)
}

// cutOff examines the incomplete last frame of side i.
func (c *channel) cutOff(i int) {
	h := &c.sides[i]
	if h.state != inFrames || h.scan.lost {
		return
	}
	if header, cut := h.scan.end(sender{c, i}); cut {
		h.cut, h.cutOp = true, header.opcode
		name := "half"
		c.step(i, name, 0, opcodeName(header.opcode))
	}
}

// step adds a line to the timeline.
func (c *channel) step(i int, what string, length int, note string) {
	c.timeline.add(mark{at: c.now, from: int8(i), what: what, length: length, note: note, count: 1})
}

// A mark is a step of the timeline whose side is a number.
type mark struct {
	at     int64
	from   int8
	what   string
	length int
	note   string
	count  int
}

// ringSize is the number of steps that a timeline keeps.
const ringSize = 16

// A ring keeps the first two steps and the last ones.
type ring struct {
	marks []mark
	total int
}

func (r *ring) add(m mark) {
	r.total++
	if n := len(r.marks); n > 0 && m.what == "records" && r.marks[n-1].what == m.what && r.marks[n-1].from == m.from {
		r.marks[n-1].count++
		r.marks[n-1].length += m.length
		r.marks[n-1].at = m.at
		r.total--
		return
	}
	if len(r.marks) < ringSize {
		r.marks = append(r.marks, m)
		return
	}
	copy(r.marks[2:], r.marks[3:])
	r.marks[ringSize-1] = m
}
