// Package eventloop is a WebSocket connection (RFC 6455) without I/O and
// goroutines, for stacks that serve many connections from one loop. Input may
// be split anywhere. A connection keeps only the start of an incomplete frame,
// at most [frame.MaxSize] bytes, and delivers messages in the chunks in which
// they arrive. It supports no extensions.
//
// Copy Conn.Feed and the methods that it calls. They assemble control frames
// for the parsers of package frame, validate text across chunks, and call the
// methods of closeevent.Handshake.
//
// The owner of a [Conn] runs this loop:
//
//	out = c.Feed(out, in, deliver) // after each read
//	…                              // write out
//	if c.Over() {
//		// If c.ShouldCloseTransport(), close the write side. Discard input
//		// until EOF or a timeout. Then close the transport.
//	}
//	event := c.TransportClosed() // after the transport was closed
//
// To close the connection it calls c.Close. If the peer's Close frame does not
// arrive before a timeout, it closes the transport. If writing the Close frame
// failed, it calls c.WriteFailed first.
package eventloop

import (
	"crypto/rand"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// A Conn is one connection after the opening handshake. The zero Conn is a
// server's and ready to use; [NewClient] returns a client's. The owner may call
// all methods of the Handshake except Receive.
type Conn struct {
	closeevent.Handshake

	// Limit is the maximum length of a message in bytes; 0 means 16 MiB. A
	// longer message fails the connection with 1009.
	Limit uint64

	client bool
	over   bool // no more frames are read

	keep       [frame.MaxSize]byte // the start of an incomplete frame
	kept, need uint8               // its size so far, and the required size

	op   byte   // of the message that is being read, or 0
	fin  bool   // whether this is its last frame
	left uint64 // remaining bytes of the frame
	size uint64 // of the message, this frame included
	text utf8check.Stream
	key  [4]byte
	pos  int
}

// NewClient returns a client's Conn.
func NewClient() *Conn {
	return &Conn{Handshake: closeevent.NewClient(newKey()), client: true}
}

// A Deliver receives a chunk of a message. See [Conn.Feed].
type Deliver func(out, chunk []byte, text, final bool) []byte

// Over reports whether no more frames are read: both Close frames have been
// exchanged, or the connection has failed. Write the output of Feed and end the
// transport.
func (c *Conn) Over() bool { return c.over }

// Feed parses in, the next bytes from the peer, and appends the replies to out:
// Pongs and a Close frame. It returns the extended buffer. Feed unmasks in in
// place and does not retain it.
//
// deliver is called with each chunk of a message, a part of in. The last chunk
// of a message is final and may be empty. Text is validated up to and including
// the chunk, which may end in the middle of a character. After this endpoint
// has started to close, nothing is delivered.
//
// deliver may append to out with c.AppendText, c.Close and similar methods. It
// returns the extended buffer.
func (c *Conn) Feed(out, in []byte, deliver Deliver) []byte {
	for len(in) > 0 && !c.over {
		if c.left > 0 {
			chunk := in[:min(uint64(len(in)), c.left)]
			in = in[len(chunk):]
			out = c.payload(out, chunk, deliver)
			continue
		}
		b := in
		if c.kept > 0 { // the start of a frame was kept
			n := copy(c.keep[c.kept:c.need], in)
			in = in[n:]
			c.kept += uint8(n)
			b = c.keep[:c.kept]
		}
		var n int
		out, n = c.frame(out, b, deliver)
		switch {
		case n > len(b): // incomplete
			if c.kept == 0 {
				c.kept = uint8(copy(c.keep[:], in))
				in = nil
			}
			c.need = uint8(n)
		case c.kept > 0:
			c.kept = 0
		default:
			in = in[n:]
		}
	}
	return out
}

// frame parses a control frame, or the header of a data frame, at the start of
// b. It returns its length in b, or if b is too short the length that is needed
// to continue.
func (c *Conn) frame(out, b []byte, deliver Deliver) ([]byte, int) {
	op, fin := b[0]&0x0f, b[0]&0x80 != 0
	switch {
	case op == 8:
		return c.close(out, b)
	case b[0]&0x70 != 0, op > 10, op > 2 && op < 8, op > 8 && !fin:
		// reserved bits, an unknown opcode, a fragmented control frame (§5.2,
		// §5.5)
		return c.Fail(out, closecode.ProtocolError), 0
	case op < 8 && (op == 0) != (c.op != 0):
		// a continuation without a message, or a message within another (§5.4)
		return c.Fail(out, closecode.ProtocolError), 0
	}
	n := 2
	if len(b) < n {
		return out, n
	}
	masked, size := b[1]&0x80 != 0, uint64(b[1]&0x7f)
	if masked == c.client || op > 8 && size > frame.MaxPayload {
		return c.Fail(out, closecode.ProtocolError), 0 // §5.1, §5.5
	}
	if size > 125 {
		least := uint64(126)
		n = 4
		if size == 127 {
			least, n = 1<<16, 10
		}
		if len(b) < n {
			return out, n
		}
		size = 0
		for _, x := range b[2:n] {
			size = size<<8 | uint64(x)
		}
		if size < least || size>>63 != 0 {
			return c.Fail(out, closecode.ProtocolError), 0 // §5.2
		}
	}
	if op < 8 && size > c.limit()-min(c.size, c.limit()) {
		return c.Fail(out, closecode.MessageTooBig), 0
	}
	var key [4]byte
	if masked {
		n += 4
		if len(b) < n {
			return out, n
		}
		key = [4]byte(b[n-4:])
	}

	if op > 8 {
		whole := n + int(size)
		if len(b) >= whole && op == 9 {
			// "an endpoint MUST send a Pong frame in response, unless it already
			// received a Close frame" (§5.5.2): also after our own Close.
			frame.Mask(b[n:whole], key, 0)
			out = c.append(out, 0x8a, b[n:whole])
		}
		return out, whole
	}
	if op != 0 {
		c.op = op
		c.text.Reset()
	}
	c.fin, c.left, c.key, c.pos = fin, size, key, 0
	c.size += size
	if size == 0 {
		out = c.payload(out, nil, deliver)
	}
	return out, n
}

// close parses a Close frame in b. The parsers of package frame can parse an
// incomplete frame repeatedly.
func (c *Conn) close(out, b []byte) ([]byte, int) {
	var f frame.Close
	var n int
	var err error
	var payload [frame.MaxPayload]byte
	if c.client {
		f, n, err = frame.Parse(b)
	} else {
		f, n, err = frame.ParseMasked(payload[:0], b)
	}
	switch err {
	case frame.ErrIncomplete:
		return out, closeSize(b)
	case nil:
		c.over = true
		return c.Receive(out, f), n
	}
	return c.Fail(out, err.(frame.Error).Code()), 0
}

// closeSize returns the number of bytes to wait for if b has the start of a
// valid Close frame.
func closeSize(b []byte) int {
	if n, err := frame.Size(b); err == nil {
		return n
	}
	return 2
}

// payload handles a chunk of the payload of a data frame.
func (c *Conn) payload(out, chunk []byte, deliver Deliver) []byte {
	c.left -= uint64(len(chunk))
	final := c.fin && c.left == 0
	text := c.op == 1
	if !text {
		frame.Mask(chunk, c.key, c.pos)
	} else if !c.text.NextMasked(chunk, c.key, c.pos) || final && !c.text.Complete() {
		return c.Fail(out, closecode.InvalidFramePayloadData) // §8.1
	}
	c.pos = (c.pos + len(chunk)) & 3
	if final {
		c.op, c.size = 0, 0
	}
	if c.State() == closeevent.Open && (final || len(chunk) > 0) {
		return deliver(out, chunk, text, final)
	}
	return out
}

// Fail fails the connection (§7.1.7) and appends a Close frame to out if one
// must be sent. Feed calls it for invalid input; the owner may call it for
// other reasons.
func (c *Conn) Fail(out []byte, code closecode.Code) []byte {
	c.over = true
	return c.Handshake.Fail(out, code)
}

func (c *Conn) limit() uint64 {
	if c.Limit > 0 {
		return c.Limit
	}
	return 16 << 20
}

// AppendText appends a text message, which must be valid UTF-8, in one frame to
// out and returns the extended buffer. After the connection has started to
// close it appends nothing.
func (c *Conn) AppendText(out, p []byte) []byte {
	return c.message(out, 0x81, p)
}

// AppendBinary is like [Conn.AppendText] and appends a binary message.
func (c *Conn) AppendBinary(out, p []byte) []byte {
	return c.message(out, 0x82, p)
}

func (c *Conn) message(out []byte, first byte, p []byte) []byte {
	if c.State() != closeevent.Open {
		return out
	}
	return c.append(out, first, p)
}

// append appends a frame (§5.2).
func (c *Conn) append(out []byte, first byte, p []byte) []byte {
	var mask byte
	if c.client {
		mask = 0x80
	}
	n := uint64(len(p))
	switch {
	case n < 126:
		out = append(out, first, mask|byte(n))
	case n < 1<<16:
		out = append(out, first, mask|126, byte(n>>8), byte(n))
	default:
		out = append(out, first, mask|127, byte(n>>56), byte(n>>48), byte(n>>40), byte(n>>32),
			byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	if !c.client {
		return append(out, p...)
	}
	key := newKey()
	out = append(out, key[:]...)
	i := len(out)
	out = append(out, p...)
	frame.Mask(out[i:], key, 0)
	return out
}

// newKey returns a masking key (§5.3).
func newKey() (key [4]byte) {
	rand.Read(key[:]) // never fails
	return key
}
