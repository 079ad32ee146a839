// Package eventloop is a WebSocket connection that does no I/O and owns no
// goroutine (RFC 6455): bytes in, bytes out, for stacks that serve many
// connections from one loop. Frames may be cut anywhere. A connection keeps
// nothing of what it was fed but the beginning of a frame, of
// [frame.MaxSize] bytes at most; messages are handed on in the pieces in
// which they come. It shows how package frame's parsers of whole frames and
// closeevent.Handshake are embedded in such a loop. There are no extensions.
//
// The owner of a [Conn] does this:
//
//	out = c.Feed(out, in, deliver) // whenever bytes have come
//	…                              // write out
//	if c.Over() {
//		// No more bytes are of interest. If c.ShouldCloseTransport(), half-close;
//		// in any case discard what comes, until the peer's end or a timeout.
//		// Then close.
//	}
//	event := c.TransportClosed() // once the transport is gone
//
// and to close, c.Close. If the peer's Close has not come within some time
// after that, it closes the transport; if the Close could not be written, it
// calls c.WriteFailed first.
package eventloop

import (
	"crypto/rand"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// A Conn is one connection, after the opening handshake. The zero Conn is a
// server's and ready to use; [NewClient] makes a client's. The methods of the
// Handshake are the owner's to use, other than Receive.
type Conn struct {
	closeevent.Handshake

	// Limit is how many bytes a message may have; 16 MiB if it is 0. A longer
	// one fails the connection with 1009.
	Limit uint64

	client bool
	over   bool // no more frames are read

	keep       [frame.MaxSize]byte // the beginning of a frame
	kept, need uint8               // how much of it is there, and has to be

	op   byte   // of the message that is being read, or 0
	fin  bool   // whether this is its last frame
	left uint64 // bytes of the frame that are still to come
	size uint64 // of the message, this frame included
	text utf8check.Stream
	key  [4]byte
	pos  int
}

// NewClient returns a client's Conn.
func NewClient() *Conn {
	return &Conn{Handshake: closeevent.NewClient(newKey()), client: true}
}

// Deliver takes a piece of a message: see [Conn.Feed].
type Deliver func(out, piece []byte, text, final bool) []byte

// Over reports whether this connection is done with frames: both Close frames
// have crossed, or it has failed. Write what Feed has appended, and end the
// transport.
func (c *Conn) Over() bool { return c.over }

// Feed takes the bytes in, which the peer has sent, and appends to out what is
// to be sent to it: Pongs, and a Close. It returns the extended buffer. in is
// unmasked in place, and not kept.
//
// deliver is called for each piece of a message, a view of in, as it comes;
// the last piece of a message is final, and may be empty. Text is checked up
// to that piece, which may end in the middle of a character. What comes after
// this endpoint began to close is not delivered.
//
// deliver may append to out what is to be sent, with c.AppendText, c.Close and
// so on, and returns the extended buffer.
func (c *Conn) Feed(out, in []byte, deliver Deliver) []byte {
	for len(in) > 0 && !c.over {
		if c.left > 0 {
			piece := in[:min(uint64(len(in)), c.left)]
			in = in[len(piece):]
			out = c.payload(out, piece, deliver)
			continue
		}
		b := in
		if c.kept > 0 { // a frame that has begun earlier
			n := copy(c.keep[c.kept:c.need], in)
			in = in[n:]
			c.kept += uint8(n)
			b = c.keep[:c.kept]
		}
		var n int
		out, n = c.frame(out, b, deliver)
		switch {
		case n > len(b): // the rest is to come
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

// frame takes a control frame, or the header of a data frame, from b. It
// returns how many bytes that takes, or, if there are fewer, how many there
// must be before it can say more.
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
		// a continuation of nothing, a message within another (§5.4)
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

// close takes a Close frame from b. The parsers of package frame do not care
// how often they see the beginning of one.
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

// closeSize returns the number of bytes to wait for when b holds the beginning
// of a valid Close frame.
func closeSize(b []byte) int {
	if n, err := frame.Size(b); err == nil {
		return n
	}
	return 2
}

// payload takes a piece of a data frame's payload.
func (c *Conn) payload(out, piece []byte, deliver Deliver) []byte {
	c.left -= uint64(len(piece))
	final := c.fin && c.left == 0
	text := c.op == 1
	if !text {
		frame.Mask(piece, c.key, c.pos)
	} else if !c.text.NextMasked(piece, c.key, c.pos) || final && !c.text.Complete() {
		return c.Fail(out, closecode.InvalidFramePayloadData) // §8.1
	}
	c.pos = (c.pos + len(piece)) & 3
	if final {
		c.op, c.size = 0, 0
	}
	if c.State() == closeevent.Open && (final || len(piece) > 0) {
		return deliver(out, piece, text, final)
	}
	return out
}

// Fail fails the connection (§7.1.7), and appends a Close to out if one is due.
// Feed does it for what the peer sends, and the owner for reasons of its own.
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

// AppendText appends a text message, which must be UTF-8, in one frame to out,
// and returns the extended buffer. Once the connection is closing nothing is
// appended.
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
