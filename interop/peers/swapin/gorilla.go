package swapin

import (
	"sync"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/gorilla/websocket"
)

// Gorilla is a connection of gorilla/websocket. closeframe writes its Close
// frames and returns how it ended. gorilla/websocket parses Close frames
// itself, and calls its hook only for those it accepts.
type Gorilla struct {
	*websocket.Conn

	mu sync.Mutex // around h
	h  closeevent.Handshake
}

// NewGorilla takes over a connection. The library masks a client's frames, so a
// client's Handshake has a key of zeros, which leaves the payload passed to the
// library unmasked.
func NewGorilla(conn *websocket.Conn, client bool) *Gorilla {
	c := &Gorilla{Conn: conn}
	if client {
		c.h = closeevent.NewClient([4]byte{})
	}
	conn.SetCloseHandler(func(code int, text string) error {
		return c.send(func(dst []byte) ([]byte, error) {
			return c.h.Receive(dst, frame.Close{Code: closecode.Code(code), Reason: []byte(text)}), nil
		})
	})
	return c
}

// send passes the payload of the Close frame of a step of the handshake to the
// library, which frames it.
func (c *Gorilla) send(step func(dst []byte) ([]byte, error)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var buf [frame.MaxSize]byte
	b, err := step(buf[:0])
	if err != nil || len(b) == 0 {
		return err
	}
	header := 2
	if b[1]&0x80 != 0 {
		header = 6 // with the key of zeros
	}
	if c.WriteControl(websocket.CloseMessage, b[header:], time.Now().Add(timeout)) != nil {
		c.h.WriteFailed()
	}
	return nil
}

// Read returns the next message. Its error is the closeevent.Event of the
// connection.
func (c *Gorilla) Read() (kind int, p []byte, err error) {
	kind, p, err = c.ReadMessage()
	if err == nil {
		return kind, p, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := err.(*websocket.CloseError); !ok {
		// The library has rejected a frame and sent a Close frame with 1002 or
		// 1009 itself, or the connection is broken. Record that in the
		// handshake.
		c.h.Fail(nil, closecode.ProtocolError)
	}
	return 0, nil, closeconn.Finish(c.NetConn(), &c.h, timeout)
}

// Close starts the closing handshake. Read must be called until it returns an
// error. Close returns an error for a code or a reason that cannot be sent.
func (c *Gorilla) Close(code closecode.Code, reason string) error {
	return c.send(func(dst []byte) ([]byte, error) { return c.h.Close(dst, code, reason) })
}

// Fail fails the connection for a fault that the application has found, such as
// invalid UTF-8, and returns the closeevent.Event.
func (c *Gorilla) Fail(code closecode.Code) error {
	c.send(func(dst []byte) ([]byte, error) { return c.h.Fail(dst, code), nil })
	c.mu.Lock()
	defer c.mu.Unlock()
	return closeconn.Finish(c.NetConn(), &c.h, timeout)
}
