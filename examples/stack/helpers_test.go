package stack

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
)

// testConn returns an endpoint on conn, without an opening handshake.
func testConn(conn net.Conn, client bool, config Config) *Conn {
	return newConn(conn, bufio.NewReader(conn), client, config)
}

// tcpPair returns the two ends of a TCP connection over loopback.
func tcpPair(t testing.TB) (peer, conn *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	b, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	a.SetDeadline(time.Now().Add(30 * time.Second)) // a test that hangs fails
	return a.(*net.TCPConn), b.(*net.TCPConn)
}

// readAll reads until the end.
func readAll(t testing.TB, conn net.Conn) []byte {
	b, err := io.ReadAll(conn)
	if err != nil {
		t.Errorf("reading to the end: %v", err)
	}
	return b
}

// endedWith reports whether err is the expected end of the connection.
func endedWith(err error, want closeevent.Event) bool {
	got, ok := errors.AsType[closeevent.Event](err)
	return ok && got == want
}

// echo returns every message until the connection ends, and returns the error.
func echo(c *Conn) error {
	var buf []byte
	for {
		op, msg, err := c.Read(buf[:0])
		if err != nil {
			return err
		}
		c.Write(op, msg)
		buf = msg
	}
}

// echoServer returns an echo server and a channel with the errors of its
// connections.
func echoServer(t testing.TB, config Config) (*httptest.Server, <-chan error) {
	ends := make(chan error, 100)
	return httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := Upgrade(w, r, config)
		if err == nil {
			err = echo(c)
		}
		ends <- err
	})), ends
}

// overPipe runs f in a synctest bubble, with an endpoint and its peer at the ends
// of a net.Pipe. The pipe has no buffer: a write waits until it is read.
func overPipe(t *testing.T, f func(t *testing.T, peer net.Conn, c *Conn, client bool)) {
	eachRole(t, func(t *testing.T, client bool) {
		synctest.Test(t, func(t *testing.T) {
			peer, conn := net.Pipe()
			defer peer.Close()
			f(t, peer, testConn(conn, client, Config{Timeout: 7 * time.Second}), client)
		})
	})
}

// checkElapsed verifies the time since start.
func checkElapsed(t *testing.T, what string, start time.Time, want time.Duration) {
	t.Helper()
	if d := time.Since(start); d != want {
		t.Errorf("%s took %v, want %v", what, d, want)
	}
}

// waitUntil polls until ok returns true.
func waitUntil(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			t.Fatal("the condition did not become true within 10 s")
		}
	}
}

// blockWrite starts a Write that waits for a peer that does not read, and returns a
// channel with its error. The peer has read the first byte.
func blockWrite(peer net.Conn, c *Conn) <-chan error {
	wrote := make(chan error, 1)
	go func() { wrote <- c.Write(Binary, make([]byte, 1<<20)) }()
	peer.Read(make([]byte, 1))
	return wrote
}

// untilClose reads from peer until the Close frame of the endpoint, and returns
// everything read.
func untilClose(t *testing.T, peer net.Conn, client bool) []wireFrame {
	t.Helper()
	var b []byte
	seen := 0 // number of bytes of b in complete frames
	buf := make([]byte, 1<<16)
	for {
		n, err := peer.Read(buf)
		b = append(b, buf[:n]...)
		for {
			f, rest, ferr := nextFrame(b[seen:], client)
			if ferr == io.ErrUnexpectedEOF {
				break
			} else if ferr != nil {
				t.Fatal(ferr)
			}
			seen = len(b) - len(rest)
			if f.first == 0x88 {
				frames, err := unwire(b, client)
				if err != nil {
					t.Fatal(err)
				}
				return frames
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// closeOf returns the code and the reason of the Close among the frames. The
// code is 1005 for an empty one and 0 for none.
func closeOf(frames []wireFrame) (closecode.Code, string) {
	for _, f := range frames {
		if f.first == 0x88 {
			if len(f.payload) < 2 {
				return closecode.NoStatusRcvd, ""
			}
			return closecode.Code(f.payload[0])<<8 | closecode.Code(f.payload[1]), f.payload[2:]
		}
	}
	return 0, ""
}

// eachRole calls f for both roles of the endpoint.
func eachRole(t *testing.T, f func(t *testing.T, client bool)) {
	t.Run("server", func(t *testing.T) { f(t, false) })
	t.Run("client", func(t *testing.T) { f(t, true) })
}

// clean and lost are the two kinds of ends.
func clean(code closecode.Code, reason string) closeevent.Event {
	return closeevent.Event{Code: code, Reason: reason, WasClean: true}
}

var lost = closeevent.Event{Code: closecode.AbnormalClosure}
