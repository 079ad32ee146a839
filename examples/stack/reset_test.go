package stack

import (
	"strings"
	"testing"
)

// TestPeerResets verifies the end if the peer resets TCP.
//
// Shows: R42
func TestPeerResets(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		peer, conn := tcpPair(t)
		c := testConn(conn, client, Config{})
		peer.SetLinger(0)
		peer.Close()
		if _, _, err := c.Read(nil); !endedWith(err, lost) || err == error(lost) {
			t.Errorf("Read: %v", err)
		}
	})
}

// TestFailWhileReceiving verifies that the peer receives our Close frame and no
// reset if the connection fails while the peer is still sending.
//
// Shows: R25 R38 R55
func TestFailWhileReceiving(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
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
