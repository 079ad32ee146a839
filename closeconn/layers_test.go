package closeconn_test

import (
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// A record lists the calls of several goroutines in order.
type record struct {
	sync.Mutex
	done []string
}

func (r *record) add(what string) {
	r.Lock()
	defer r.Unlock()
	r.done = append(r.done, what)
}

// A layer records when it is closed.
type layer struct {
	net.Conn
	name string
	*record
}

func (l layer) NetConn() net.Conn { return l.Conn }
func (l layer) Close() error      { l.add("close " + l.name); return l.Conn.Close() }

// A halfLayer has a CloseWrite that fails.
type halfLayer struct{ layer }

func (l halfLayer) CloseWrite() error { l.add("close write " + l.name); return errFailing }

// A failing connection has no deadlines and no lower layer, and all its
// methods fail.
type failing struct {
	halfLayer
	closes *atomic.Int32
	closed chan struct{}
}

var errFailing = errors.New("failing")

func (s failing) SetDeadline(time.Time) error { return errFailing }
func (s failing) Read([]byte) (int, error)    { <-s.closed; return 0, errFailing }
func (s failing) Close() error {
	s.add("close " + s.name)
	if s.closes.Add(1) == 1 {
		close(s.closed)
	}
	return errFailing
}

// TestLayers verifies that all write sides are closed, and that the outermost
// Close is always called, because it may release resources.
func TestLayers(t *testing.T) {
	for _, test := range []struct {
		timeout time.Duration
		want    []string
	}{
		{0, []string{"close bottom", "close middle", "close top"}},
		{-time.Hour, []string{"close bottom", "close middle", "close top"}},
		{time.Hour, []string{"close bottom", "close middle", "close top", "close write bottom", "close write top"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var rec record
			bottom := failing{halfLayer{layer{nil, "bottom", &rec}}, new(atomic.Int32), make(chan struct{})}
			middle := layer{bottom, "middle", &rec}
			top := halfLayer{layer{middle, "top", &rec}}

			h, _ := endpoint(false)
			h.Receive(nil, frame.Close{Code: closecode.GoingAway})
			start := time.Now()
			got := closeconn.Finish(top, h, test.timeout)
			if want := (closeevent.Event{Code: 1001, WasClean: true}); got != want {
				t.Errorf("timeout %v: got %+v, want %+v", test.timeout, got, want)
			}
			// Without deadlines, a Read that blocks ends after 100 ms.
			want := min(max(test.timeout, 0), 100*time.Millisecond)
			if d := time.Since(start); d != want {
				t.Errorf("timeout %v: it took %v, want %v", test.timeout, d, want)
			}
			rec.Lock()
			defer rec.Unlock()
			slices.Sort(rec.done)
			rec.done = slices.Compact(rec.done)
			if !slices.Equal(rec.done, test.want) {
				t.Errorf("timeout %v: it did %q, want %q", test.timeout, rec.done, test.want)
			}
		})
	}
}

// A noDeadlines connection hides CloseWrite, and does not support deadlines.
type noDeadlines struct {
	net.Conn
	read *atomic.Int64
}

func (noDeadlines) SetDeadline(time.Time) error { return errFailing }
func (n noDeadlines) Read(b []byte) (int, error) {
	k, err := n.Conn.Read(b)
	n.read.Add(int64(k))
	return k, err
}

// TestNoDeadlines verifies that input is discarded before a connection is closed that
// can neither close its write side nor set deadlines. Unread input would
// destroy the Close frame.
func TestNoDeadlines(t *testing.T) {
	server, client := pairTCP(t)
	if _, err := client.Write(make([]byte, 10_000)); err != nil {
		t.Fatal(err)
	}
	var read atomic.Int64
	h, _ := endpoint(false)
	writeClose(server, h, h.Fail(nil, closecode.PolicyViolation))
	closeconn.Finish(noDeadlines{server, &read}, h, long)
	if n := read.Load(); n != 10_000 {
		t.Errorf("discarded %d bytes, want 10000", n)
	}
	wantClosed(t, server)
}

// A wrapped connection hides the methods CloseWrite and NetConn, like wrappers
// for metering and rate limits.
type wrapped struct{ net.Conn }

// TestWrapped verifies that two endpoints whose connections are wrapped do not wait
// for each other: neither can close its write side.
func TestWrapped(t *testing.T) {
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) {
			server, client := tr.pair(t)
			server, client = wrapped{server}, wrapped{client}
			atClient := make(chan closeevent.Event, 1)
			go func() { atClient <- answerClose(client, true) }()
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
			start := time.Now()
			want := closeevent.Event{Code: closecode.ServiceRestart, WasClean: true}
			if got := closeconn.Finish(server, h, long); got != want {
				t.Errorf("server: got %v, want %v", got, want)
			}
			if got := <-atClient; got != want {
				t.Errorf("client: got %v, want %v", got, want)
			}
			if d := time.Since(start); d > long/4 {
				t.Errorf("it took %v of %v", d, long)
			}
		})
	}
}
