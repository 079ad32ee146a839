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

// A wrapped connection hides the methods CloseWrite and NetConn, like wrappers
// for metering and rate limits.
type wrapped struct{ net.Conn }

// TestWrapped verifies that two endpoints whose connections are wrapped do not wait
// for each other: neither can close its write side.
func TestWrapped(t *testing.T) {
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) {
			server, client := tr.pair(t)
			server, client = wrapped{server}, wrapped{client}
			atClient := make(chan closeevent.Event, 1)
			go func() { atClient <- answer(client, true) }()
			h, parse := endpoint(false)
			b, err := h.Close(nil, closecode.ServiceRestart, "")
			if err != nil {
				t.Fatal(err)
			}
			write(server, h, b)
			c, err := read(server, parse)
			if err != nil {
				t.Fatal(err)
			}
			h.Receive(nil, c)
			start := time.Now()
			want := closeevent.Event{Code: closecode.ServiceRestart, WasClean: true}
			if got := closeconn.Finish(server, h, long); got != want {
				t.Errorf("server: got %v, want %v", got, want)
			}
			if got := <-atClient; got != want {
				t.Errorf("client: got %v, want %v", got, want)
			}
			if d := time.Since(start); d > long/4 {
				t.Errorf("it took %v of %v", d, long)
			}
		})
	}
}

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

// TestStrangeLayers verifies that Finish returns within its timeout for any
// result of NetConn.
func TestStrangeLayers(t *testing.T) {
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

// TestTimeoutBoundsAll verifies that neither the deadline that TLS sets for itself
// nor SO_LINGER outlasts the timeout, with a peer that does not read.
func TestTimeoutBoundsAll(t *testing.T) {
	const timeout, slack = 300 * time.Millisecond, time.Second
	full := func(t *testing.T, conn net.Conn) {
		t.Helper()
		conn.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		for {
			if _, err := conn.Write(make([]byte, 1<<20)); err != nil {
				return // the buffers of both ends are full
			}
		}
	}
	for name, f := range map[string]func(t *testing.T) net.Conn{
		"tls": func(t *testing.T) net.Conn {
			server, _ := pairTLS(t)
			full(t, bottom(server))
			return server
		},
		"wrapped tls": func(t *testing.T) net.Conn {
			server, _ := pairTLS(t)
			full(t, bottom(server))
			return wrapped{server}
		},
		"linger": func(t *testing.T) net.Conn {
			server, _ := pairTCP(t)
			full(t, server)
			if err := server.(*net.TCPConn).SetLinger(6); err != nil {
				t.Fatal(err)
			}
			return server
		},
		"wrapped linger": func(t *testing.T) net.Conn {
			server, _ := pairTCP(t)
			full(t, server)
			if err := server.(*net.TCPConn).SetLinger(6); err != nil {
				t.Fatal(err)
			}
			return wrapped{server}
		},
	} {
		for _, ours := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				conn := f(t)
				h := new(closeevent.Handshake)
				if ours {
					h.Fail(nil, closecode.ProtocolError)
				}
				start := time.Now()
				closeconn.Finish(conn, h, timeout)
				if d := time.Since(start); d > timeout+slack {
					t.Errorf("it took %v of %v", d, timeout)
				}
			})
		}
	}
}

// An endless connection never runs out of bytes.
type endless struct {
	net.Conn
	read int
}

func (e *endless) Read(b []byte) (int, error)        { e.read += len(b); return len(b), nil }
func (e *endless) SetDeadline(time.Time) error       { return nil }
func (e *endless) SetReadDeadline(t time.Time) error { return nil }
func (e *endless) Close() error                      { return nil }

// TestFloodIsBounded verifies that Finish reads at most 64 MiB.
func TestFloodIsBounded(t *testing.T) {
	for _, client := range []bool{true, false} {
		h, _ := endpoint(client)
		h.Receive(nil, frame.Close{Code: closecode.GoingAway})
		e := new(endless)
		closeconn.Finish(e, h, time.Hour)
		if e.read != 64<<20 {
			t.Errorf("read %d bytes, want %d", e.read, 64<<20)
		}
	}
}

// A deaf connection ignores Close: its Read never returns.
type deaf struct{ net.Conn }

func (deaf) Read([]byte) (int, error)          { select {} }
func (deaf) SetDeadline(time.Time) error       { return nil }
func (deaf) SetReadDeadline(t time.Time) error { return nil }
func (deaf) Close() error                      { return nil }

// TestDeafConn verifies that Finish returns even if a method of the connection does
// not.
func TestDeafConn(t *testing.T) {
	h, _ := endpoint(true)
	start := time.Now()
	closeconn.Finish(deaf{}, h, 50*time.Millisecond)
	if d := time.Since(start); d > time.Second {
		t.Errorf("it took %v", d)
	}
}

// A panicky connection panics in Read once it is closed.
type panicky struct {
	net.Conn
	closed chan struct{}
}

func (p panicky) Read([]byte) (int, error)    { <-p.closed; panic("closed") }
func (p panicky) SetDeadline(time.Time) error { return nil }
func (p panicky) Close() error                { close(p.closed); return nil }

// TestPanic verifies that a panic of the connection reaches the caller of Finish.
func TestPanic(t *testing.T) {
	defer func() {
		if p := recover(); p != "closed" {
			t.Errorf("recovered %v", p)
		}
	}()
	h, _ := endpoint(true)
	closeconn.Finish(panicky{closed: make(chan struct{})}, h, 20*time.Millisecond)
}

// TestEarlyCloseOverTLS verifies that a close over TLS is clean on both sides if the
// peer closes its socket as soon as the Close frames have been exchanged.
func TestEarlyCloseOverTLS(t *testing.T) {
	closes := 200
	if testing.Short() {
		closes = 40
	}
	for range closes {
		server, client := pairTLS(t)
		atClient := make(chan error, 1)
		go func() {
			_, parse := endpoint(true)
			_, err := read(client, parse)
			if err == nil {
				b, _ := frame.AppendMasked(nil, [4]byte{1, 2, 3, 4}, closecode.ServiceRestart, "")
				_, err = client.Write(b)
			}
			client.Close()
			atClient <- err
		}()
		h, parse := endpoint(false)
		b, err := h.Close(nil, closecode.ServiceRestart, "")
		if err != nil {
			t.Fatal(err)
		}
		write(server, h, b)
		c, err := read(server, parse)
		if err != nil {
			t.Fatal(err)
		}
		h.Receive(nil, c)
		if err := <-atClient; err != nil {
			t.Fatal(err)
		}
		want := closeevent.Event{Code: closecode.ServiceRestart, WasClean: true}
		if got := closeconn.Finish(server, h, long); got != want {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}
