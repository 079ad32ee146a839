package autopsy

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/closeframe/closeframe/closetap"
)

// A channel is what carries one WebSocket connection, or may: a TCP
// connection, what is in TLS, or a stream of HTTP/2. Its two sides are numbered
// until it is known which one is the client.
type channel struct {
	id     string
	ends   [2]string // addresses and ports
	client int       // the side that is the client; -1: not known
	sure   bool      // the client was seen to open the connection
	sides  [2]half

	path, host, agent string
	software          string // of the answer's Server header
	tls, http2        bool
	asked             bool   // an opening handshake was seen
	status            int    // of its answer
	extensions        string // that the answer agreed to
	open              bool   // frames are expected
	cutHead           bool   // the heads are cut by a snap length
	middle            bool   // the capture begins after the opening handshake
	web               bool   // it is a WebSocket connection
	started, last     int64

	tap      observer
	timeline ring
	acts     []act // what ended the connection, in order
	fault    *violation
	limits   map[string]bool

	key         string // Sec-WebSocket-Key
	badAccept   bool
	beforeClose int64 // when the last frame before the first Close was complete
	lastFrame   int64 // when the last frame of either side was complete
	closed      [2]closed
	unansweredP [2]int // pings of each side that have no pong yet
	lastPing    [2]int64
	alert       int // the description of a TLS alert, but for close_notify; -1: none

	now int64
	seq uint32 // after the current packet, of its sender
	ack uint32 // of the current packet
}

// A half is what one side sends.
type half struct {
	buf   []byte // the head of HTTP so far
	state halfState
	scan  scanner
	messages
	frames int
	after  int   // frames after its Close
	last   int64 // when its last frame was complete
	ended  bool  // it sends nothing any more
	bytes  int64
	cut    bool // its last frame is cut off
	cutOp  byte // and this is its opcode
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
	seq   uint32 // after it
	ack   uint32 // what its sender had received
	raw   []byte
	hole  bool
	count int // of Close frames
}

// A violation is the first broken rule that the tap reported.
type violation struct {
	by   int
	at   int64
	name string
	late bool // a Close frame of either side preceded it
}

// faultOf returns the first rule that side i broke, "" if there is none.
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

// touch sets the time of what comes next.
func (c *channel) touch(s segment) {
	c.now = s.time
	c.seq = s.seq + uint32(s.length)
	c.ack = s.ack
	if c.started == 0 {
		c.started = s.time
	}
	c.last = max(c.last, s.time)
}

// write takes bytes that side i sends, those of a segment or of a TLS record,
// and the number of those after them that are not in the capture.
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

// headCut takes the head of side i as it is, since its end is not in the
// capture: cut by a snap length, usually.
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

// readHead takes bytes of the opening handshake and returns those after it.
func (c *channel) readHead(i int, b []byte) []byte {
	h := &c.sides[i]
	if len(h.buf) == 0 {
		switch {
		case bytes.HasPrefix(b, []byte("HTTP/1.")), bytes.HasPrefix(b, []byte("GET ")):
		case c.asked || c.sure && len(b) < 4:
		default:
			if masked, ok := plausible(b); ok && !c.sure {
				c.begin(i, masked)
				return b
			}
			if c.sure && h.bytes == int64(len(b)) {
				h.state = ignored // another protocol
			}
			return nil
		}
	}
	if len(h.buf)+len(b) > maxHead {
		h.state, h.buf = ignored, nil
		return nil
	}
	h.buf = append(h.buf, b...)
	head, rest, ok := cutHead(h.buf)
	if !ok {
		return nil
	}
	rest = bytes.Clone(rest)
	h.buf = nil
	switch {
	case head.upgrade() || c.cutHead && strings.HasPrefix(head.first, "GET ") && !c.asked && i != 1-c.client:
		c.client, c.sure, c.asked, c.web = i, true, true, true
		c.path, c.host, c.agent = head.path(), head.get("Host"), head.get("User-Agent")
		c.key = head.get("Sec-WebSocket-Key")
		c.step(i, "request", 0, c.path)
		h.state = inFrames
	case c.asked && i != c.client && head.status() == 101:
		c.software = head.get("Server")
		c.answered(i, 101, head.get("Sec-WebSocket-Extensions"))
		accept := head.get("Sec-WebSocket-Accept")
		if sum := sha1.Sum([]byte(c.key + guid)); !c.cutHead && accept != base64.StdEncoding.EncodeToString(sum[:]) {
			c.badAccept, c.open = true, false
		}
	case c.asked && i != c.client && head.status() >= 200:
		c.refused(i, head.status())
	}
	return rest
}

