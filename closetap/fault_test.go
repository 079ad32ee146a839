package closetap_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/closetap"
)

// TestFaults verifies that a Report describes each violation, names the rule, and
// puts both in its text.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		from        closetap.Side
		bytes       string // hexadecimal
		fault, rule string
	}{
		{closetap.Server, "c802 03e8", "set a reserved bit in a Close frame", "RFC 6455 §5.2"},
		{closetap.Server, "0900", "fragmented a control frame", "RFC 6455 §5.5"},
		{closetap.Server, "8180 01020304", "masked a frame", "RFC 6455 §5.1"},
		{closetap.Client, "8100", "did not mask a frame", "RFC 6455 §5.1"},
		{closetap.Server, "897e 007e", "sent a control frame longer than 125 bytes", "RFC 6455 §5.5"},
		{closetap.Server, "8801 03", "sent a Close frame with a payload of one byte", "RFC 6455 §5.5.1"},
		{closetap.Server, "8802 03e7", "sent a Close frame with the code 999", "RFC 6455 §7.4"},
		{closetap.Client, "8882 01020304 02ec", "sent a Close frame with the code 1006", "RFC 6455 §7.4"},
		{closetap.Server, "8803 03e8ff", "sent a close reason that is not valid UTF-8", "RFC 6455 §8.1"},
		{closetap.Server, "8800 00", "sent bytes after its Close frame", "RFC 6455 §5.5.1"},
	} {
		b, err := hex.DecodeString(strings.ReplaceAll(tt.bytes, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		var c closetap.Conn
		c.Feed(tt.from, b)
		r := c.Report()
		s, peer := r.Server, r.Client
		if tt.from == closetap.Client {
			s, peer = peer, s
		}
		if s.Fault != tt.fault || s.Rule != tt.rule || s.Err == nil || s.Err != c.Tap(tt.from).Err() {
			t.Errorf("%s: fault %q, rule %q, error %v; want %q, %q", tt.bytes, s.Fault, s.Rule, s.Err, tt.fault, tt.rule)
		}
		if peer.Fault != "" || peer.Rule != "" || peer.Err != nil {
			t.Errorf("%s: the peer has the fault %q, rule %q, error %v", tt.bytes, peer.Fault, peer.Rule, peer.Err)
		}
		if want := tt.from.String() + " " + tt.fault + " (" + tt.rule + ")"; !strings.Contains(r.Text, want) {
			t.Errorf("%s: the text %q does not contain %q", tt.bytes, r.Text, want)
		}
	}
}

// TestFeedAfterEnd verifies that bytes after the end of a side's transport are
// ignored, and that the other side is still observed.
func TestFeedAfterEnd(t *testing.T) {
	c := play(t, "client.fin client:1000:bye server:1001")
	if f, ok := c.Tap(closetap.Client).Close(); ok {
		t.Errorf("the client sent Close %v after its FIN", f.Code)
	}
	if f, ok := c.Tap(closetap.Server).Close(); !ok || f.Code != 1001 {
		t.Errorf("the server sent Close %v, %v", f.Code, ok)
	}
	if first := c.Report().ClosedFirst; first != closetap.Server {
		t.Errorf("closed first: %v", first)
	}
}

// TestFirstEnd verifies that the first end of a side's transport is kept, and
// that EndNone is ignored.
func TestFirstEnd(t *testing.T) {
	var c closetap.Conn
	c.Ended(closetap.Server, closetap.EndNone)
	c.Ended(closetap.Client, closetap.EndReset)
	c.Ended(closetap.Client, closetap.EndTimeout)
	r := c.Report()
	if r.Client.Transport != closetap.EndReset || r.Server.Transport != closetap.EndNone || r.EndedFirst != closetap.Client {
		t.Errorf("client %v, server %v, %v first", r.Client.Transport, r.Server.Transport, r.EndedFirst)
	}
}

// TestNames verifies the names of sides and ends, and that each is its own JSON
// form.
func TestNames(t *testing.T) {
	type name interface {
		String() string
		MarshalText() ([]byte, error)
	}
	for value, want := range map[name]string{
		closetap.Neither:    "",
		closetap.Client:     "client",
		closetap.Server:     "server",
		closetap.Proxy:      "proxy",
		closetap.Side(4):    "",
		closetap.EndNone:    "open",
		closetap.EndFIN:     "fin",
		closetap.EndReset:   "reset",
		closetap.EndTimeout: "timeout",
		closetap.EndClosed:  "closed",
		closetap.End(5):     "unknown",
	} {
		b, err := value.MarshalText()
		if got := value.String(); got != want || string(b) != want || err != nil {
			t.Errorf("%#v: name %q, JSON %q, %v; want %q", value, got, b, err, want)
		}
	}
}

// TestPeer verifies that only the two endpoints have a peer.
func TestPeer(t *testing.T) {
	for side, want := range map[closetap.Side]closetap.Side{
		closetap.Neither: closetap.Neither,
		closetap.Client:  closetap.Server,
		closetap.Server:  closetap.Client,
		closetap.Proxy:   closetap.Neither,
	} {
		if got := side.Peer(); got != want {
			t.Errorf("the peer of %v is %v, want %v", side, got, want)
		}
	}
}
