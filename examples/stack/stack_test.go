package stack

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
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

// ended reports whether err is how the connection should have ended.
func ended(err error, want closeevent.Event) bool {
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

// TestEcho verifies messages and closing from both sides over every kind of
// transport.
//
// Shows: R05 R20 R26 R27
func TestEcho(t *testing.T) {
	var config Config
	dial := func(t *testing.T, conn net.Conn, err error) *Conn {
		if err != nil {
			t.Fatal(err)
		}
		c, err := NewClient(t.Context(), conn, "ws://localhost/chat?room=1", config)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, tt := range []struct {
		name  string
		start func(t *testing.T, s *httptest.Server) *Conn
	}{
		{"TCP", func(t *testing.T, s *httptest.Server) *Conn {
			s.Start()
			c, err := Dial(t.Context(), "ws"+strings.TrimPrefix(s.URL, "http")+"/chat?room=1", config)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}},
		{"TLS", func(t *testing.T, s *httptest.Server) *Conn {
			s.StartTLS()
			config := Config{TLS: s.Client().Transport.(*http.Transport).TLSClientConfig}
			c, err := Dial(t.Context(), "wss"+strings.TrimPrefix(s.URL, "https"), config)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}},
		{"Unix", func(t *testing.T, s *httptest.Server) *Conn {
			l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
			if err != nil {
				t.Fatal(err)
			}
			s.Listener.Close()
			s.Listener = l
			s.Start()
			conn, err := net.Dial("unix", l.Addr().String())
			return dial(t, conn, err)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, ends := echoServer(t, Config{})
			defer s.Close()
			c := tt.start(t, s)
			for _, n := range []int{0, 1, 125, 126, 4096, maxFragment, maxFragment + 1, 65535, 65536, 1 << 20} {
				for _, op := range []Op{Text, Binary} {
					msg := bytes.Repeat([]byte{byte('a' + n%26)}, n)
					if err := c.Write(op, msg); err != nil {
						t.Fatal(err)
					}
					if err := c.Ping(msg[:min(n, 125)]); err != nil {
						t.Fatal(err)
					}
					gotOp, got, err := c.Read([]byte("kept "))
					if gotOp != op || string(got) != "kept "+string(msg) || err != nil {
						t.Fatalf("Read = %v, %.20q (%d bytes), %v; sent %v, %d bytes", gotOp, got, len(got), err, op, n)
					}
				}
			}
			event, err := c.Close(closecode.GoingAway, "Tschüß")
			if event != clean(1001, "") || err != nil {
				t.Errorf("Close = %v, %v", event, err)
			}
			if err := <-ends; err != error(clean(1001, "Tschüß")) {
				t.Errorf("the server's end: %v", err)
			}
		})
	}
}

// TestArguments verifies that calls with invalid arguments are rejected without
// effect.
func TestArguments(t *testing.T) {
	s := &script{pieces: [][]byte{wire(true, text("a"), closing(1000, "end"))}}
	c := testConn(s, false, Config{})
	for range 2 { // open, and after the end
		if err := c.Write(Op(3), nil); err == nil {
			t.Error("Write of opcode 3: no error")
		}
		if err := c.Write(Op(8), nil); err == nil {
			t.Error("Write of a Close: no error")
		}
		if err := c.Write(Text, []byte("\xff")); err == nil {
			t.Error("Write of text that is not UTF-8: no error")
		}
		if err := c.Ping(make([]byte, 126)); err != frame.ErrTooLong {
			t.Errorf("Ping of 126 bytes: %v", err)
		}
		for _, tt := range []struct {
			code   closecode.Code
			reason string
			want   error
		}{
			{1006, "", frame.ErrInvalidCode},
			{1005, "x", frame.ErrInvalidCode},
			{0, "", frame.ErrInvalidCode},
			{1000, strings.Repeat("x", 124), frame.ErrTooLong},
			{1000, "\xff", frame.ErrInvalidUTF8},
		} {
			if event, err := c.Close(tt.code, tt.reason); !errors.Is(err, tt.want) || event != (closeevent.Event{}) {
				t.Errorf("Close(%d, %q) = %v, %v", tt.code, tt.reason, event, err)
			}
		}
		if len(s.sent) > 0 && c.end == nil {
			t.Errorf("sent % x", s.sent)
		}
		if _, msg, err := c.Read(nil); c.end == nil && (string(msg) != "a" || err != nil) {
			t.Errorf("Read = %q, %v", msg, err)
		}
		for range 2 {
			if _, msg, err := c.Read([]byte("dst")); string(msg) != "dst" || err != error(clean(1000, "end")) {
				t.Errorf("Read = %q, %v", msg, err)
			}
		}
	}
	if err := c.Write(Text, nil); err != net.ErrClosed {
		t.Errorf("Write after the end: %v", err)
	}
	if err := c.Ping(nil); err != net.ErrClosed {
		t.Errorf("Ping after the end: %v", err)
	}
	if event, err := c.Close(3000, "too late"); event != clean(1000, "end") || err != nil {
		t.Errorf("Close after the end = %v, %v", event, err)
	}
	if !c.PeerFirst() {
		t.Error("PeerFirst is false")
	}
}

// TestMemory verifies that an announced length allocates no memory before the
// bytes arrive.
//
// Shows: R52
func TestMemory(t *testing.T) {
	in := wire(true, wireFrame{first: 0x82, length: "\x7f\x00\x00\x00\x00\x7f\xff\xff\xff"})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const runs = 100
	for range runs {
		testConn(&script{pieces: [][]byte{in}}, false, Config{MaxMessage: 1<<31 - 1}).Read(nil)
	}
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) / runs; n > 64<<10 {
		t.Errorf("a header of 14 bytes takes %d bytes", n)
	}
}

// TestDataWithEnd verifies a transport that returns the last bytes together
// with EOF, as TLS does.
func TestDataWithEnd(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
		msg := strings.Repeat("x", 10_000) // more than is read ahead
		c := testConn(&script{pieces: [][]byte{wire(!client, bin(msg))}, atOnce: true}, client, Config{})
		if _, got, err := c.Read(make([]byte, 0, 2*len(msg))); string(got) != msg || err != nil {
			t.Errorf("Read = %d bytes, %v", len(got), err)
		}
		if _, _, err := c.Read(nil); !ended(err, lost) {
			t.Errorf("Read: %v", err)
		}
	})
}

