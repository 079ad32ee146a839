package closeevent_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unsafe"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

func TestSize(t *testing.T) {
	if size := unsafe.Sizeof(closeevent.Handshake{}); size > 32 {
		t.Errorf("a Handshake takes %d bytes, want at most 32", size)
	} else {
		t.Logf("a Handshake takes %d bytes", size)
	}
}

// TestCloseErrors verifies that Close returns the errors of frame.Append in any
// state.
//
// Shows: R15 R29 R46 R47
func TestCloseErrors(t *testing.T) {
	var open, closing, closed closeevent.Handshake
	closing.Receive(nil, frame.Close{Code: 1000})
	closed.Receive(nil, frame.Close{Code: 1000})
	closed.TransportClosed()
	for _, h := range []*closeevent.Handshake{&open, &closing, &closed} {
		for _, test := range []struct {
			code   closecode.Code
			reason string
			want   error
		}{
			{1006, "", frame.ErrInvalidCode},
			{1005, "x", frame.ErrInvalidCode},
			{1000, strings.Repeat("x", 124), frame.ErrTooLong},
			{1006, strings.Repeat("x", 124), frame.ErrTooLong}, // the length is checked first
			{1000, "x\xff", frame.ErrInvalidUTF8},
		} {
			dst := []byte("dst")
			before := h.Snapshot()
			b, err := h.Close(dst, test.code, test.reason)
			if !errors.Is(err, test.want) {
				t.Errorf("%v: Close with %d and %q gives %v, want %v", h.State(), test.code, test.reason, err, test.want)
			}
			if &b[0] != &dst[0] || len(b) != len(dst) || h.Snapshot() != before {
				t.Errorf("%v: Close with %d and %q changed something", h.State(), test.code, test.reason)
			}
		}
	}
}

// TestReceiveOverlap verifies that the answer can be written to the buffer that
// holds the reason.
func TestReceiveOverlap(t *testing.T) {
	buf, err := frame.Append(nil, 1001, "going away for good")
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := frame.Parse(buf)
	if err != nil {
		t.Fatal(err)
	}
	h := closeevent.NewClient(key)
	got := h.Receive(buf[:0], c)
	want, err := frame.AppendMasked(nil, key, 1001, "")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) || &got[0] != &buf[0] {
		t.Errorf("the answer is % x, want % x in the same buffer", got, want)
	}
	if got := h.TransportClosed().Reason; got != "going away for good" {
		t.Errorf("the reason is %q", got)
	}
}

// TestMask verifies that a client's key masks its frames, including answers,
// and that the zero key is valid.
//
// Shows: R01 R03
func TestMask(t *testing.T) {
	for _, key := range [][4]byte{{}, {0x37, 0xfa, 0x21, 0x3d}, {0xff, 0xff, 0xff, 0xff}} {
		for name, send := range map[string]func(*closeevent.Handshake) []byte{
			"Close": func(h *closeevent.Handshake) []byte {
				b, err := h.Close(nil, 1001, "bye")
				if err != nil {
					t.Fatal(err)
				}
				return b
			},
			"Receive": func(h *closeevent.Handshake) []byte { return h.Receive(nil, frame.Close{Code: 1001}) },
			"Fail":    func(h *closeevent.Handshake) []byte { return h.Fail(nil, 1001) },
		} {
			h := closeevent.NewClient(key)
			b := send(&h)
			c, n, err := frame.ParseMasked(nil, b)
			if err != nil || n != len(b) || c.Code != 1001 || [4]byte(b[2:]) != key {
				t.Errorf("%s with key % x sends % x (%v)", name, key, b, err)
			}
		}
	}
}

// TestLongestReason verifies that a reason of 123 bytes is received and a longer
// one is not.
func TestLongestReason(t *testing.T) {
	for n, want := range map[int]closecode.Code{123: 1001, 124: closecode.AbnormalClosure} {
		var h closeevent.Handshake
		h.Receive(nil, frame.Close{Code: 1001, Reason: bytes.Repeat([]byte("x"), n)})
		if got := h.TransportClosed(); got.Code != want {
			t.Errorf("%d bytes: got %v, want code %v", n, got, want)
		}
	}
}

