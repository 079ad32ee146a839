package eventloop

import (
	"testing"

	"github.com/closeframe/closeframe/closecode"
)

// TestFaults verifies that invalid input fails the connection at the first byte
// that shows the error.
//
// Shows: R06 R07 R08 R13 R23 R38 R39 R53
func TestFaults(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		for _, tt := range []struct {
			name  string
			in    string // after the mask bit has been set as it must be, in byte m
			m     int
			fails closecode.Code
		}{
			{"RSV1", "\xc1", -1, 1002},
			{"RSV2 of Close", "\xa8", -1, 1002},
			{"RSV3", "\x92", -1, 1002},
			{"opcode 3", "\x83", -1, 1002},
			{"opcode 7", "\x87", -1, 1002},
			{"opcode 11", "\x8b", -1, 1002},
			{"opcode 15", "\x8f", -1, 1002},
			{"fragmented Close", "\x08", -1, 1002},
			{"fragmented Ping", "\x09", -1, 1002},
			{"fragmented Pong", "\x0a", -1, 1002},
			{"continuation", "\x80", -1, 1002},
			{"Ping of 126", "\x89\x7e", 1, 1002},
			{"Pong of 127", "\x8a\x7f", 1, 1002},
			{"Close of 126", "\x88\x7e", 1, 1002},
			{"Close of 1", "\x88\x01", 1, 1002},
			{"125 in 16 bits", "\x82\x7e\x00\x7d", 1, 1002},
			{"65535 in 64 bits", "\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 1, 1002},
			{"2^63", "\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00", 1, 1002},
			{"16 MiB and 1", "\x82\x7f\x00\x00\x00\x00\x01\x00\x00\x01", 1, 1009},
			{"2^63-1", "\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", 1, 1009},
		} {
			in := []byte(tt.in)
			if !client && tt.m > 0 {
				in[tt.m] |= 0x80
			}
			for cut := range len(in) {
				c := newConn(client)
				out, messages := feed(c, in[:cut], in[cut:], wireFrame(nil, !client, 0x88, closePayload(1000, "")))
				if code := sentClose(t, client, out); code != tt.fails || len(messages) > 0 || !c.Over() || !c.ShouldCloseTransport() || c.TransportClosed() != lost {
					t.Errorf("%s: closed with %d, messages %q, over %v", tt.name, code, messages, c.Over())
				}
			}
			if len(in) > 1 {
				c := newConn(client)
				if out, _ := feed(c, in[:len(in)-1]); len(out) > 0 || c.Over() {
					t.Errorf("%s: failed before the last byte", tt.name)
				}
			}
		}
		for _, tt := range []struct {
			name   string
			frames []string // first byte and payload
			fails  closecode.Code
		}{
			{"message in a message", []string{"\x01a", "\x81b"}, 1002},
			{"text", []string{"\x81\xff"}, 1007},
			{"text over frames", []string{"\x01\xed", "\x80\xa0\x80"}, 1007},
			{"text cut off", []string{"\x01\xe2", "\x80"}, 1007},
			{"text after text", []string{"\x01a", "\x80\xe2"}, 1007},
		} {
			c := newConn(client)
			var in []byte
			for _, f := range tt.frames {
				in = wireFrame(in, !client, f[0], f[1:])
			}
			out, _ := feed(c, in)
			if code := sentClose(t, client, out); code != tt.fails || c.TransportClosed() != lost {
				t.Errorf("%s: closed with %d", tt.name, code)
			}
		}
		for _, first := range []byte{0x81, 0x88, 0x89} { // masked as by the other role
			c := newConn(client)
			out, _ := feed(c, wireFrame(nil, client, first, ""))
			if code := sentClose(t, client, out); code != 1002 {
				t.Errorf("%#x: closed with %d", first, code)
			}
		}
	})
}

// TestFail verifies that an owner can fail the connection because of the
// content of a message, and that the following frames are ignored.
//
// Shows: R38 R39
func TestFail(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		c := newConn(client)
		in := wireFrame(nil, !client, 0x81, "a")
		in = wireFrame(in, !client, 0x89, "b")
		in = wireFrame(in, !client, 0x81, "c")
		chunks := 0
		out := c.Feed(nil, in, func(out, chunk []byte, text, final bool) []byte {
			chunks++
			return c.Fail(out, closecode.PolicyViolation)
		})
		if code := sentClose(t, client, out); code != 1008 || chunks != 1 || !c.Over() || !c.ShouldCloseTransport() || c.TransportClosed() != lost {
			t.Errorf("closed with %d, %d chunks, over %v", code, chunks, c.Over())
		}
	})
}
