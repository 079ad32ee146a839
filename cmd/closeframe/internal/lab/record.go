package lab

import (
	"encoding/hex"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// A moment is something that happened at one end of a connection.
type moment struct {
	MS   float64 `json:"ms"`            // since the recording began
	What string  `json:"what"`          // a key of the words: "sent", "received", "end", …
	Hex  string  `json:"hex,omitempty"` // the bytes, or the first of them
}

// What is kept of a connection. A browser sends far less.
const (
	keptMoments = 2000
	keptBytes   = 64 << 10
	keptHex     = 200 // of one moment
)

// A recorder is a connection that notes what crosses it, and when.
type recorder struct {
	net.Conn
	begin time.Time

	mu         sync.Mutex
	moments    []moment
	sent       []byte
	received   []byte
	halfClosed bool
	closed     bool
}

// note adds a moment.
func (r *recorder) note(what string, b ...byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return // what comes then is our own doing
	case what == "closed" || what == "reset":
		r.closed = true
	case what == "sent":
		r.sent = kept(r.sent, b)
	case what == "received":
		r.received = kept(r.received, b)
	}
	if len(r.moments) == keptMoments {
		return
	}
	m := moment{MS: float64(time.Since(r.begin).Microseconds()) / 1000, What: what, Hex: hex.EncodeToString(b[:min(len(b), keptHex)])}
	if len(b) > keptHex {
		m.Hex += "…"
	}
	r.moments = append(r.moments, m)
}

// kept returns all, and as much of b as is kept.
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

// Write notes first and writes then, for the answer may come at once.
func (r *recorder) Write(p []byte) (int, error) {
	r.note("sent", p...)
	return r.Conn.Write(p)
}

// CloseWrite is what closeconn.Finish half-closes with. Once is enough.
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
