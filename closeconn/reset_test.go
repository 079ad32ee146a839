package closeconn_test

import (
	"net"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// TestCleanDespiteReset verifies that a reset after a complete handshake leaves it
// clean.
//
// Shows: R32 R42
func TestCleanDespiteReset(t *testing.T) {
	for _, tr := range []transport{{"tcp", pairTCP}, {"tls", pairTLS}} {
		for _, test := range []struct {
			name string
			does func(h *closeevent.Handshake) []byte
			want closeevent.Event
		}{
			{"no Close", func(h *closeevent.Handshake) []byte { return h.Fail(nil, closecode.ProtocolError) },
				closeevent.Event{Code: closecode.AbnormalClosure}},
			{"Close answered", func(h *closeevent.Handshake) []byte {
				return h.Receive(nil, frame.Close{Code: closecode.GoingAway, Reason: []byte("bye")})
			}, closeevent.Event{Code: closecode.GoingAway, Reason: "bye", WasClean: true}},
		} {
			t.Run(tr.name+"/"+test.name, func(t *testing.T) {
				server, client := tr.pair(t)
				h, _ := endpoint(false)
				writeClose(server, h, test.does(h))
				// Closing with a linger of 0 makes the kernel send a reset.
				tcp := bottom(client).(*net.TCPConn)
				if err := tcp.SetLinger(0); err != nil {
					t.Fatal(err)
				}
				if err := tcp.Close(); err != nil {
					t.Fatal(err)
				}
				if got := closeconn.Finish(server, h, long); got != test.want {
					t.Errorf("got %+v, want %+v", got, test.want)
				}
				wantClosed(t, server)
			})
		}
	}
}
