package stack

import (
	"encoding/binary"
	"errors"
	"net"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

const (
	// maxFragment is how many bytes of a message go into one frame, so that a
	// Pong or a Close does not have to wait for the rest of a long message.
	maxFragment = 32 << 10

	// maxPongs is how many bytes of Pongs wait for a peer that reads nothing.
	maxPongs = 4 << 10
)

// Write sends p as one message. It returns net.ErrClosed once this endpoint is
// closing, be it in the middle of the message (RFC 6455 §6.1). A peer that
// does not read makes Write wait, until the connection is closed.
func (c *Conn) Write(op Op, p []byte) error {
	if op != Text && op != Binary || op == Text && !utf8check.Valid(p) {
		return errors.New("stack: neither Binary nor Text that is UTF-8")
	}
	c.message.Lock()
	defer c.message.Unlock()
	for {
		n := min(len(p), maxFragment)
		if err := c.send(n == len(p), op, p[:n]); err != nil || n == len(p) {
			return err
		}
		op, p = opContinuation, p[n:]
	}
}

// Ping sends a Ping with a payload of at most 125 bytes. Read drops the Pong.
func (c *Conn) Ping(p []byte) error {
	if len(p) > frame.MaxPayload {
		return frame.ErrTooLong
	}
	return c.send(true, opPing, p)
}

// pong answers a Ping with the payload p, and does not wait until the Pong is
// written: two peers with full buffers that both did would wait for ever.
func (c *Conn) pong(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.h.State() != closeevent.Open:
		// "After sending a control frame indicating the connection should be
		// closed, a peer does not send any further data" (§1.4), and some peers
		// take any frame after a Close for a fault.
		return
	case len(c.queue) == 0:
		go c.send(true, opClose, nil) // otherwise somebody is on the way already
	case len(c.queue) > maxPongs:
		// "the endpoint MAY elect to send a Pong frame for only the most
		// recently processed Ping frame" (§5.5.3)
		c.queue = c.queue[:0]
	}
	c.queue = c.appendFrame(c.queue, true, opPong, p)
}

// appendFrame appends a frame to b (RFC 6455 §5.2).
func (c *Conn) appendFrame(b []byte, fin bool, op Op, p []byte) []byte {
	first, mask := byte(op), byte(0)
	if fin {
		first |= bitFIN
	}
	if c.client {
		mask = bitMask
	}
	switch {
	case len(p) < 126:
		b = append(b, first, mask|byte(len(p)))
	case len(p) < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, first, mask|126), uint16(len(p)))
	default:
		b = binary.BigEndian.AppendUint64(append(b, first, mask|127), uint64(len(p)))
	}
	if !c.client {
		return append(b, p...)
	}
	// "a client MUST mask all frames that it sends to the server" (§5.1)
	key := newKey()
	b = append(append(b, key[:]...), p...)
	frame.Mask(b[len(b)-len(p):], key, 0)
	return b
}

// send writes the queue and then a frame; with opClose the queue alone, at the
// end of which our Close is. No frame goes out after that.
func (c *Conn) send(fin bool, op Op, p []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.mu.Lock()
	open := c.h.State() == closeevent.Open
	if op != opClose && !open {
		c.mu.Unlock()
		return net.ErrClosed
	}
	c.out = append(c.out[:0], c.queue...)
	c.queue = c.queue[:0]
	c.mu.Unlock()

	if op != opClose {
		c.out = c.appendFrame(c.out, fin, op, p)
	}
	if len(c.out) > 0 && c.broken == nil {
		_, c.broken = c.conn.Write(c.out)
	}
	if c.broken != nil && !open {
		c.mu.Lock()
		c.h.Unsent()
		c.mu.Unlock()
	}
	return c.broken
}
