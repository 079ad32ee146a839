package stack

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closeevent"
)

// TestPeerNeverAnswers verifies the timeout if the peer never answers our Close.
//
// Shows: R27
func TestPeerNeverAnswers(t *testing.T) {
	overPipe(t, func(t *testing.T, peer net.Conn, c *Conn, client bool) {
		start := time.Now()
		go io.Copy(io.Discard, peer)
		if event, err := c.Close(1000, ""); event != lost || err != nil {
			t.Errorf("Close = %v, %v", event, err)
		}
		checkElapsed(t, "closing", start, 7*time.Second)
	})
}

// TestPeerNeverCloses verifies the delay if a peer answers our Close but keeps the
// transport open: the timeout for a client, and 100 ms for a server, which
// closes first. The write side of a pipe cannot be closed.
//
// Shows: R27
func TestPeerNeverCloses(t *testing.T) {
	overPipe(t, func(t *testing.T, peer net.Conn, c *Conn, client bool) {
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
		checkElapsed(t, "closing", start, want)
	})
}

// TestPeerNeverReads verifies that a peer that sends but does not read cannot block
// our Close, or our answer to its Close, while a Write of ours waits. It uses
// real time, because waiting for a lock stops the fake clock.
func TestPeerNeverReads(t *testing.T) {
	const timeout = 50 * time.Millisecond
	eachRole(t, func(t *testing.T, client bool) {
		peer, conn := net.Pipe()
		defer peer.Close()
		c := testConn(conn, client, Config{Timeout: timeout})
		wrote := blockWrite(peer, c)
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
	eachRole(t, func(t *testing.T, client bool) {
		peer, conn := net.Pipe()
		defer peer.Close()
		c := testConn(conn, client, Config{Timeout: timeout})
		wrote := blockWrite(peer, c)
		start := time.Now()
		go peer.Write(wire(!client, closing(4000, "gone")))
		// Our answer was not written: the code is kept, but the end is not
		// clean.
		_, _, err := c.Read(nil)
		if want := (closeevent.Event{Code: 4000, Reason: "gone"}); !endedWith(err, want) {
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
