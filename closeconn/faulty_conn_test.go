package closeconn_test

import (
	"crypto/tls"
	"net"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// A loop returns itself from NetConn.
type loop struct{ net.Conn }

func (l *loop) NetConn() net.Conn { return l }

// A below returns any connection from NetConn.
type below struct {
	net.Conn
	conn net.Conn
}

func (b below) NetConn() net.Conn { return b.conn }

// An uncomparable connection would make == panic.
type uncomparable struct {
	net.Conn
	_ []int
}

func (u uncomparable) NetConn() net.Conn { return u }

// TestFaultyLayers verifies that Finish returns within its timeout for any
// result of NetConn.
func TestFaultyLayers(t *testing.T) {
	for name, wrap := range map[string]func(net.Conn) net.Conn{
		"itself":               func(c net.Conn) net.Conn { return &loop{c} },
		"an uncomparable self": func(c net.Conn) net.Conn { return uncomparable{Conn: c} },
		"nil":                  func(c net.Conn) net.Conn { return below{c, nil} },
		"a typed nil":          func(c net.Conn) net.Conn { return below{c, (*net.TCPConn)(nil)} },
		"a typed nil in TLS":   func(c net.Conn) net.Conn { return below{c, (*tls.Conn)(nil)} },
	} {
		for _, timeout := range []time.Duration{0, 200 * time.Millisecond} {
			t.Run(name+"/"+timeout.String(), func(t *testing.T) {
				server, client := pairTCP(t)
				defer client.Close()
				var h closeevent.Handshake
				h.Receive(nil, frame.Close{Code: closecode.GoingAway})
				start := time.Now()
				want := closeevent.Event{Code: closecode.GoingAway, WasClean: true}
				if got := closeconn.Finish(wrap(server), &h, timeout); got != want {
					t.Errorf("got %v, want %v", got, want)
				}
				if d := time.Since(start); d > timeout+time.Second {
					t.Errorf("it took %v of %v", d, timeout)
				}
				wantClosed(t, server)
			})
		}
	}
}

// TestNilConn verifies that a nil connection panics in the goroutine of the caller,
// which can recover, and nowhere else.
func TestNilConn(t *testing.T) {
	for name, conn := range map[string]net.Conn{"nil": nil, "wrapped nil": wrapped{nil}} {
		for call, f := range map[string]func(h *closeevent.Handshake){
			"Finish": func(h *closeevent.Handshake) { closeconn.Finish(conn, h, 10*time.Millisecond) },
			"Close":  func(h *closeevent.Handshake) { closeconn.Close(conn, nil, h, 1000, "", 10*time.Millisecond) },
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: %s does not panic", name, call)
					}
				}()
				f(new(closeevent.Handshake))
			}()
		}
	}
}

// A blocked connection ignores Close: its Read and Write never return.
type blocked struct{ net.Conn }

func (blocked) Write([]byte) (int, error)         { select {} }
func (blocked) Read([]byte) (int, error)          { select {} }
func (blocked) SetDeadline(time.Time) error       { return nil }
func (blocked) SetReadDeadline(t time.Time) error { return nil }
func (blocked) Close() error                      { return nil }

// TestBlockedConn verifies that Finish and Close return even if a method of the
// connection does not.
func TestBlockedConn(t *testing.T) {
	h, _ := endpoint(true)
	start := time.Now()
	closeconn.Finish(blocked{}, h, 50*time.Millisecond)
	h, _ = endpoint(true)
	closeconn.Close(blocked{}, nil, h, closecode.GoingAway, "", 50*time.Millisecond)
	if cause := h.Ending().Cause(); cause != closeevent.CauseUndelivered {
		t.Errorf("cause %v, want undelivered", cause)
	}
	if d := time.Since(start); d > time.Second {
		t.Errorf("it took %v", d)
	}
}

// A panicking connection panics in Read once it is closed.
type panicking struct {
	net.Conn
	closed chan struct{}
}

func (p panicking) Read([]byte) (int, error)    { <-p.closed; panic("closed") }
func (p panicking) SetDeadline(time.Time) error { return nil }
func (p panicking) Close() error                { close(p.closed); return nil }

// TestPanic verifies that a panic of the connection reaches the caller of Finish.
func TestPanic(t *testing.T) {
	defer func() {
		if p := recover(); p != "closed" {
			t.Errorf("recovered %v", p)
		}
	}()
	h, _ := endpoint(true)
	closeconn.Finish(panicking{closed: make(chan struct{})}, h, 20*time.Millisecond)
}
