package stack

import (
	"io"
	"slices"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// Read waits for the next message, appends it to dst and returns the extended
// buffer, which is the caller's. Control frames in between are answered.
//
// When the connection has ended, and not before, the error has in it, for
// errors.AsType, the closeevent.CloseEvent, and what went wrong if it is not
// clean. Messages that come after this endpoint began to close are dropped.
func (c *Conn) Read(dst []byte) (Op, []byte, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	for c.end == nil {
		op, msg, err := c.readMessage(dst)
		if err != nil {
			c.finish(err)
		} else if c.state() == closeevent.Open {
			return op, msg, nil
		}
		dst = msg[:len(dst)]
	}
	return 0, dst, c.end
}

// A fault is what the peer did wrong in a frame other than Close.
type fault struct {
	code closecode.Code // to fail the connection with
	what string
}

func (f *fault) Error() string { return "stack: " + f.what }

func protocolError(what string) error { return &fault{closecode.ProtocolError, what} }

// readMessage appends the next message to dst. The error is a *fault or a
// frame.Error if the peer broke a rule, errClosed if its Close came, or else
// what reading the transport ended with.
func (c *Conn) readMessage(dst []byte) (op Op, msg []byte, err error) {
	start := len(dst)
	for {
		h, err := c.readHeader(op, c.limit-(len(dst)-start))
		switch {
		case err != nil:
			return 0, dst, err
		case h.op == opClose:
			return 0, dst, c.readClose()
		case h.op > opClose:
			p := c.control[:h.size]
			if _, err := io.ReadFull(c.in, p); err != nil {
				return 0, dst, err
			}
			if h.op == opPing {
				frame.Mask(p, h.key, 0) // a server's key is 0
				c.pong(p)
			}
			continue
		case h.op != opContinuation:
			op = h.op
			c.text.Reset()
		}
		if dst, err = c.readPayload(dst, h, op); err != nil || h.fin {
			return op, dst, err
		}
	}
}

// readClose reads a Close frame. The parsers of package frame say how many
// bytes they need, and find everything that may be wrong with them.
func (c *Conn) readClose() error {
	for n := 1; ; {
		b, err := c.in.Peek(n)
		if err != nil {
			return err
		}
		var f frame.Close
		if c.client {
			f, n, err = frame.Parse(b)
		} else {
			f, n, err = frame.ParseMasked(c.control[:0], b)
		}
		if err == nil {
			c.step(func(dst []byte) ([]byte, error) { return c.h.Receive(dst, f), nil })
			return errClosed
		}
		if err != io.ErrUnexpectedEOF {
			return err
		}
	}
}

// A header is that of a frame (RFC 6455 §5.2).
type header struct {
	fin  bool
	op   Op
	size int
	key  [4]byte
}

// readHeader reads a header. It is given the opcode of the message that is
// being read, or 0, and how much room is left in it. A fault is found at the
// byte that has it. The header of a Close frame is not read, and not judged.
func (c *Conn) readHeader(op Op, room int) (h header, err error) {
	b, err := c.in.Peek(1)
	if err != nil {
		return h, err
	}
	h.fin, h.op = b[0]&bitFIN != 0, Op(b[0]&0x0f)
	switch {
	case h.op == opClose:
		return h, nil
	case b[0]&bitsRSV != 0:
		// "MUST be 0 unless an extension is negotiated" (§5.2)
		return h, protocolError("reserved bit set")
	case h.op > opPong, h.op > Binary && h.op < opClose:
		// "If an unknown opcode is received, the receiving endpoint MUST _Fail
		// the WebSocket Connection_." (§5.2)
		return h, protocolError("unknown opcode")
	case h.op > opClose && !h.fin:
		// Control frames "MUST NOT be fragmented" (§5.5).
		return h, protocolError("fragmented control frame")
	case h.op < opClose && (h.op == opContinuation) != (op != 0):
		// "The fragments of one message MUST NOT be interleaved between the
		// fragments of another message" (§5.4).
		return h, protocolError("fragment of no message, or message within another")
	}

	if b, err = c.in.Peek(2); err != nil {
		return h, err
	}
	n, size := 2, uint64(b[1]&^bitMask)
	switch {
	case (b[1]&bitMask != 0) == c.client:
		// "The server MUST close the connection upon receiving a frame that is
		// not masked. […] A client MUST close a connection if it detects a
		// masked frame." (§5.1)
		return h, protocolError("masked frame of a server, or unmasked one of a client")
	case size > frame.MaxPayload && h.op > opClose:
		// "All control frames MUST have a payload length of 125 bytes or less"
		// (§5.5).
		return h, protocolError("control frame of more than 125 bytes")
	case size == 126:
		n = 4
	case size == 127:
		n = 10
	}

	if b, err = c.in.Peek(n); err != nil {
		return h, err
	}
	if n > 2 {
		size = 0
		for _, x := range b[2:] {
			size = size<<8 | uint64(x)
		}
		if size < 126 || size < 1<<16 && n == 10 || size >= 1<<63 {
			// "the minimal number of bytes MUST be used to encode the length",
			// and of 64 bits "the most significant bit MUST be 0" (§5.2).
			return h, protocolError("length not minimal, or of 64 bits")
		}
	}
	if h.op < opClose && size > uint64(room) {
		return h, &fault{closecode.MessageTooBig, "message too big"}
	}
	h.size = int(size)

	if !c.client {
		n += 4
		if b, err = c.in.Peek(n); err != nil {
			return h, err
		}
		h.key = [4]byte(b[n-4:])
	}
	c.in.Discard(n)
	return h, nil
}

// readPayload appends the payload of a data frame to dst as it arrives. Text
// that is not UTF-8 is found before the rest of it is there, and the memory
// taken is in proportion to what has come, not to what was announced.
func (c *Conn) readPayload(dst []byte, h header, op Op) ([]byte, error) {
	ok := true
	for pos := 0; pos < h.size; {
		if len(dst) == cap(dst) {
			dst = slices.Grow(dst, min(h.size-pos, max(len(dst), 4096)))
		}
		n, err := c.in.Read(dst[len(dst):min(cap(dst), len(dst)+h.size-pos)])
		if n == 0 && err != nil {
			return dst, err
		}
		p := dst[len(dst) : len(dst)+n]
		switch {
		case op == Binary:
			frame.Mask(p, h.key, pos)
		case c.client:
			ok = c.text.Next(p)
		default:
			ok = c.text.NextMasked(p, h.key, pos)
		}
		if !ok {
			break
		}
		dst, pos = dst[:len(dst)+n], pos+n
	}
	if !ok || op == Text && h.fin && !c.text.Complete() {
		// "When an endpoint is to interpret a byte stream as UTF-8 but finds
		// that the byte stream is not, in fact, a valid UTF-8 stream, that
		// endpoint MUST _Fail the WebSocket Connection_." (§8.1)
		return dst, &fault{closecode.InvalidFramePayloadData, "text is not UTF-8"}
	}
	return dst, nil
}
