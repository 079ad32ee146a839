// Package swapin shows how to let closeframe handle the Close frames of other
// libraries, using only their exported names.
package swapin

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// timeout is the time for the peer to close the TCP connection.
const timeout = 5 * time.Second

// Gobwas is a connection of gobwas/ws on which closeframe parses the payload of
// Close frames, answers them, and returns how the connection ended. gobwas/ws
// reads the frames.
type Gobwas struct {
	conn   net.Conn
	reader wsutil.Reader
	others wsutil.FrameHandlerFunc // answers Pings

	mu sync.Mutex // around h, and around writing to conn
	h  closeevent.Handshake
}

// NewGobwas returns a connection after the opening handshake. in is conn, or
// the reader with buffered bytes that ws.Dial and ws.UpgradeHTTP return.
func NewGobwas(conn net.Conn, in io.Reader, side ws.State) *Gobwas {
	c := &Gobwas{conn: conn}
	if side.ClientSide() {
		c.h = closeevent.NewClient(ws.NewMask())
	}
	c.others = wsutil.ControlFrameHandler(locked{c}, side)
	c.reader = wsutil.Reader{
		Source: in, State: side, CheckUTF8: true,
		OnIntermediate: c.control, // inside a fragmented message
	}
	return c
}

// locked writes whole frames to the connection, one at a time.
type locked struct{ *Gobwas }

func (c locked) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.h.State() != closeevent.Open {
		return len(p), nil // send nothing after our Close frame
	}
	return c.conn.Write(p)
}

// errEnd ends reading after a Close frame has been handled.
var errEnd = errors.New("swapin: closed")

// control replaces wsutil's handler, which would answer a Close frame.
func (c *Gobwas) control(hdr ws.Header, r io.Reader) error {
	if hdr.OpCode != ws.OpClose {
		return c.others(hdr, r)
	}
	var buf [frame.MaxPayload]byte
	p := buf[:hdr.Length] // at most 125, as checked by ws.CheckHeader
	if _, err := io.ReadFull(r, p); err != nil {
		return err
	}
	received, err := frame.ParsePayload(p)
	if err != nil {
		return err
	}
	c.send(func(dst []byte) ([]byte, error) { return c.h.Receive(dst, received), nil })
	return errEnd
}

// send writes the Close frame of a step of the handshake.
func (c *Gobwas) send(step func(dst []byte) ([]byte, error)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var buf [frame.MaxSize]byte
	b, err := step(buf[:0])
	if err == nil && len(b) > 0 {
		if _, err := c.conn.Write(b); err != nil {
			c.h.WriteFailed()
		}
	}
	return err
}

// Read returns the next message. Its error is the closeevent.Event of the
// connection.
func (c *Gobwas) Read() (ws.OpCode, []byte, error) {
	for {
		hdr, err := c.reader.NextFrame()
		switch {
		case err != nil:
		case hdr.OpCode.IsControl():
			err = c.control(hdr, &c.reader)
		default:
			var p []byte
			if p, err = io.ReadAll(&c.reader); err == nil {
				return hdr.OpCode, p, nil
			}
		}
		if err != nil {
			return 0, nil, c.end(err)
		}
	}
}

// end fails the connection if err is a fault of the peer, and closes the TCP
// connection.
func (c *Gobwas) end(err error) error {
	code := closecode.ProtocolError // gobwas/ws has rejected the frame
	fault, ok := errors.AsType[frame.Error](err)
	_, broken := errors.AsType[net.Error](err)
	switch {
	case ok:
		code = fault.Code()
	case err == wsutil.ErrInvalidUTF8:
		code = closecode.InvalidFramePayloadData
	case err == errEnd || broken || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		code = 0
	}
	if code != 0 {
		c.send(func(dst []byte) ([]byte, error) { return c.h.Fail(dst, code), nil })
	}
	return closeconn.Finish(c.conn, &c.h, timeout)
}

// Write sends a message.
func (c *Gobwas) Write(op ws.OpCode, p []byte) error {
	return wsutil.WriteMessage(locked{c}, c.reader.State, op, p)
}

// Close starts the closing handshake. Read must be called until it returns an
// error. Close returns an error for a code or a reason that cannot be sent.
func (c *Gobwas) Close(code closecode.Code, reason string) error {
	return c.send(func(dst []byte) ([]byte, error) { return c.h.Close(dst, code, reason) })
}
