package eventloop

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/internal/vectors"
)

// TestCutAnywhere verifies a stream with every kind of frame, cut at every byte.
func TestCutAnywhere(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
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
		check := func(how string, chunks ...[]byte) {
			t.Helper()
			c := newConn(client)
			out, messages := feed(c, chunks...)
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

// TestVectors verifies the result of every vector, split in two at any byte.
//
// Shows: payloads.json frames.json
func TestVectors(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
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