// allocs lists the steps of a handshake with their numbers of allocations.
var allocs = []struct {
	name string
	want float64
	step func(buf []byte) []byte
}{
	{"Close", 0, func(buf []byte) []byte {
		h := closeevent.NewClient(key)
		b, _ := h.Close(buf, 1001, reason)
		return b
	}},
	{"Close twice", 0, func(buf []byte) []byte {
		var h closeevent.Handshake
		b, _ := h.Close(buf, 1001, reason)
		b, _ = h.Close(b, 1001, reason)
		return b
	}},
	{"Close refused", 0, func(buf []byte) []byte {
		var h closeevent.Handshake
		b, _ := h.Close(buf, 1006, reason)
		return b
	}},
	{"Receive", 0, func(buf []byte) []byte {
		h := closeevent.NewClient(key)
		b := h.Receive(buf, frame.Close{Code: 1001})
		event = h.TransportClosed()
		return b
	}},
	{"Receive a reason", 1, func(buf []byte) []byte {
		h := closeevent.NewClient(key)
		b := h.Receive(buf, frame.Close{Code: 1001, Reason: reasonBytes})
		b = h.Receive(b, frame.Close{Code: 1001, Reason: reasonBytes})
		event = h.TransportClosed()
		return b
	}},
	{"Fail", 0, func(buf []byte) []byte {
		h := closeevent.NewClient(key)
		b := h.Fail(buf, 1002)
		h.WriteFailed()
		event = h.TransportClosed()
		if h.ShouldCloseTransport() || h.PeerFirst() || h.State() != closeevent.Closed {
			panic("not closed")
		}
		return b
	}},
}

var (
	reason      = strings.Repeat("é", 61)
	reasonBytes = []byte(reason)
	event       closeevent.Event // keeps the compiler from removing work
	out         []byte
)

func TestAllocs(t *testing.T) {
	buf := make([]byte, 0, frame.MaxSize)
	for _, test := range allocs {
		if got := testing.AllocsPerRun(100, func() { out = test.step(buf) }); got != test.want {
			t.Errorf("%s allocates %v times, want %v", test.name, got, test.want)
		}
	}
}

// BenchmarkHandshake measures each step of a closing handshake on a new
// Handshake, with a reason of 122 bytes of é.
func BenchmarkHandshake(b *testing.B) {
	buf := make([]byte, 0, frame.MaxSize)
	bye := frame.Close{Code: 1001}
	byeReason := frame.Close{Code: 1001, Reason: reasonBytes}
	closing := closeevent.NewClient(key)
	if _, err := closing.Close(nil, 1001, ""); err != nil {
		b.Fatal(err)
	}
	fresh := closeevent.NewClient(key)
	complete := closeevent.NewClient(key)
	complete.Receive(nil, bye)
	for _, bench := range []struct {
		name string
		from closeevent.Snapshot
		step func(h *closeevent.Handshake)
	}{
		{"Close/server", closeevent.Snapshot{}, func(h *closeevent.Handshake) { out, _ = h.Close(buf, 1001, reason) }},
		{"Close/client", fresh.Snapshot(), func(h *closeevent.Handshake) { out, _ = h.Close(buf, 1001, reason) }},
		{"Close/again", closing.Snapshot(), func(h *closeevent.Handshake) { out, _ = h.Close(buf, 1001, reason) }},
		{"Receive/answer", fresh.Snapshot(), func(h *closeevent.Handshake) { out = h.Receive(buf, bye) }},
		{"Receive/reason", fresh.Snapshot(), func(h *closeevent.Handshake) { out = h.Receive(buf, byeReason) }},
		{"Receive/after_Close", closing.Snapshot(), func(h *closeevent.Handshake) { out = h.Receive(buf, bye) }},
		{"Fail", fresh.Snapshot(), func(h *closeevent.Handshake) { out = h.Fail(buf, 1002) }},
		{"WriteFailed", closing.Snapshot(), func(h *closeevent.Handshake) { h.WriteFailed() }},
		{"ShouldCloseTransport", complete.Snapshot(), func(h *closeevent.Handshake) { truth = h.ShouldCloseTransport() }},
		{"TransportClosed", complete.Snapshot(), func(h *closeevent.Handshake) { event = h.TransportClosed() }},
		{"State", complete.Snapshot(), func(h *closeevent.Handshake) { state = h.State() }},
		{"Relay", fresh.Snapshot(), func(h *closeevent.Handshake) { out = h.Relay(buf, relayed, 1014) }},
		{"Ending", complete.Snapshot(), func(h *closeevent.Handshake) { ended = h.Ending() }},
		{"PeerFirst", complete.Snapshot(), func(h *closeevent.Handshake) { truth = h.PeerFirst() }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			var h closeevent.Handshake
			for b.Loop() {
				h = bench.from.Handshake()
				bench.step(&h)
			}
			truth = h.State() == closeevent.Open
		})
	}
}

var (
	truth bool
	state closeevent.State
	ended closeevent.Ending

	relayed = closeevent.Event{Code: 1001, Reason: reason}
)
