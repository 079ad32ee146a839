package stack

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closeevent"
)

// TestSimultaneousClose verifies that if both endpoints close at the same time, each
// gets the code of the other, and both ends are clean.
//
// Shows: R21 R34
func TestSimultaneousClose(t *testing.T) {
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

// TestCloseInterruptsMessage verifies that a Close does not wait for the rest of a
// long message, and that nothing follows the Close frame.
//
// Shows: R19 R24
func TestCloseInterruptsMessage(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		conn, peer := net.Pipe()
		c := testConn(conn, client, Config{})
		wrote := make(chan error, 1)
		go func() { wrote <- c.Write(Binary, make([]byte, 1<<20)) }()
		waitUntil(t, func() bool { // until the first frame is on its way
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
		waitUntil(t, func() bool { return c.state() != closeevent.Open })
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
// return the same result, and that one Close frame is sent.
//
// Shows: R18 R24
func TestCloseWhileReading(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		peer, conn := tcpPair(t)
		c := testConn(conn, client, Config{})
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, msg, err := c.Read(nil); !endedWith(err, clean(4002, "")) {
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

// TestBothSending verifies that two endpoints that send to each other at the same
// time, over a transport without a buffer, do not block forever.
func TestBothSending(t *testing.T) {
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
					if i != messages || !endedWith(err, clean(1000, "")) {
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
		eachRole(t, func(t *testing.T, client bool) {
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
