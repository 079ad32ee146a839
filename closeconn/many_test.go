package closeconn_test

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
)

// TestManyAtOnce verifies that every client receives its code and reason if a
// server closes all connections at once.
func TestManyAtOnce(t *testing.T) {
	t.Logf("%d connections were closed in %v", 500, closeAll(t, connect(t, 500)))
}

// connect returns both ends of n connections.
func connect(tb testing.TB, n int) [][2]net.Conn {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer ln.Close()
	conns := make([][2]net.Conn, n)
	for i := range conns {
		if conns[i][1], err = net.Dial("tcp", ln.Addr().String()); err != nil {
			tb.Fatal(err)
		}
		if conns[i][0], err = ln.Accept(); err != nil {
			tb.Fatal(err)
		}
	}
	return conns
}

// closeAll closes all connections at the servers, verifies the results at both
// ends, and returns the elapsed time.
func closeAll(tb testing.TB, conns [][2]net.Conn) time.Duration {
	tb.Helper()
	atServer := make([]closeevent.Event, len(conns))
	atClient := make([]closeevent.Event, len(conns))
	var ends sync.WaitGroup
	for i := range conns {
		ends.Go(func() { atClient[i] = answerClose(conns[i][1], true) })
	}
	start := time.Now()
	for i := range conns {
		ends.Go(func() {
			h, parse := endpoint(false)
			b, err := h.Close(nil, closecode.ServiceRestart, "new version")
			if err != nil {
				return
			}
			writeClose(conns[i][0], h, b)
			if c, err := readClose(conns[i][0], parse); err == nil {
				writeClose(conns[i][0], h, h.Receive(nil, c))
			}
			atServer[i] = closeconn.Finish(conns[i][0], h, long)
		})
	}
	ends.Wait()
	took := time.Since(start)
	for i := range conns {
		if want := (closeevent.Event{Code: 1012, Reason: "new version", WasClean: true}); atClient[i] != want {
			tb.Fatalf("client %d of %d got %+v, want %+v", i+1, len(conns), atClient[i], want)
		}
		if want := (closeevent.Event{Code: 1012, WasClean: true}); atServer[i] != want {
			tb.Fatalf("server %d of %d got %+v, want %+v", i+1, len(conns), atServer[i], want)
		}
	}
	return took
}
