package stack

import (
	"errors"
	"fmt"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// errClosed is what reading ends with when the peer's Close has come.
var errClosed = errors.New("stack: the peer sent a Close")

// Close closes the connection and returns how it ended, after the peer's Close
// and the end of the transport, or the timeout. closecode.NoStatusRcvd and ""
// send a Close frame without a code. A connection that is closing or closed
// already is waited for.
//
// The error is that of frame.Append, for a code or a reason that can't be
// sent, and nothing has been done then.
func (c *Conn) Close(code closecode.Code, reason string) (closeevent.CloseEvent, error) {
	err := c.step(func(dst []byte) ([]byte, error) { return c.h.Close(dst, code, reason) })
	if err != nil {
		return closeevent.CloseEvent{}, err
	}
	c.send(true, opClose, nil) // if that fails, the handshake knows
	for {
		// The peer's Close is read by this Read, or by one that goes on.
		if _, _, err := c.Read(nil); err != nil {
			event, _ := errors.AsType[closeevent.CloseEvent](err)
			return event, nil
		}
	}
}

// PeerFirst reports, after the end, whether it was the peer that closed.
func (c *Conn) PeerFirst() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.h.PeerFirst()
}

func (c *Conn) state() closeevent.State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.h.State()
}

// step has f take a step of the handshake, and queues for send what it
// appends. The first step starts the clock for all that may keep us waiting: a
// Write that is going on, our Close, the peer's, the end of the transport.
func (c *Conn) step(f func(dst []byte) ([]byte, error)) (err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue, err = f(c.queue)
	if c.deadline.IsZero() && c.h.State() == closeevent.Closing {
		c.deadline = time.Now().Add(c.timeout)
		c.conn.SetDeadline(c.deadline)
	}
	return err
}

// finish ends the connection after the peer's Close or a fault of the peer, or
// when the transport or the time for closing has ended. Reading is over.
func (c *Conn) finish(cause error) {
	var code closecode.Code
	switch e := cause.(type) {
	case *fault:
		code = e.code
	case frame.Error:
		code = e.Code()
	}
	if code != 0 {
		c.step(func(dst []byte) ([]byte, error) { return c.h.Fail(dst, code), nil })
	}
	if code != 0 || cause == errClosed {
		c.send(true, opClose, nil)
	}

	// Finish waits for the peer, and needs the handshake for itself. What is
	// in its place meanwhile is closed.
	c.mu.Lock()
	h, deadline := c.h, c.deadline
	c.h.Disconnect()
	c.mu.Unlock()
	event := closeconn.Finish(c.conn, &h, time.Until(deadline))
	c.mu.Lock()
	c.h = h
	c.mu.Unlock()

	c.end = event
	if !event.WasClean {
		c.end = fmt.Errorf("%w (%w)", event, cause)
	}
}
