package stack

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/closeevent"
)

// TestPingFlood verifies that a peer that sends Pings and does not read cannot
// block Read, and that the number of queued Pongs is bounded. When the peer
// reads at last, it receives the Pong for the newest Ping.
//
// Shows: R22 R61
func TestPingFlood(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
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
		waitUntil(t, func() bool { return c.state() != closeevent.Open })
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

// TestPongOrder verifies that several Pings are answered in order.
//
// Shows: R22
func TestPongOrder(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
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

// TestPongAfterClose verifies that a Ping is answered after our own Close, until
// the peer's Close arrives, and that the close is clean.
//
// Shows: R22
func TestPongAfterClose(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
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
