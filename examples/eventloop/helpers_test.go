package eventloop

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// wireFrame appends a frame of a client, masked, or of a server.
func wireFrame(b []byte, client bool, first byte, payload string) []byte {
	mask := byte(0)
	if client {
		mask = 0x80
	}
	switch n := len(payload); {
	case n < 126:
		b = append(b, first, mask|byte(n))
	case n < 1<<16:
		b = append(b, first, mask|126, byte(n>>8), byte(n))
	default:
		b = append(b, first, mask|127, 0, 0, 0, 0, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	if !client {
		return append(b, payload...)
	}
	key := [4]byte{1, 2, 3, 4}
	b = append(b, key[:]...)
	for i := range len(payload) {
		b = append(b, payload[i]^key[i&3])
	}
	return b
}

func closePayload(code closecode.Code, reason string) string {
	return string([]byte{byte(code >> 8), byte(code)}) + reason
}

// newConn returns an endpoint of either role.
func newConn(client bool) *Conn {
	if client {
		return NewClient()
	}
	return new(Conn)
}

// feed passes the chunks to c and returns its output and the messages that it
// delivers.
func feed(c *Conn, chunks ...[]byte) (out []byte, messages []string) {
	var msg []byte
	deliver := func(out, chunk []byte, text, final bool) []byte {
		msg = append(msg, chunk...)
		if final {
			messages = append(messages, fmt.Sprint(text, " ", string(msg)))
			msg = msg[:0]
		}
		return out
	}
	for _, p := range chunks {
		out = c.Feed(out, bytes.Clone(p), deliver)
	}
	return out, messages
}

// sentClose returns the code of the Close frame at the end of out, or 0.
func sentClose(t *testing.T, client bool, out []byte) closecode.Code {
	t.Helper()
	for i := range out {
		if out[i] != 0x88 {
			continue
		}
		var f frame.Close
		var n int
		var err error
		if client {
			f, n, err = frame.ParseMasked(nil, out[i:])
		} else {
			f, n, err = frame.Parse(out[i:])
		}
		if err == nil && i+n == len(out) {
			return f.Code
		}
	}
	return 0
}

func eachRole(t *testing.T, f func(t *testing.T, client bool)) {
	t.Run("server", func(t *testing.T) { f(t, false) })
	t.Run("client", func(t *testing.T) { f(t, true) })
}

var lost = closeevent.Event{Code: closecode.AbnormalClosure}

// unmask returns the frames in out, each as its first byte and its payload.
func unmask(t *testing.T, client bool, out []byte) (s string) {
	t.Helper()
	for len(out) > 0 {
		n, size := 2, int(out[1]&0x7f)
		if size > 125 || out[1]&0x80 != 0 != client {
			t.Fatalf("sent % x", out)
		}
		if client {
			n += 4
			frame.Mask(out[n:n+size], [4]byte(out[2:]), 0)
		}
		s += string(out[:1]) + " " + string(out[n:n+size]) + " "
		out = out[n+size:]
	}
	return s
}
