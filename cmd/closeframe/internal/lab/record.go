package lab

import (
	"encoding/hex"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// A step is an event at one end of a connection.
type step struct {
	MS   float64 `json:"ms"`            // since the start of the recording
	What string  `json:"what"`          // a key of the words: "sent", "received", "end", …
	Hex  string  `json:"hex,omitempty"` // the bytes, or the first of them
}

// Limits on the record of a connection. A browser sends far less.
const (
	keptSteps = 2000
	keptBytes = 64 << 10
	keptHex   = 200 // of one step
)

// A recorder is a connection that records the bytes read and written, with
// times.
type recorder struct {
	net.Conn
	begin time.Time

	mu         sync.Mutex
	steps      []step
	sent       []byte
	received   []byte
	halfClosed bool
	closed     bool
}

// note adds a step.
func (r *recorder) note(what string, b ...byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return // later errors are caused by this end
	case what == "closed" || what == "reset":
		r.closed = true
	case what == "sent":
		r.sent = kept(r.sent, b)
	case what == "received":
		r.received = kept(r.received, b)
	}
	if len(r.steps) == keptSteps {
		return
	}
	m := step{MS: float64(time.Since(r.begin).Microseconds()) / 1000, What: what, Hex: hex.EncodeToString(b[:min(len(b), keptHex)])}
	if len(b) > keptHex {
		m.Hex += "…"
	}
	r.steps = append(r.steps, m)
}

// kept returns all with the part of b within the limit appended.
func kept(all, b []byte) []byte {
	return append(all, b[:min(len(b), keptBytes-len(all))]...)
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	if n > 0 {
		r.note("received", p[:n]...)
	}
	switch {
	case err == io.EOF:
		r.note("end")
	case err != nil && isReset(err):
		r.note("peer-reset")
	}
	return n, err
}

// Write records b before it writes b, because the answer may arrive
// immediately.
func (r *recorder) Write(p []byte) (int, error) {
	r.note("sent", p...)
	return r.Conn.Write(p)
}

// CloseWrite closes the write side for closeconn.Finish. Only the first call
// has an effect.
func (r *recorder) CloseWrite() error {
	r.mu.Lock()
	again := r.halfClosed
	r.halfClosed = true
	r.mu.Unlock()
	if again {
		return nil
	}
	r.note("half-closed")
	if c, ok := r.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return errors.ErrUnsupported
}

func (r *recorder) Close() error {
	r.note("closed")
	return r.Conn.Close()
}

// reset ends the connection so that the other end sees a reset.
func (r *recorder) reset() {
	if c, ok := r.Conn.(*net.TCPConn); ok {
		c.SetLinger(0)
	}
	r.note("reset")
	r.Conn.Close()
}

// over reports whether this end has closed the connection.
func (r *recorder) over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}
