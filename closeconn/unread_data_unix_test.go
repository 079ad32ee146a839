//go:build unix

package closeconn_test

import (
	"errors"
	"flag"
	"io"
	"net"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

var closes = flag.Int("closes", 100, "how often each connection is closed over unread data")

// unread is the number of bytes from the peer that this endpoint does not read.
const unread = 1 << 20

// receiveBuffer returns the size of the receive buffer of conn. On Linux the
// kernel reserves half of it for itself, and net.core.rmem_max limits it.
func receiveBuffer(t *testing.T, conn net.Conn) (n int) {
	t.Helper()
	control(t, conn, func(fd int) (err error) {
		n, err = syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF)
		return err
	})
	return n
}

// waiting returns the number of bytes in the receive buffer of conn, at most
// len(buf).
func waiting(t *testing.T, conn net.Conn, buf []byte) (n int) {
	t.Helper()
	control(t, conn, func(fd int) (err error) {
		n, _, err = syscall.Recvfrom(fd, buf, syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		if err == syscall.EAGAIN {
			n, err = 0, nil
		}
		return err
	})
	return n
}

// control calls f with the file descriptor of conn.
func control(t *testing.T, conn net.Conn, f func(fd int) error) {
	t.Helper()
	raw, err := bottom(conn).(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = f(int(fd)) })
	if err := errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
}

// overUnread makes the peer send bytes that this endpoint does not read, waits
// until they have arrived, and calls end. It returns their number, what the
// peer reads after sending everything (the Close frame, or the error instead),
// and how TCP ends afterwards.
func overUnread(t *testing.T, tr transport, client bool, end func(net.Conn)) (lay int, c frame.Close, failed, ended error) {
	conn, peer := tr.pair(t)
	if client {
		conn, peer = peer, conn
	}
	if err := bottom(conn).(*net.TCPConn).SetReadBuffer(2 * unread); err != nil {
		t.Fatal(err)
	}
	var failedWrite error
	sent := make(chan struct{})
	go func() {
		_, failedWrite = peer.Write(make([]byte, unread))
		close(sent)
	}()
	select {
	case <-sent:
	case <-time.After(time.Second): // the buffers of both ends are smaller than that
	}
	peek := make([]byte, min(unread, receiveBuffer(t, conn)/4))
	for lay < len(peek) {
		runtime.Gosched()
		lay = waiting(t, conn, peek)
	}

	done := make(chan struct{})
	go func() {
		end(conn)
		close(done)
	}()
	<-sent
	if failed = failedWrite; failed == nil {
		_, parse := endpoint(!client)
		c, failed = readClose(peer, parse)
	}
	for _, conn := range []net.Conn{peer, bottom(peer)} {
		if _, ended = conn.Read(make([]byte, 1)); ended != io.EOF {
			break
		}
	}
	peer.Close()
	<-done
	return lay, c, failed, ended
}

// failThenFinish closes with this package.
func failThenFinish(client bool) func(net.Conn) {
	return func(conn net.Conn) {
		h, _ := endpoint(client)
		writeClose(conn, h, h.Fail(nil, closecode.MessageTooBig))
		closeconn.Finish(conn, h, long)
	}
}

// failThenClose closes without this package.
func failThenClose(conn net.Conn) {
	h, _ := endpoint(false)
	writeClose(conn, h, h.Fail(nil, closecode.MessageTooBig))
	conn.Close()
}

// TestCloseArrivesDespiteUnreadData verifies that the peer always receives the Close frame and
// then FIN, while 1 MiB from the peer is unread.
//
//	go test ./closeconn -run CloseArrives -v -closes 1000
//
// Shows: R25 R28 R55
func TestCloseArrivesDespiteUnreadData(t *testing.T) {
	for _, tr := range []transport{{"tcp", pairTCP}, {"tls", pairTLS}} {
		for _, role := range []string{"server", "client"} {
			t.Run(tr.name+"/"+role, func(t *testing.T) {
				lay := 0
				for i := range *closes {
					var c frame.Close
					var failed, ended error
					lay, c, failed, ended = overUnread(t, tr, role == "client", failThenFinish(role == "client"))
					if failed != nil || c.Code != closecode.MessageTooBig || ended != io.EOF {
						t.Fatalf("close %d: the peer got %v (%v), then %v; want 1009 and EOF", i+1, c.Code, failed, ended)
					}
				}
				t.Logf("%d of %d times over %d unread bytes the peer got the Close frame and then the end", *closes, *closes, lay)
			})
		}
	}
}

// TestPlainCloseResets verifies the opposite for a plain Close after the same
// Close frame: the peer receives a reset. Whether it has read the Close frame
// before depends on timing.
//
// Shows: R68
func TestPlainCloseResets(t *testing.T) {
	const control = 20
	for _, tr := range []transport{{"tcp", pairTCP}, {"tls", pairTLS}} {
		t.Run(tr.name, func(t *testing.T) {
			lost := 0
			for i := range control {
				_, _, failed, ended := overUnread(t, tr, false, failThenClose)
				if failed != nil {
					lost++
					ended = failed // a reset is reported once
				}
				if !errors.Is(ended, syscall.ECONNRESET) && !errors.Is(ended, syscall.EPIPE) {
					t.Fatalf("close %d: the peer got %v, want a reset", i+1, ended)
				}
			}
			t.Logf("%d of %d times the peer got a reset, %d times before it had the Close frame", control, control, lost)
		})
	}
}

// TestPeerStillWriting verifies that a peer that writes more than the buffers
// of the kernel hold before it reads also receives the Close frame. After a
// plain Close its write fails, and a stack that stops reading then never
// receives the code.
//
// Shows: R28 R55
func TestPeerStillWriting(t *testing.T) {
	for _, test := range []struct {
		name string
		end  func(net.Conn)
		lost bool
	}{
		{"finish", failThenFinish(false), false},
		{"plain close", failThenClose, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, client := pairTCP(t)
			// Some of it is unread when the server ends the connection.
			if _, err := client.Write(make([]byte, 1<<10)); err != nil {
				t.Fatal(err)
			}
			peek := make([]byte, 1<<10)
			for waiting(t, server, peek) == 0 {
				runtime.Gosched()
			}
			done := make(chan struct{})
			go func() {
				test.end(server)
				close(done)
			}()
			_, err := client.Write(make([]byte, 16<<20))
			var got closeevent.Event
			if err == nil {
				got = answerClose(client, true)
			} else {
				got = new(closeevent.Handshake).TransportClosed()
				client.Close()
			}
			<-done
			want := closecode.MessageTooBig
			if test.lost {
				want = closecode.AbnormalClosure
			}
			if got.Code != want {
				t.Errorf("the peer's write gave %v, and it got %v, want %v", err, got, want)
			}
		})
	}
}
