package closeconn_test

import (
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// TestPeerFloods verifies that Finish ends after its timeout or after 64 MiB if
// the peer does not stop sending.
//
// Shows: R25 R27
func TestPeerFloods(t *testing.T) {
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) {
			server, client := tr.pair(t)
			flooded := make(chan int, 1)
			go func() {
				n := 0
				b := make([]byte, 64<<10)
				for {
					m, err := client.Write(b)
					n += m
					if err != nil {
						flooded <- n
						return
					}
				}
			}()
			h, _ := endpoint(false)
			writeClose(server, h, h.Fail(nil, closecode.PolicyViolation))
			const timeout = 30 * time.Millisecond
			start := time.Now()
			got := closeconn.Finish(server, h, timeout)
			took := time.Since(start)
			if want := (closeevent.Event{Code: closecode.AbnormalClosure}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			wantClosed(t, server)
			n := <-flooded
			if took < timeout && n < 64<<20 {
				t.Errorf("it took %v, less than the timeout, and the peer wrote %d bytes", took, n)
			}
			t.Logf("%d KiB were discarded in %v", n>>10, took)
		})
	}
}

// A fullReader is a connection whose Read fills the buffer a number of times, then
// returns fewer bytes once, then EOF. It records the sizes of the buffers.
type fullReader struct {
	net.Conn
	times int
	room  []int
}

func (g *fullReader) Read(b []byte) (int, error) {
	g.room = append(g.room, len(b))
	switch g.times--; {
	case g.times >= 0:
		return len(b), nil
	case g.times == -1:
		return len(b) - 1, nil
	}
	return 0, io.EOF
}

func (g *fullReader) Close() error { return nil }

func (g *fullReader) SetDeadline(time.Time) error { return nil }

// TestDiscardMemory verifies that discarding uses a buffer of 512 bytes, and up
// to 32 KiB only for a peer that fills it.
func TestDiscardMemory(t *testing.T) {
	for times, want := range [][]int{
		{512, 512},
		{512, 2048, 2048},
		{512, 2048, 8192, 8192},
		{512, 2048, 8192, 32768, 32768},
		{512, 2048, 8192, 32768, 32768, 32768},
		{512, 2048, 8192, 32768, 32768, 32768, 32768},
	} {
		g := &fullReader{times: times}
		var h closeevent.Handshake
		h.Fail(nil, closecode.PolicyViolation)
		closeconn.Finish(g, &h, long)
		if !slices.Equal(g.room, want) {
			t.Errorf("%d times full: read into %d bytes, want %d", times, g.room, want)
		}
	}
}

// An endless connection never runs out of bytes.
type endless struct {
	net.Conn
	read int
}

func (e *endless) Read(b []byte) (int, error)        { e.read += len(b); return len(b), nil }
func (e *endless) SetDeadline(time.Time) error       { return nil }
func (e *endless) SetReadDeadline(t time.Time) error { return nil }
func (e *endless) Close() error                      { return nil }

// TestFloodIsBounded verifies that Finish reads at most 64 MiB.
func TestFloodIsBounded(t *testing.T) {
	for _, client := range []bool{true, false} {
		h, _ := endpoint(client)
		h.Receive(nil, frame.Close{Code: closecode.GoingAway})
		e := new(endless)
		closeconn.Finish(e, h, time.Hour)
		if e.read != 64<<20 {
			t.Errorf("read %d bytes, want %d", e.read, 64<<20)
		}
	}
}
