package closeconn_test

import (
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
)

// TestCloseWaitsForAnswer verifies that Close waits for an answer until its
// timeout, even if the peer thinks for a long time.
func TestCloseWaitsForAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := pairPipe(t)
		go func() {
			io.ReadFull(client, make([]byte, 4))
			time.Sleep(long / 2)
			client.Write(peerFrames(false, "\x03\xe9"))
			client.Close()
		}()
		h, _ := endpoint(false)
		got, err := closeconn.Close(server, nil, h, closecode.GoingAway, "", long)
		if want := (closeevent.Event{Code: closecode.GoingAway, WasClean: true}); got != want || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	})
}

// TestCloseStopsAtFault verifies that Close does not wait for more after an
// invalid Close frame of a peer that keeps the connection open.
func TestCloseStopsAtFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := pairPipe(t)
		go func() {
			client.Write(peerFrames(false, "\x03\xed")) // 1005
			io.Copy(io.Discard, client)
		}()
		h, _ := endpoint(false)
		start := time.Now()
		got, err := closeconn.Close(server, nil, h, closecode.GoingAway, "", long)
		if want := (closeevent.Event{Code: closecode.AbnormalClosure}); got != want || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
		if d := time.Since(start); d >= time.Second {
			t.Errorf("it took %v of %v", d, long)
		}
	})
}

// TestCloseWritesNothing verifies that Close does not write if there is nothing
// to write. On a pipe, even a Write of no bytes waits for a reader.
func TestCloseWritesNothing(t *testing.T) {
	for timeout, want := range map[time.Duration]closeevent.Event{
		long:                  {Code: closecode.GoingAway, WasClean: true},
		10 * time.Millisecond: {Code: closecode.AbnormalClosure},
	} {
		synctest.Test(t, func(t *testing.T) {
			server, client := pairPipe(t)
			h, _ := endpoint(false)
			h.Close(nil, closecode.GoingAway, "") // written by its owner
			go func() {
				time.Sleep(time.Second)
				client.Write(peerFrames(false, "\x03\xe9"))
				client.Close()
			}()
			start := time.Now()
			got, err := closeconn.Close(silent{server}, nil, h, closecode.GoingAway, "", timeout)
			if got != want || err != nil {
				t.Errorf("timeout %v: got %v, %v, want %v", timeout, got, err, want)
			}
			if d := time.Since(start); d > min(timeout, time.Second) {
				t.Errorf("it took %v of %v", d, timeout)
			}
			time.Sleep(time.Second) // the peer ends
		})
	}
}

// A silent connection does not support deadlines.
type silent struct{ net.Conn }

func (silent) SetDeadline(time.Time) error     { return net.ErrClosed }
func (silent) SetReadDeadline(time.Time) error { return net.ErrClosed }

// A lingering connection records the argument of SetLinger.
type lingering struct {
	net.Conn
	sec *int
}

func (l lingering) SetLinger(sec int) error {
	*l.sec = sec
	return nil
}

// TestNoLinger verifies that the kernel is to send the rest in the background,
// which a negative number of seconds means.
func TestNoLinger(t *testing.T) {
	server, client := pairTCP(t)
	client.Close()
	h, _ := endpoint(false)
	sec := 5
	closeconn.Finish(lingering{server, &sec}, h, long)
	if sec >= 0 {
		t.Errorf("SetLinger(%d), want a negative number", sec)
	}
}
