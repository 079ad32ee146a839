package closeconn_test

import (
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// TestEarlierDeadlines verifies that deadlines in the past do not make Finish
// return early.
func TestEarlierDeadlines(t *testing.T) {
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) {
			server, client := tr.pair(t)
			h, _ := endpoint(false)
			writeClose(server, h, h.Fail(nil, closecode.PolicyViolation))
			if err := server.SetReadDeadline(time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
			sent := make(chan error, 1)
			go func() {
				// This is more than the buffers of the kernel hold, so Finish
				// must read it.
				_, err := client.Write(make([]byte, 8<<20))
				sent <- err
				answerClose(client, true)
				close(sent)
			}()
			closeconn.Finish(server, h, long)
			if err := <-sent; err != nil {
				t.Error("the peer could not send all:", err)
			}
			<-sent
		})
	}
}

// TestNoTimeout verifies that a timeout of 0 or less closes the connection
// immediately.
func TestNoTimeout(t *testing.T) {
	for _, timeout := range []time.Duration{0, -1, -1 << 63} {
		synctest.Test(t, func(t *testing.T) {
			for _, tr := range []transport{{"pipe", pairPipe}, {"tls", pairTLSPipe}} {
				server, client := tr.pair(t)
				start := time.Now()
				h, _ := endpoint(false)
				h.Receive(nil, frame.Close{Code: closecode.GoingAway})
				if got, want := closeconn.Finish(server, h, timeout), (closeevent.Event{Code: 1001, WasClean: true}); got != want {
					t.Errorf("%s: got %+v, want %+v", tr.name, got, want)
				}
				if d := time.Since(start); d != 0 {
					t.Errorf("%s: with timeout %v it took %v", tr.name, timeout, d)
				}
				wantClosed(t, server)
				client.Close()
			}
		})
	}
}

// TestPeerNeverCloses verifies that Finish takes no longer than its timeout if
// the peer neither reads nor closes, that it returns earlier if there is
// nothing to wait for, and that no goroutine remains. synctest detects both.
//
// Shows: R27 R69
func TestPeerNeverCloses(t *testing.T) {
	for _, timeout := range []time.Duration{time.Second, time.Hour} {
		for _, tr := range []transport{{"pipe", pairPipe}, {"tls", pairTLSPipe}} {
			for _, what := range []string{"waits", "fails", "gives up"} {
				t.Run(tr.name+"/"+what+"/"+timeout.String(), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						server, client := tr.pair(t)
						defer bottom(client).Close()
						if err := server.SetDeadline(time.Now().Add(timeout / 2)); err != nil {
							t.Fatal(err)
						}
						h, _ := endpoint(false)
						want := closeevent.Event{Code: closecode.AbnormalClosure}
						took := timeout
						switch what {
						case "waits":
							h, _ = endpoint(true)
							h.Receive(nil, frame.Close{Code: closecode.GoingAway})
							want = closeevent.Event{Code: closecode.GoingAway, WasClean: true}
						case "fails":
							// The write side of a pipe cannot be closed. Over TLS that
							// shows when the close_notify has not been written for 5 s.
							h.Fail(nil, closecode.ProtocolError)
							took = 100 * time.Millisecond
							if tr.name == "tls" {
								took = min(took+5*time.Second, timeout)
							}
						}
						start := time.Now()
						if got := closeconn.Finish(server, h, timeout); got != want {
							t.Errorf("got %+v, want %+v", got, want)
						}
						if d := time.Since(start); d != took {
							t.Errorf("it took %v, want %v", d, took)
						}
						wantClosed(t, server)
					})
				})
			}
		}
	}
}

// TestShortTimeout verifies that Close waits for an answer no longer than its
// timeout, even if that is less than the 50 ms for writing.
func TestShortTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := pairPipe(t)
		go io.Copy(io.Discard, client)
		h, _ := endpoint(false)
		start := time.Now()
		closeconn.Close(server, nil, h, closecode.GoingAway, "", 10*time.Millisecond)
		if d := time.Since(start); d != 10*time.Millisecond {
			t.Errorf("it took %v, want 10ms", d)
		}
		if cause := h.Ending().Cause(); cause != closeevent.CauseUnanswered {
			t.Errorf("cause %v, want unanswered", cause)
		}
	})
}

// TestTimeoutBoundsAll verifies that neither the deadline that TLS sets for itself
// nor SO_LINGER outlasts the timeout, with a peer that does not read.
func TestTimeoutBoundsAll(t *testing.T) {
	const timeout, slack = 300 * time.Millisecond, 4 * time.Second // TLS waits 5 s
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
