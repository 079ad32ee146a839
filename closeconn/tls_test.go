package closeconn_test

import (
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// TestNoCloseNotify verifies that a close is clean if the peer closes TCP without a
// close_notify, even in the middle of a TLS record: the Close frames have been
// exchanged.
func TestNoCloseNotify(t *testing.T) {
	want := closeevent.Event{Code: closecode.GoingAway, WasClean: true}
	for _, last := range [][]byte{nil, {0x17, 3, 3, 0}} {
		server, client := pairTLS(t)
		if _, err := bottom(client).Write(last); err != nil {
			t.Fatal(err)
		}
		if err := bottom(client).(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		h, _ := endpoint(false)
		writeClose(server, h, h.Receive(nil, frame.Close{Code: closecode.GoingAway}))
		if got := closeconn.Finish(server, h, long); got != want {
			t.Errorf("after % x: got %+v, want %+v", last, got, want)
		}
	}
}

// TestPeerReadsLate verifies that a peer that stops reading for a while delays
// the close_notify of TLS but not a clean end.
func TestPeerReadsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := pairTLSPipe(t)
		h, _ := endpoint(false)
		h.Receive(nil, frame.Close{Code: closecode.GoingAway})
		time.AfterFunc(10*time.Second, func() { bottom(client).Close() })
		if got, want := closeconn.Finish(server, h, long), (closeevent.Event{Code: 1001, WasClean: true}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

// TestEarlyCloseOverTLS verifies that a close over TLS is clean on both sides if the
// peer closes its socket as soon as the Close frames have been exchanged.
func TestEarlyCloseOverTLS(t *testing.T) {
	closes := 200
	if testing.Short() {
		closes = 40
	}
	for range closes {
		server, client := pairTLS(t)
		atClient := make(chan error, 1)
		go func() {
			_, parse := endpoint(true)
			_, err := readClose(client, parse)
			if err == nil {
				b, _ := frame.AppendMasked(nil, [4]byte{1, 2, 3, 4}, closecode.ServiceRestart, "")
				_, err = client.Write(b)
			}
			client.Close()
			atClient <- err
		}()
		h, parse := endpoint(false)
		b, err := h.Close(nil, closecode.ServiceRestart, "")
		if err != nil {
			t.Fatal(err)
		}
		writeClose(server, h, b)
		c, err := readClose(server, parse)
		if err != nil {
			t.Fatal(err)
		}
		h.Receive(nil, c)
		if err := <-atClient; err != nil {
			t.Fatal(err)
		}
		want := closeevent.Event{Code: closecode.ServiceRestart, WasClean: true}
		if got := closeconn.Finish(server, h, long); got != want {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}