// TestSimultaneous verifies that if both endpoints close at the same time, each
// gets the code of the other, and both ends are clean.
//
// Shows: R21 R34
func TestSimultaneous(t *testing.T) {
	for range 200 {
		a, b := tcpPair(t)
		client, server := testConn(a, true, Config{}), testConn(b, false, Config{})
		var wg sync.WaitGroup
		wg.Go(func() {
			// Either Close may be first. An answer has the same code as the
			// frame it answers.
			if event, err := client.Close(3001, "c"); err != nil || !event.WasClean || event.Code != 4001 && event.Code != 3001 {
				t.Errorf("the client's end: %v, %v", event, err)
			}
		})
		wg.Go(func() {
			if event, err := server.Close(4001, "s"); err != nil || !event.WasClean || event.Code != 3001 && event.Code != 4001 {
				t.Errorf("the server's end: %v, %v", event, err)
			}
		})
		wg.Wait()
		if client.PeerFirst() && server.PeerFirst() {
			t.Error("each says that the other closed")
		}
	}
}

// pipe runs f in a synctest bubble, with an endpoint and its peer at the ends
// of a net.Pipe. The pipe has no buffer: a write waits until it is read.
func pipe(t *testing.T, f func(t *testing.T, peer net.Conn, c *Conn, client bool)) {
	roles(t, func(t *testing.T, client bool) {
		synctest.Test(t, func(t *testing.T) {
			peer, conn := net.Pipe()
			defer peer.Close()
			f(t, peer, testConn(conn, client, Config{Timeout: 7 * time.Second}), client)
		})
	})
}

