package eventloop

import (
	"strings"
	"testing"
)

// TestLimit verifies the limit of a message over all its frames.
//
// Shows: R52
func TestLimit(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		c := newConn(client)
		c.Limit = 3
		in := wireFrame(nil, !client, 0x81, "abc")
		in = wireFrame(in, !client, 0x01, "ab")
		in = wireFrame(in, !client, 0x89, "0123456789")
		in = wireFrame(in, !client, 0x80, "c")
		out, messages := feed(c, in)
		if len(messages) != 2 || c.Over() {
			t.Errorf("messages %q, sent % x", messages, out)
		}
		in = wireFrame(nil, !client, 0x02, "ab")
		in = wireFrame(in, !client, 0x80, "cd")
		out, messages = feed(c, in)
		if len(messages) != 0 || sentClose(t, client, out) != 1009 {
			t.Errorf("messages %q, sent % x", messages, out)
		}
	})
}

// TestLoweredLimit verifies that a limit which is lowered in the middle of a message
// holds for the rest of the message.
func TestLoweredLimit(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		c := newConn(client)
		feed(c, wireFrame(nil, !client, 0x02, strings.Repeat("x", 50)))
		c.Limit = 10
		out, messages := feed(c, wireFrame(nil, !client, 0x80, strings.Repeat("x", 60_000)))
		if len(messages) != 0 || sentClose(t, client, out) != 1009 {
			t.Errorf("%d messages, sent % x", len(messages), out)
		}
	})
}
