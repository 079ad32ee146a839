package eventloop

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/vectors"
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
func feed(c *Conn, pieces ...[]byte) (out []byte, messages []string) {
	var msg []byte
	deliver := func(out, piece []byte, text, final bool) []byte {
		msg = append(msg, piece...)
		if final {
			messages = append(messages, fmt.Sprint(text, " ", string(msg)))
			msg = msg[:0]
		}
		return out
	}
	for _, p := range pieces {
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

func roles(t *testing.T, f func(t *testing.T, client bool)) {
	t.Run("server", func(t *testing.T) { f(t, false) })
	t.Run("client", func(t *testing.T) { f(t, true) })
}

var lost = closeevent.Event{Code: closecode.AbnormalClosure}

// TestStream verifies a stream with every kind of frame, cut at every byte.
func TestStream(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
		var in []byte
		add := func(first byte, payload string) { in = wireFrame(in, !client, first, payload) }
		add(0x81, "Grüße")
		add(0x02, "\xff\xfe")
		add(0x89, "ping")
		add(0x00, "")
		add(0x8a, "pong")
		add(0x80, "\xfd")
		add(0x81, "")
		add(0x01, "\xe2\x82")
		add(0x80, "\xac")
		add(0x82, string(bytes.Repeat([]byte{7}, 200)))
		add(0x88, closePayload(4000, string(bytes.Repeat([]byte{'r'}, 123))))
		wantMessages := []string{"true Grüße", "false \xff\xfe\xfd", "true ", "true €", "false " + string(bytes.Repeat([]byte{7}, 200))}
		check := func(how string, pieces ...[]byte) {
			t.Helper()
			c := newConn(client)
			out, messages := feed(c, pieces...)
			if !slices.Equal(messages, wantMessages) {
				t.Errorf("%s: messages %q", how, messages)
			}
			if got := unmask(t, client, out); got != "\x8a ping \x88 \x0f\xa0 " {
				t.Errorf("%s: sent %q", how, got)
			}
			if !c.Over() || c.ShouldCloseTransport() == client {
				t.Errorf("%s: Over %v, ShouldCloseTransport %v", how, c.Over(), c.ShouldCloseTransport())
			}
			want := closeevent.Event{Code: 4000, Reason: string(bytes.Repeat([]byte{'r'}, 123)), WasClean: true}
			if event := c.TransportClosed(); event != want {
				t.Errorf("%s: ended with %v", how, event)
			}
		}
		check("whole", in)
		var bytewise [][]byte
		for i := range in {
			check(fmt.Sprintf("cut at %d", i), in[:i], in[i:])
			bytewise = append(bytewise, in[i:i+1])
		}
		check("byte by byte", bytewise...)
		for i := range len(in) {
			if event := func() closeevent.Event { c := newConn(client); feed(c, in[:i]); return c.TransportClosed() }(); event != lost {
				t.Errorf("cut off at %d: %v", i, event)
			}
		}
	})
}

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

// TestFaults verifies that invalid input fails the connection at the first byte
// that shows the error.
//
// Shows: R06 R07 R08 R13 R23 R38 R39 R53
func TestFaults(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
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
		for _, first := range []byte{0x81, 0x88, 0x89} { // masked as the other role does
			c := newConn(client)
			out, _ := feed(c, wireFrame(nil, client, first, ""))
			if code := sentClose(t, client, out); code != 1002 {
				t.Errorf("%#x: closed with %d", first, code)
			}
		}
	})
}

// TestLimit verifies the limit of a message over all its frames.
//
// Shows: R52
func TestLimit(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
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
	roles(t, func(t *testing.T, client bool) {
		c := newConn(client)
		feed(c, wireFrame(nil, !client, 0x02, strings.Repeat("x", 50)))
		c.Limit = 10
		out, messages := feed(c, wireFrame(nil, !client, 0x80, strings.Repeat("x", 60_000)))
		if len(messages) != 0 || sentClose(t, client, out) != 1009 {
			t.Errorf("%d messages, sent % x", len(messages), out)
		}
	})
}