// took verifies the time since start.
func took(t *testing.T, what string, start time.Time, want time.Duration) {
	t.Helper()
	if d := time.Since(start); d != want {
		t.Errorf("%s took %v, want %v", what, d, want)
	}
}

// TestNoAnswer verifies the timeout if the peer never answers our Close.
//
// Shows: R27
func TestNoAnswer(t *testing.T) {
	pipe(t, func(t *testing.T, peer net.Conn, c *Conn, client bool) {
		start := time.Now()
		go io.Copy(io.Discard, peer)
		if event, err := c.Close(1000, ""); event != lost || err != nil {
			t.Errorf("Close = %v, %v", event, err)
		}
		took(t, "closing", start, 7*time.Second)
	})
}

// TestNoEnd verifies the delay if a peer answers our Close but keeps the
// transport open: the timeout for a client, and 100 ms for a server, which
// closes first. The write side of a pipe cannot be closed.
//
// Shows: R27
func TestNoEnd(t *testing.T) {
	pipe(t, func(t *testing.T, peer net.Conn, c *Conn, client bool) {
		start := time.Now()
		go func() {
			time.Sleep(2 * time.Second)
			peer.Write(wire(!client, closing(1000, "")))
		}()
		go io.Copy(io.Discard, peer)
		if event, err := c.Close(1000, ""); event != clean(1000, "") || err != nil {
			t.Errorf("Close = %v, %v", event, err)
		}
		want := 2*time.Second + 100*time.Millisecond
		if client {
			want = 7 * time.Second
		}
		took(t, "closing", start, want)
	})
}

// wait polls until ok returns true.
func wait(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}

// stuck starts a Write that waits for a peer that does not read, and returns a
// channel with its error. The peer has read the first byte.
func stuck(peer net.Conn, c *Conn) <-chan error {
	wrote := make(chan error, 1)
	go func() { wrote <- c.Write(Binary, make([]byte, 1<<20)) }()
	peer.Read(make([]byte, 1))
	return wrote
}

// TestNotReading verifies that a peer that sends but does not read cannot block
// our Close, or our answer to its Close, while a Write of ours waits. It uses
// real time, because waiting for a lock stops the fake clock.
func TestNotReading(t *testing.T) {
	const timeout = 50 * time.Millisecond
	roles(t, func(t *testing.T, client bool) {
		peer, conn := net.Pipe()
		defer peer.Close()
		c := testConn(conn, client, Config{Timeout: timeout})
		wrote := stuck(peer, c)
		start := time.Now()
		if event, err := c.Close(1000, ""); event != lost || err != nil {
			t.Errorf("Close = %v, %v", event, err)
		}
		if d := time.Since(start); d < timeout || d > 100*timeout {
			t.Errorf("closing took %v", d)
		}
		if err := <-wrote; err == nil {
			t.Error("Write: no error")
		}
	})
	roles(t, func(t *testing.T, client bool) {
		peer, conn := net.Pipe()
		defer peer.Close()
		c := testConn(conn, client, Config{Timeout: timeout})
		wrote := stuck(peer, c)
		start := time.Now()
		go peer.Write(wire(!client, closing(4000, "gone")))
		// Our answer was not written: the code is kept, but the end is not
		// clean.
		_, _, err := c.Read(nil)
		if want := (closeevent.Event{Code: 4000, Reason: "gone"}); !ended(err, want) {
			t.Errorf("Read: %v, want %v", err, want)
		}
		if d := time.Since(start); d < timeout || d > 100*timeout {
			t.Errorf("closing took %v", d)
		}
		if !c.PeerFirst() {
			t.Error("PeerFirst is false")
		}
		if err := <-wrote; err == nil {
			t.Error("Write: no error")
		}
	})
}