// refused says that the opening handshake was answered with another status.
func (c *channel) refused(i, status int) {
	c.status = status
	c.step(i, "answer", status, "")
	c.acts = append(c.acts, act{"answer", i, c.now})
	c.sides[0].state, c.sides[1].state = ignored, ignored
}

// guid is what the answer to the opening handshake is made with
// (RFC 6455 §4.2.2).
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// answered says that the opening handshake was completed.
func (c *channel) answered(i, status int, extensions string) {
	c.status, c.open, c.extensions = status, true, extensions
	c.sides[i].state = inFrames
	c.step(i, "answer", status, "")
	c.lastFrame = c.now
	if strings.Contains(extensions, "permessage-deflate") {
		c.limit("compressed")
	}
}

// begin says that the capture begins amid frames, those of side i masked or
// not.
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

// resync looks for frames in a segment after some bytes were not in the
// capture: they usually begin with it.
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
func (s sender) holed()           { s.c.sides[s.i].messages.hole() }
func (s sender) pass(b []byte)    { s.c.tap.Feed(tapSide(s.i == s.c.client), b) }

// opcodes are the names of frames (RFC 6455 §5.2).
var opcodes = [16]string{0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}

func opcodeName(op byte) string {
	if name := opcodes[op&15]; name != "" {
		return name
	}
	return "reserved"
}

func (s sender) frame(h frameHeader, raw []byte, hole bool) {
	c, i := s.c, s.i
	side := &c.sides[i]
	side.messages.complete(h)
	side.frames++
	side.last = c.now
	late := c.closed[0].seen || c.closed[1].seen
	if h.opcode == 8 && !late {
		c.beforeClose = c.lastFrame
	}
	c.lastFrame = c.now
	if c.closed[i].seen {
		side.after++
	}
	note := ""
	switch h.opcode {
	case 8:
		cl := &c.closed[i]
		cl.count++
		if !cl.seen {
			*cl = closed{seen: true, at: c.now, seq: c.seq, ack: c.ack, raw: bytes.Clone(raw), hole: hole, count: 1}
			c.acts = append(c.acts, act{"close", i, c.now})
			if hole {
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
	if c.fault == nil && c.faultOf(i) != "" {
		c.fault = &violation{i, c.now, c.faultOf(i), late}
	}
	c.step(i, opcodeName(h.opcode), int(min(h.length, 1<<31)), note)
}

// fin says that side i ended its half in order.
func (c *channel) fin(i int) {
	h := &c.sides[i]
	if h.ended {
		return
	}
	h.ended = true
	c.cutOff(i)
	c.acts = append(c.acts, act{"fin", i, c.now})
	c.step(i, "fin", 0, "")
	c.tap.Ended(tapSide(i == c.client), closetap.EndFIN)
}

// reset says that side i broke the connection off.
func (c *channel) reset(i int) {
	c.cutOff(i)
	c.acts = append(c.acts, act{"reset", i, c.now})
	c.step(i, "reset", 0, "")
	c.tap.Ended(tapSide(i == c.client), closetap.EndReset)
}

// cutOff looks at what there is of the last frame of side i.
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

// A mark is a step of the timeline while the sides are numbered.
type mark struct {
	at     int64
	from   int8
	what   string
	length int
	note   string
	count  int
}

// ringSize is how many steps a timeline keeps.
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
