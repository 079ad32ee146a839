package closeconn

import (
	"net"
	"time"
)

// grace is the time that a call may take to return after its connection was
// closed.
const grace = 50 * time.Millisecond

// A guard bounds the time of calls on a connection, even on connections that
// ignore deadlines or set their own: package crypto/tls sets 5 s for a
// close_notify.
type guard struct {
	layers   []net.Conn // from the top down
	deadline time.Time
}

func newGuard(conn net.Conn, timeout time.Duration) *guard {
	if conn == nil {
		panic("closeconn: nil net.Conn")
	}
	return &guard{unwrap(conn), time.Now().Add(timeout)}
}

func (g *guard) top() net.Conn    { return g.layers[0] }
func (g *guard) bottom() net.Conn { return g.layers[len(g.layers)-1] }

// do calls each of fs in a goroutine of its own and reports whether all returned in
// time. At the deadline do closes the connection, which makes most calls return; a
// call that does not is abandoned. If one of fs panics, do panics with the same
// value.
func (g *guard) do(fs ...func()) bool {
	done := make(chan any, len(fs))
	for _, f := range fs {
		go func() {
			defer func() { done <- recover() }()
			f()
		}()
	}
	timer := time.NewTimer(time.Until(g.deadline))
	defer timer.Stop()
	for running := len(fs); running > 0; {
		select {
		case p := <-done:
			if p != nil {
				panic(p)
			}
			running--
		case <-timer.C:
			g.abandon(done, running)
			return false
		}
	}
	return true
}

// abandon closes the connection and waits for a short time for the calls that are
// still running, which report to done.
func (g *guard) abandon(done <-chan any, running int) {
	closed := make(chan any, 1)
	go func() {
		defer func() { closed <- recover() }() // the calls panic in the same way
		g.unlinger()
		g.bottom().Close()
	}()
	// A Close that writes sets deadlines of its own, so the deadline is set
	// repeatedly until all calls have returned.
	for end := time.Now().Add(grace); (running > 0 || closed != nil) && time.Now().Before(end); {
		_ = g.top().SetDeadline(time.Unix(1, 0))
		select {
		case p := <-done:
			if p != nil {
				panic(p)
			}
			running--
		case <-closed:
			closed = nil
		case <-time.After(time.Millisecond):
		}
	}
}

// unlinger makes the kernel send the remaining bytes in the background, so that
// closing does not block if SO_LINGER is set.
func (g *guard) unlinger() {
	for _, c := range g.layers {
		if c, ok := c.(interface{ SetLinger(sec int) error }); ok {
			_ = c.SetLinger(-1)
		}
	}
}