// untilClose reads from peer until the Close frame of the endpoint, and returns
// everything read.
func untilClose(t *testing.T, peer net.Conn, client bool) []wireFrame {
	t.Helper()
	var b []byte
	seen := 0 // bytes of b that are whole frames
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

// TestGivingUpMessage verifies that a Close does not wait for the rest of a
// long message, and that nothing follows the Close frame.
//
// Shows: R19 R24
func TestGivingUpMessage(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
		conn, peer := net.Pipe()
		c := testConn(conn, client, Config{})
		wrote := make(chan error, 1)
		go func() { wrote <- c.Write(Binary, make([]byte, 1<<20)) }()
		wait(t, func() bool { // until the first frame is on its way
			if c.writing.TryLock() {
				c.writing.Unlock()
				return false
			}
			return true
		})
		closed := make(chan closeevent.Event)
		go func() {
			event, _ := c.Close(1001, "")
			closed <- event
		}()
		wait(t, func() bool { return c.state() != closeevent.Open })
		frames := untilClose(t, peer, client)
		if len(frames) != 2 || frames[0].first != 0x02 || len(frames[0].payload) != maxFragment || frames[1] != closing(1001, "") {
			t.Errorf("sent %v", frames)
		}
		if err := <-wrote; err != net.ErrClosed {
			t.Errorf("Write: %v", err)
		}
		peer.Write(wire(!client, text("dropped"), ping("not answered"), closing(1001, "")))
		peer.Close()
		if event := <-closed; event != clean(1001, "") {
			t.Errorf("Close = %v", event)
		}
	})
}

// TestCloseWhileReading verifies that several calls of Close during a Read all
// return the same end, and that one Close frame is sent.
//
// Shows: R18 R24
func TestCloseWhileReading(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
		peer, conn := tcpPair(t)
		c := testConn(conn, client, Config{})
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, msg, err := c.Read(nil); !ended(err, clean(4002, "")) {
				t.Errorf("Read = %q, %v", msg, err)
			}
		})
		for range 10 {
			wg.Go(func() {
				if event, err := c.Close(4002, "x"); event != clean(4002, "") || err != nil {
					t.Errorf("Close = %v, %v", event, err)
				}
			})
		}
		if frames := untilClose(t, peer, client); len(frames) != 1 || frames[0] != closing(4002, "x") {
			t.Errorf("sent %v", frames)
		}
		peer.Write(wire(!client, text("dropped"), closing(4002, "")))
		peer.CloseWrite()
		if rest := readAll(t, peer); len(rest) > 0 {
			t.Errorf("sent % x after the Close", rest)
		}
		wg.Wait()
	})
}

// TestPings verifies that a peer that sends Pings and does not read cannot
// block Read, and that the number of queued Pongs is bounded. When the peer
// reads at last, it receives the Pong for the newest Ping.
//
// Shows: R22 R61
func TestPings(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
		peer, conn := net.Pipe()
		defer peer.Close()
		c := testConn(conn, client, Config{})
		go func() {
			for range 1000 {
				peer.Write(wire(!client, ping(strings.Repeat("x", 125))))
			}
			peer.Write(wire(!client, ping("newest"), text("a")))
		}()
		if _, msg, err := c.Read(nil); string(msg) != "a" || err != nil {
			t.Fatalf("Read = %q, %v", msg, err)
		}
		closed := make(chan closeevent.Event)
		go func() {
			event, _ := c.Close(1000, "")
			closed <- event
		}()
		wait(t, func() bool { return c.state() != closeevent.Open })
		frames := untilClose(t, peer, client)
		if len(frames) > 100 || frames[len(frames)-2] != pong("newest") {
			t.Errorf("%d frames, the last Pong is %v", len(frames), frames[len(frames)-2])
		}
		peer.Write(wire(!client, closing(1000, "")))
		peer.Close()
		if event := <-closed; event != clean(1000, "") {
			t.Errorf("Close = %v", event)
		}
	})
}

