package closeconn

import (
	"net"
	"time"
)

// grace is how long a call on a connection that has been closed is waited for.
const grace = 50 * time.Millisecond

// A guard bounds the time that calls on a connection take, even on connections that
// ignore deadlines or set their own: package crypto/tls allows itself 5 s for a
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

// do calls f and reports whether it returned in time. At the deadline do closes the
// connection, which makes most calls return; a call that does not is abandoned. A
// panic of f becomes one of do.
func (g *guard) do(f func()) bool {
	done := make(chan any, 1)
	go func() {
		defer func() { done <- recover() }()
		f()
	}()
	timer := time.NewTimer(time.Until(g.deadline))
	defer timer.Stop()
	select {
	case p := <-done:
		if p != nil {
			panic(p)
		}
		return true
	case <-timer.C:
	}
	closed := make(chan any, 1)
	go func() {
		defer func() { closed <- recover() }() // f meets the same panic
		g.unlinger()
		g.bottom().Close()
	}()
	// A Close that writes sets deadlines of its own, so deadlines are set again
	// and again until both have returned.
	for end := time.Now().Add(grace); (done != nil || closed != nil) && time.Now().Before(end); {
		_ = g.top().SetDeadline(time.Unix(1, 0))
		select {
		case p := <-done:
			if p != nil {
				panic(p)
			}
			done = nil
		case <-closed:
			closed = nil
		case <-time.After(time.Millisecond):
		}
	}
	return false
}

// unlinger lets the kernel send what is left in the background, so that closing
// does not block for the SO_LINGER that somebody may have set.
func (g *guard) unlinger() {
	for _, c := range g.layers {
		if c, ok := c.(interface{ SetLinger(sec int) error }); ok {
			_ = c.SetLinger(-1)
		}
	}
}
