package eventloop

import (
	"testing"

	"github.com/closeframe/closeframe/closeevent"
)

// TestClosing verifies our own Close, and what is sent and received after it.
//
// Shows: R17 R18 R20
func TestClosing(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		c := newConn(client)
		out, err := c.Close(nil, 3000, "bye")
		if code := sentClose(t, client, out); code != 3000 || err != nil {
			t.Fatal(code, err)
		}
		if out := c.AppendText(nil, []byte("a")); out != nil {
			t.Errorf("text after the Close: % x", out)
		}
		in := wireFrame(nil, !client, 0x81, "dropped")
		if out, messages := feed(c, in); out != nil || messages != nil || c.Over() {
			t.Errorf("sent % x, messages %q", out, messages)
		}
		// A Ping is answered until the peer's Close arrives (§5.5.2).
		out, messages := feed(c, wireFrame(nil, !client, 0x89, "p"))
		if len(out) == 0 || out[0] != 0x8a || messages != nil || c.Over() {
			t.Errorf("after a Ping: sent % x, messages %q", out, messages)
		}
		in = wireFrame(nil, !client, 0x88, closePayload(3001, "b"))
		in = wireFrame(in, !client, 0x88, closePayload(3002, "c"))
		if out, _ := feed(c, in); out != nil || !c.Over() || c.ShouldCloseTransport() == client || c.PeerFirst() {
			t.Errorf("sent % x", out)
		}
		if event, want := c.TransportClosed(), (closeevent.Event{Code: 3001, Reason: "b", WasClean: true}); event != want {
			t.Errorf("ended with %v", event)
		}
	})
}