// TestPongs verifies that several Pings are answered in order.
//
// Shows: R22
func TestPongs(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
		peer, conn := tcpPair(t)
		c := testConn(conn, client, Config{})
		var in, want []wireFrame
		for i := range 10 {
			in = append(in, ping(string(rune('0'+i))))
			want = append(want, pong(string(rune('0'+i))))
		}
		in = append(in, closing(1000, ""))
		want = append(want, closing(1000, ""))
		go c.Read(nil)
		peer.Write(wire(!client, ping("alone"))) // nothing else makes the endpoint write
		alone := make([]byte, len(wire(client, pong("alone"))))
		if _, err := io.ReadFull(peer, alone); err != nil {
			t.Fatal(err)
		}
		if f, _, err := nextFrame(alone, client); f != pong("alone") || err != nil {
			t.Errorf("got %v, %v", f, err)
		}
		peer.Write(wire(!client, in...))
		peer.CloseWrite()
		if got, err := unwire(readAll(t, peer), client); len(got) != len(want) || err != nil {
			t.Errorf("got %v, %v", got, err)
		} else {
			for i := range got {
				if got[i] != want[i] {
					t.Errorf("got %v", got)
				}
			}
		}
	})
}

// TestBothBusy verifies that two endpoints that send to each other at the same
// time, over a transport without a buffer, do not block forever.
func TestBothBusy(t *testing.T) {
	a, b := net.Pipe()
	config := Config{Timeout: 50 * time.Millisecond} // a pipe has no half-close: nobody ends first
	var readers, busy sync.WaitGroup
	ends := []*Conn{testConn(a, true, config), testConn(b, false, config)}
	for _, c := range ends {
		const messages = 30
		busy.Add(messages)
		readers.Go(func() {
			for i := 0; ; i++ {
				if _, _, err := c.Read(nil); err != nil {
					if i != messages || !ended(err, clean(1000, "")) {
						t.Errorf("%d messages, %v", i, err)
					}
					return
				}
				busy.Done()
			}
		})
		for range 3 {
			busy.Go(func() {
				for range messages / 3 {
					if err := c.Ping([]byte("are you there?")); err != nil {
						t.Error(err)
					}
					if err := c.Write(Binary, make([]byte, 100_000)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	busy.Wait()
	ends[0].Close(1000, "")
	readers.Wait()
}

// TestNoDataAfterClose lets many goroutines write while one closes. It verifies
// that the frames are in order, and that only Pongs follow the Close. An
// unfinished message may precede it.
//
// Shows: R05 R17 R24
func TestNoDataAfterClose(t *testing.T) {
	for range 10 {
		roles(t, func(t *testing.T, client bool) {
			peer, conn := tcpPair(t)
			conn.SetWriteBuffer(16 << 10)
			peer.SetReadBuffer(16 << 10)
			c := testConn(conn, client, Config{})
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					for c.Write(Text, make([]byte, 40_000)) == nil {
						c.Ping(nil)
					}
				})
			}
			go peer.Write(wire(!client, ping("x"), ping("y")))
			wg.Go(func() { c.Close(1000, "") })
			untilClose(t, peer, client)
			peer.Write(wire(!client, closing(1000, "")))
			peer.CloseWrite()
			rest, err := unwire(readAll(t, peer), client)
			if err != nil {
				t.Error(err)
			}
			for _, f := range rest {
				if f.first != 0x8a {
					t.Errorf("frame %02x after the Close", f.first)
				}
			}
			wg.Wait()
		})
	}
}

// TestPongAfterClose verifies that a Ping is answered after our own Close, until
// the peer's Close arrives, and that the close is clean.
//
// Shows: R22
func TestPongAfterClose(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
		peer, conn := tcpPair(t)
		c := testConn(conn, client, Config{})
		done := make(chan closeevent.Event, 1)
		go func() {
			event, err := c.Close(1000, "")
			if err != nil {
				t.Error(err)
			}
			done <- event
		}()
		untilClose(t, peer, client)
		peer.Write(wire(!client, ping("still here?")))
		var b []byte
		buf := make([]byte, 100)
		for {
			n, err := peer.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			b = append(b, buf[:n]...)
			f, _, err := nextFrame(b, client)
			if err == io.ErrUnexpectedEOF {
				continue
			}
			if err != nil || f.first != 0x8a || string(f.payload) != "still here?" {
				t.Fatalf("got frame %02x %q, %v; want a Pong", f.first, f.payload, err)
			}
			break
		}
		peer.Write(wire(!client, closing(1000, "")))
		peer.CloseWrite()
		if event := <-done; !event.WasClean {
			t.Errorf("got %v, want a clean close", event)
		}
	})
}

// TestReset verifies the end if the peer resets TCP.
//
// Shows: R42
func TestReset(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
		peer, conn := tcpPair(t)
		c := testConn(conn, client, Config{})
		peer.SetLinger(0)
		peer.Close()
		if _, _, err := c.Read(nil); !ended(err, lost) || err == error(lost) {
			t.Errorf("Read: %v", err)
		}
	})
}

