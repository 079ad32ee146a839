package eventloop

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
)

// TestManyConnections runs many pairs of connections in one loop, with buffers that are
// emptied in chunks of random size.
func TestManyConnections(t *testing.T) {
	const pairs, messages = 1000, 5
	r := rand.New(rand.NewPCG(1, 2))
	type end struct {
		*Conn
		other *end
		in    []byte // bytes from the other end
		got   int    // messages
		text  []byte
	}
	var ends []*end
	for range pairs {
		a, b := &end{Conn: NewClient()}, &end{Conn: new(Conn)}
		a.other, b.other = b, a
		ends = append(ends, a, b)
		for i := range messages {
			b.in = a.AppendText(b.in, fmt.Appendf(nil, "message %d", i))
		}
	}
	for busy := true; busy; {
		busy = false
		r.Shuffle(len(ends), func(i, j int) { ends[i], ends[j] = ends[j], ends[i] })
		for _, e := range ends {
			n := min(len(e.in), r.IntN(40))
			in := e.in[:n]
			e.in = e.in[n:]
			e.other.in = e.Feed(e.other.in, in, func(out, chunk []byte, text, final bool) []byte {
				if e.text = append(e.text, chunk...); !final {
					return out
				}
				msg := e.text
				e.text = nil
				if want := fmt.Sprintf("message %d", e.got); string(msg) != want {
					t.Errorf("got %q, want %q", msg, want)
				}
				e.got++
				if !e.client { // the server echoes
					return e.AppendText(out, msg)
				}
				if e.got == messages { // the client closes
					out, _ = e.Close(out, closecode.GoingAway, "done")
				}
				return out
			})
			busy = busy || len(e.in) > 0 || !e.Over()
		}
	}
	for _, e := range ends {
		want := closeevent.Event{Code: closecode.GoingAway, WasClean: true}
		if !e.client {
			want.Reason = "done"
		}
		if event := e.TransportClosed(); event != want || e.PeerFirst() == e.client || e.got != messages {
			t.Errorf("ended with %v after %d messages", event, e.got)
		}
	}
}