// TestClosing verifies our own Close, and what is sent and received after it.
//
// Shows: R17 R18 R20
func TestClosing(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
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

// TestFail verifies that an owner can fail the connection because of the
// content of a message, and that the following frames are ignored.
//
// Shows: R38 R39
func TestFail(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
		c := newConn(client)
		in := wireFrame(nil, !client, 0x81, "a")
		in = wireFrame(in, !client, 0x89, "b")
		in = wireFrame(in, !client, 0x81, "c")
		pieces := 0
		out := c.Feed(nil, in, func(out, piece []byte, text, final bool) []byte {
			pieces++
			return c.Fail(out, closecode.PolicyViolation)
		})
		if code := sentClose(t, client, out); code != 1008 || pieces != 1 || !c.Over() || !c.ShouldCloseTransport() || c.TransportClosed() != lost {
			t.Errorf("closed with %d, %d pieces, over %v", code, pieces, c.Over())
		}
	})
}

// TestVectors feeds the vectors of testdata, split anywhere.
//
// Shows: payloads.json frames.json
func TestVectors(t *testing.T) {
	roles(t, func(t *testing.T, client bool) {
		for _, v := range vectors.Frames() {
			if (v.Role == vectors.Client) != client || v.Error == vectors.NotClose {
				continue
			}
			want, code := closeevent.Event{Code: closecode.Code(v.Code), Reason: v.Reason, WasClean: true}, closecode.Code(v.Code)
			if v.Error != "" {
				want, code = lost, closecode.Code(v.Answer)
			}
			for cut := range len(v.Bytes) {
				c := newConn(client)
				out, _ := feed(c, v.Bytes[:cut], v.Bytes[cut:])
				if got := sentClose(t, client, out); got != code {
					t.Errorf("%s: closed with %d, want %d", v.ID, got, code)
				}
				if event := c.TransportClosed(); event != want {
					t.Errorf("%s: ended with %v, want %v", v.ID, event, want)
				}
			}
		}
		for _, v := range vectors.Texts() {
			c := newConn(client)
			out, messages := feed(c, wireFrame(nil, !client, 0x81, string(v.Bytes)))
			if v.Valid != (len(messages) == 1) || !v.Valid && sentClose(t, client, out) != 1007 {
				t.Errorf("%s: messages %q, sent % x", v.ID, messages, out)
			}
		}
	})
}

// TestLoop runs many pairs of connections in one loop, with buffers that are
// emptied in chunks of random size.
func TestLoop(t *testing.T) {
	const pairs, messages = 1000, 5
	r := rand.New(rand.NewPCG(1, 2))
	type end struct {
		*Conn
		other *end
		in    []byte // what the other has sent
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
			e.other.in = e.Feed(e.other.in, in, func(out, piece []byte, text, final bool) []byte {
				if e.text = append(e.text, piece...); !final {
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

// TestAllocs verifies that Feed allocates only the reason of a Close, and that
// a connection is small.
func TestAllocs(t *testing.T) {
	if size := unsafe.Sizeof(Conn{}); size > 256 {
		t.Errorf("a Conn has %d bytes", size)
	}
	var in, out [1000]byte
	frames := wireFrame(nil, true, 0x81, "text")
	frames = wireFrame(frames, true, 0x89, "ping")
	frames = wireFrame(frames, true, 0x88, closePayload(1000, ""))
	deliver := func(out, piece []byte, text, final bool) []byte { return out }
	if n := testing.AllocsPerRun(100, func() {
		var c Conn
		o := c.Feed(out[:0], in[:copy(in[:], frames[:20])], deliver)
		o = c.Feed(o, in[:copy(in[:], frames[20:])], deliver)
		if !c.Over() || len(o) != 10 {
			t.Fatalf("% x", o)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