// TestFailWhileReceiving verifies that the peer receives our Close frame and no
// reset if the connection fails while the peer is still sending.
//
// Shows: R25 R38 R55
func TestFailWhileReceiving(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
		for range 20 {
			peer, conn := tcpPair(t)
			c := testConn(conn, client, Config{MaxMessage: 1000})
			go c.Read(nil)
			sent := make(chan error)
			go func() {
				_, err := peer.Write(wire(!client, text("a"), bin(strings.Repeat("x", 1<<20))))
				peer.CloseWrite()
				sent <- err
			}()
			go c.Read(nil)
			frames, err := unwire(readAll(t, peer), client)
			if code, _ := closeOf(frames); code != e1009 || err != nil {
				t.Errorf("got %v, %v", frames, err)
			}
			if err := <-sent; err != nil {
				t.Error(err)
			}
		}
	})
}

// TestEarly verifies frames that arrive together with the opening handshake.
func TestEarly(t *testing.T) {
	s, ends := echoServer(t, Config{})
	s.Start()
	defer s.Close()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, goodRequest+string(wire(true, text("early"), closing(1001, ""))))
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	if err != nil || resp.StatusCode != 101 {
		t.Fatal(resp, err)
	}
	rest, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	if frames, err := unwire(rest, false); len(frames) != 2 || frames[0] != text("early") || frames[1] != closing(1001, "") || err != nil {
		t.Errorf("got %v, %v", frames, err)
	}
	if err := <-ends; err != error(clean(1001, "")) {
		t.Error(err)
	}
}

// TestServerDeadlines verifies that deadlines set by the HTTP server no longer
// apply.
func TestServerDeadlines(t *testing.T) {
	s, _ := echoServer(t, Config{})
	s.Config.ReadTimeout = 50 * time.Millisecond
	s.Config.WriteTimeout = 50 * time.Millisecond
	s.Start()
	defer s.Close()
	c, err := Dial(context.Background(), "ws"+s.URL[4:], Config{})
	if err != nil {
		t.Fatal(err)
	}
	<-time.After(100 * time.Millisecond) // more than the deadlines
	if err := c.Write(Text, []byte("a")); err != nil {
		t.Error(err)
	}
	if _, msg, err := c.Read(nil); string(msg) != "a" || err != nil {
		t.Errorf("Read = %q, %v", msg, err)
	}
	c.Close(1000, "")
}

// TestTLSCut verifies the end of a TLS connection whose TCP connection is
// closed without a close_notify.
func TestTLSCut(t *testing.T) {
	s, ends := echoServer(t, Config{})
	s.StartTLS()
	defer s.Close()
	raw, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	config := s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName = "example.com"
	if _, err := NewClient(t.Context(), tls.Client(raw, config), "wss://example.com/", Config{}); err != nil {
		t.Fatal(err)
	}
	raw.Close()
	if err := <-ends; !ended(err, lost) {
		t.Error(err)
	}
}
