package closeevent_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/check/model"
)

var key = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// events lists every method with arguments of every kind.
var events = []model.Event{
	{Kind: model.Close, Code: 1001, Reason: "bye"},
	{Kind: model.Close, Code: 4999},
	{Kind: model.Close, Code: 1005},
	{Kind: model.Close, Code: 1005, Reason: "x"},                       // no code, no reason
	{Kind: model.Close, Code: 1006},                                    // never sent
	{Kind: model.Close, Code: 0},                                       // no code at all
	{Kind: model.Close, Code: 1000, Reason: strings.Repeat("x", 124)},  // too long
	{Kind: model.Close, Code: 1000, Reason: strings.Repeat("x", 4096)}, // far too long
	{Kind: model.Close, Code: 1000, Reason: "\xff"},                    // not UTF-8
	{Kind: model.Receive, Code: 1000},
	{Kind: model.Receive, Code: 4000, Reason: strings.Repeat("\u00e9", 61)},
	{Kind: model.Receive, Code: 1005},
	{Kind: model.Receive, Code: 1005, Reason: "x"},                      // not from a parser
	{Kind: model.Receive, Code: 1006},                                   // not from a parser
	{Kind: model.Receive, Code: 0},                                      // the zero frame.Close
	{Kind: model.Receive, Code: 1000, Reason: strings.Repeat("x", 124)}, // not from a parser
	{Kind: model.Receive, Code: 1000, Reason: strings.Repeat("\xff", 5000)},
	{Kind: model.Receive, Code: 1000, Reason: "\xff"},
	{Kind: model.Fail, Code: 1002},
	{Kind: model.Fail, Code: 1005},
	{Kind: model.Fail, Code: 1015}, // never sent
	{Kind: model.Fail, Code: 0},    // of ErrIncomplete
	{Kind: model.Relay, Code: 4001, Reason: "later"},
	{Kind: model.Relay, Code: 1000, Reason: strings.Repeat("é", 100)}, // truncated
	{Kind: model.Relay, Code: 1000, Reason: "a\xff"},                  // truncated
	{Kind: model.Relay, Code: 1005, Lost: 1001},
	{Kind: model.Relay, Code: 1006, Lost: 1014},
	{Kind: model.Relay, Code: 1015, Reason: "x", Lost: 1005},
	{Kind: model.Relay, Code: 1006, Lost: 1006},
	{Kind: model.Relay},
	{Kind: model.WriteFailed},
	{Kind: model.TransportClosed},
}

// ending returns the Ending that m expects.
func ending(m model.Model) closeevent.Ending {
	code, reason, wasClean := m.End()
	e := closeevent.Ending{
		Event:       closeevent.Event{Code: closecode.Code(code), Reason: reason, WasClean: wasClean},
		PeerFirst:   m.PeerFirst(),
		Failed:      m.Failed,
		WriteFailed: m.Lost,
	}
	if m.NSent == 1 {
		e.Sent = closecode.Code(m.Sent[0].Code)
	}
	if m.Came {
		e.Received = closecode.Code(m.Received.Code)
	}
	return e
}

// apply applies e to h and returns the bytes that were appended to before.
func apply(h *closeevent.Handshake, dst []byte, e model.Event) (_ []byte, err error) {
	switch e.Kind {
	case model.Close:
		return h.Close(dst, closecode.Code(e.Code), e.Reason)
	case model.Receive:
		return h.Receive(dst, frame.Close{Code: closecode.Code(e.Code), Reason: []byte(e.Reason)}), nil
	case model.Fail:
		return h.Fail(dst, closecode.Code(e.Code)), nil
	case model.Relay:
		return h.Relay(dst, closeevent.Event{Code: closecode.Code(e.Code), Reason: e.Reason}, closecode.Code(e.Lost)), nil
	case model.WriteFailed:
		h.WriteFailed()
	case model.TransportClosed:
		h.TransportClosed()
	}
	return dst, nil
}

// TestEveryEventInEveryState compares the Handshake with the model for every
// event in every reachable state. The walk ends when it finds no new state, so
// the result holds for sequences of any length.
//
// Shows: R18 R20 R29 R30 R31 R32 R33 R35 R36 R37 R38 R39 R42 R45 R46 R47 R59 R60 R66 R67 P08 W03
func TestEveryEventInEveryState(t *testing.T) {
	type pair struct {
		h closeevent.Snapshot
		m model.Model
	}
	client := closeevent.NewClient(key)
	queue := []pair{
		{closeevent.Snapshot{}, model.Model{}},
		{client.Snapshot(), model.Model{Client: true, Key: key}},
	}
	seen := map[pair]bool{queue[0]: true, queue[1]: true}
	steps := 0
	for len(queue) > 0 {
		before := queue[0]
		queue = queue[1:]
		for _, e := range events {
			steps++
			h, after := before.h.Handshake(), before
			// Spare capacity shows writes beyond the result.
			buf := bytes.Repeat([]byte{0xaa}, 300)
			got, err := apply(&h, buf[:3], e)
			want, refused := after.m.Apply(e)
			after.h = h.Snapshot()

			if (err != nil) != refused {
				t.Fatalf("%+v, then %+v: error %v, want one: %v", before.m, e, err, refused)
			}
			if !bytes.Equal(got[:3], []byte{0xaa, 0xaa, 0xaa}) || !bytes.Equal(got[3:], want) {
				t.Fatalf("%+v, then %+v: appended % x, want % x", before.m, e, got[3:], want)
			}
			if rest := buf[len(got):]; bytes.Count(rest, []byte{0xaa}) != len(rest) {
				t.Fatalf("%+v, then %+v: wrote beyond the result: % x", before.m, e, buf)
			}
			if err != nil && after.h != before.h {
				t.Fatalf("%+v, then %+v: refused, but the state changed", before.m, e)
			}
			if got, want := h.State().String(), after.m.State(); got != want {
				t.Fatalf("%+v, then %+v: state %v, want %v", before.m, e, got, want)
			}
			if got, want := h.ShouldCloseTransport(), after.m.ShouldCloseTransport(); got != want {
				t.Fatalf("%+v, then %+v: ShouldCloseTransport %v, want %v", before.m, e, got, want)
			}
			if got, want := h.PeerFirst(), after.m.PeerFirst(); got != want {
				t.Fatalf("%+v, then %+v: PeerFirst %v, want %v", before.m, e, got, want)
			}
			// The event that TransportClosed would return now. After
			// TransportClosed it never changes.
			end := after.h.Handshake()
			code, reason, wasClean := after.m.End()
			if got, want := end.TransportClosed(), (closeevent.Event{Code: closecode.Code(code), Reason: reason, WasClean: wasClean}); got != want {
				t.Fatalf("%+v, then %+v: event %+v, want %+v", before.m, e, got, want)
			}
			if got, want := h.Ending(), ending(after.m); got != want || got.Cause().String() != after.m.Cause() {
				t.Fatalf("%+v, then %+v: %+v, cause %v; want %+v, %s", before.m, e, got, got.Cause(), want, after.m.Cause())
			}
			if h.Client() != after.m.Client {
				t.Fatalf("%+v, then %+v: Client %v", before.m, e, h.Client())
			}
			if !seen[after] {
				seen[after] = true
				queue = append(queue, after)
			}
		}
	}
	t.Logf("%d states, %d events in each: %d steps", len(seen), len(events), steps)
}
