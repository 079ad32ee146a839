package closeconn_test

import (
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// TestFinish runs a complete closing handshake over each transport, started by
// each role.
//
// Shows: R20 R25 R28 R30
func TestFinish(t *testing.T) {
	for _, tr := range transports {
		for _, role := range []string{"server", "client"} {
			t.Run(tr.name+"/"+role+" first", func(t *testing.T) {
				server, client := tr.pair(t)
				first, second := server, client
				if role == "client" {
					first, second = client, server
				}
				theirs := make(chan closeevent.Event)
				go func() { theirs <- answerClose(second, role == "server") }()

				h, parse := endpoint(role == "client")
				b, err := h.Close(nil, closecode.GoingAway, "bye")
				if err != nil {
					t.Fatal(err)
				}
				writeClose(first, h, b)
				c, err := readClose(first, parse)
				if err != nil {
					t.Fatal(err)
				}
				h.Receive(nil, c)
				ours := closeconn.Finish(first, h, long)
				if want := (closeevent.Event{Code: 1001, WasClean: true}); ours != want {
					t.Errorf("who closed got %+v, want %+v", ours, want)
				}
				if got, want := <-theirs, (closeevent.Event{Code: 1001, Reason: "bye", WasClean: true}); got != want {
					t.Errorf("the peer got %+v, want %+v", got, want)
				}
				if h.PeerFirst() {
					t.Error("PeerFirst reports true for who closed")
				}
				wantClosed(t, first)
				wantClosed(t, second)
			})
		}
	}
}

// TestWhoClosesFirst verifies that a client waits for the server to close TCP,
// so that the server has the TIME_WAIT state, and that a server does not wait
// for the client.
//
// Shows: R26 R27
func TestWhoClosesFirst(t *testing.T) {
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) {
			server, client := tr.pair(t)
			bye := frame.Close{Code: closecode.NormalClosure}

			c, _ := endpoint(true)
			c.Receive(nil, bye)
			finished := make(chan struct{})
			go func() {
				closeconn.Finish(client, c, long)
				close(finished)
			}()
			// The client does not close its write side, so the server cannot
			// read EOF.
			if err := server.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			if n, err := bottom(server).Read(make([]byte, 1)); !isTimeout(err) {
				t.Errorf("before the server closed it read %d bytes and %v from the client", n, err)
			}
			select {
			case <-finished:
				t.Error("the client has closed first")
			default:
			}
			// Now the server closes. The earlier deadline has no effect.
			s, _ := endpoint(false)
			s.Receive(nil, bye)
			if got := closeconn.Finish(server, s, long); !got.WasClean {
				t.Errorf("the server got %v", got)
			}
			<-finished
		})
	}
}

// TestClosedBefore verifies Finish on a connection that this endpoint has
// already closed.
func TestClosedBefore(t *testing.T) {
	for _, tr := range append(transports, transport{"pipe", pairPipe}) {
		t.Run(tr.name, func(t *testing.T) {
			server, client := tr.pair(t)
			h, _ := endpoint(false)
			h.Receive(nil, frame.Close{Code: closecode.GoingAway})
			bottom(server).Close()
			if got, want := closeconn.Finish(server, h, long), (closeevent.Event{Code: 1001, WasClean: true}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			client.Close()
		})
	}
}
