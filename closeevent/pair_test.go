package closeevent_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// A world has two endpoints, a server and a client, and the bytes between them.
type world struct {
	ends [2]end
	lost bool // the transport is lost: nothing arrives
}

// An end is an endpoint: the state that a stack keeps with its Handshake, and
// the written bytes and counts for the checks.
type end struct {
	h      closeevent.Snapshot
	in     string // read, but not yet a complete frame
	flight string // written, but not read by the peer yet
	wrote  string // all written bytes
	past   act    // the actions done
	got    bool   // the peer's Close frame was read and counts
}

// acts records the actions of an endpoint, at most one of each, and their
// results.
type act uint8

const (
	sendData act = 1 << iota // one empty text message
	closeIt                  // Close
	failIt                   // Fail
	unsendIt                 // WriteFailed: once the transport is lost, writing fails
	giveUp                   // stop waiting: close the transport and TransportClosed
	deaf                     // reads no more frames, discards bytes
	fin                      // has closed its write side
	dead                     // has read EOF and closed the transport
)

const (
	server = 0
	client = 1
)

// The codes differ, so that each event shows who sent its code.
var (
	closes = [2]frame.Close{{Code: 4000, Reason: []byte("s")}, {Code: 4001, Reason: []byte("c")}}
	fails  = [2]closecode.Code{server: 4002, client: 4003}
	texts  = [2]string{server: "\x81\x00", client: "\x81\x80\x37\xfa\x21\x3d"}
)

func parse(i int, b []byte) (frame.Close, int, error) {
	if i == server {
		return frame.ParseMasked(nil, b)
	}
	return frame.Parse(b)
}

// write makes endpoint i write b.
func (w *world) write(i int, b []byte) {
	e := &w.ends[i]
	e.wrote += string(b)
	if !w.lost && w.ends[1-i].past&dead == 0 {
		e.flight += string(b)
	}
}

// read makes endpoint i read one byte and act on it as a stack does.
func (w *world) read(i int) {
	e, peer := &w.ends[i], &w.ends[1-i]
	b := peer.flight[0]
	peer.flight = peer.flight[1:]
	if e.past&deaf != 0 {
		return
	}
	e.in += string([]byte{b})
	c, _, err := parse(i, []byte(e.in))
	switch err {
	case frame.ErrIncomplete:
	case frame.ErrNotClose:
		if e.in == texts[1-i] {
			e.in = ""
		}
	case nil:
		e.in = ""
		e.h.Do(func(h *closeevent.Handshake) { w.write(i, h.Receive(nil, c)) })
		e.past |= deaf
		e.got = true
	default:
		panic(fmt.Sprintf("%d sent % x: %v", 1-i, e.in, err))
	}
}

// die makes endpoint i read EOF from the transport.
func (w *world) die(i int) {
	e := &w.ends[i]
	e.h.Do(func(h *closeevent.Handshake) { h.TransportClosed() })
	e.past |= fin | dead
	e.in = ""
	w.ends[1-i].flight = ""
}

// next returns the worlds that can follow w. Some steps must happen eventually:
// bytes and ends arrive, and transports are closed when they should be. Others
// may happen.
func (w world) next(may act, loss bool) (must, might []world) {
	do := func(to *[]world, f func(w *world)) {
		n := w
		f(&n)
		*to = append(*to, n)
	}
	for i := range w.ends {
		e, peer := w.ends[i], w.ends[1-i]
		h := e.h.Handshake()
		if e.past&dead != 0 {
			continue
		}
		switch {
		case peer.flight != "":
			do(&must, func(w *world) { w.read(i) })
		case w.lost || peer.past&fin != 0:
			do(&must, func(w *world) { w.die(i) })
		}
		if h.ShouldCloseTransport() && e.past&fin == 0 {
			do(&must, func(w *world) { w.ends[i].past |= fin | deaf })
		}

		can := may &^ e.past
		if can&sendData != 0 && h.State() == closeevent.Open {
			do(&might, func(w *world) {
				w.ends[i].past |= sendData
				w.write(i, []byte(texts[i]))
			})
		}
		if can&closeIt != 0 && e.past&fin == 0 {
			do(&might, func(w *world) {
				w.ends[i].past |= closeIt
				w.ends[i].h.Do(func(h *closeevent.Handshake) {
					b, err := h.Close(nil, closes[i].Code, string(closes[i].Reason))
					if err != nil {
						panic(err)
					}
					w.write(i, b)
				})
			})
		}
		if can&failIt != 0 && e.past&fin == 0 {
			do(&might, func(w *world) {
				w.ends[i].past |= failIt | deaf
				w.ends[i].h.Do(func(h *closeevent.Handshake) { w.write(i, h.Fail(nil, fails[i])) })
			})
		}
		if can&unsendIt != 0 && w.lost && !peer.got {
			do(&might, func(w *world) {
				w.ends[i].past |= unsendIt
				w.ends[i].h.Do((*closeevent.Handshake).WriteFailed)
			})
		}
		if can&giveUp != 0 && h.State() == closeevent.Closing {
			do(&might, func(w *world) { w.die(i) })
		}
	}
	if loss && !w.lost {
		do(&might, func(w *world) {
			w.lost = true
			w.ends[server].flight, w.ends[client].flight = "", ""
		})
	}
	return must, might
}

// sent returns the Close frame that endpoint i wrote. It is an error if there
// is more than one, if anything follows it, or if the masking is wrong for the
// role.
func (w *world) sent(i int) (c frame.Close, ok bool, err error) {
	b := bytes.TrimPrefix([]byte(w.ends[i].wrote), []byte(texts[i]))
	if len(b) == 0 {
		return c, false, nil
	}
	c, n, err := parse(1-i, b)
	if err == nil && n != len(b) {
		err = fmt.Errorf("% x follows", b[n:])
	}
	return c, true, err
}

// check returns an error if w violates a rule.
func (w *world) check() error {
	for i := range w.ends {
		e, peer := &w.ends[i], &w.ends[1-i]
		h, peerH := e.h.Handshake(), peer.h.Handshake()
		c, ok, err := w.sent(i)
		if err != nil {
			return fmt.Errorf("endpoint %d wrote % x: %w", i, e.wrote, err)
		}
		if (h.State() == closeevent.Open) == (ok || e.past&(failIt|dead) != 0) {
			return fmt.Errorf("endpoint %d is %v, having written % x", i, h.State(), e.wrote)
		}
		if h.PeerFirst() && peerH.PeerFirst() {
			return fmt.Errorf("each says that the other was first")
		}
		if peer.past&dead == 0 {
			continue
		}
		// The peer's event depends only on the frames sent.
		got := peerH.TransportClosed()
		want := closeevent.Event{Code: closecode.AbnormalClosure}
		if peer.got {
			if !ok {
				return fmt.Errorf("endpoint %d read a Close frame that was not sent", 1-i)
			}
			_, answered, _ := w.sent(1 - i)
			want = closeevent.Event{Code: c.Code, Reason: string(c.Reason), WasClean: answered && peer.past&unsendIt == 0}
		}
		if got != want {
			return fmt.Errorf("endpoint %d got %+v, want %+v", 1-i, got, want)
		}
	}
	return nil
}

// TestEveryInterleaving connects two endpoints and tries every interleaving of
// their actions with the arrival of every byte, and the loss of the transport
// after every byte.
//
// Shows: R18 R20 R21 R31 R32 R33 R34 R35 R42 R55
func TestEveryInterleaving(t *testing.T) {
	for _, test := range []struct {
		name  string
		may   act
		loss  bool
		clean bool // if anybody closes, both ends are clean
	}{
		{"both may close", sendData | closeIt, false, true},
		{"all that can happen", sendData | closeIt | failIt | unsendIt | giveUp, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var start world
			h := closeevent.NewClient(key)
			start.ends[client].h = h.Snapshot()
			stack := []world{start}
			seen := map[world]struct{}{start: {}}
			steps, over := 0, 0
			for len(stack) > 0 {
				w := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				if err := w.check(); err != nil {
					t.Fatalf("%v\n%+v", err, w)
				}
				must, might := w.next(test.may, test.loss)
				if len(must) == 0 {
					s, c := &w.ends[server], &w.ends[client]
					sh, ch := s.h.Handshake(), c.h.Handshake()
					idle := sh.State() == closeevent.Open && ch.State() == closeevent.Open
					if !idle && s.past&c.past&dead == 0 {
						t.Fatalf("stuck\n%+v", w)
					}
					if !idle {
						over++
						if test.clean && (!sh.TransportClosed().WasClean || !ch.TransportClosed().WasClean) {
							t.Fatalf("not clean\n%+v", w)
						}
					}
				}
				for _, n := range append(must, might...) {
					steps++
					if _, ok := seen[n]; !ok {
						seen[n] = struct{}{}
						stack = append(stack, n)
					}
				}
			}
			t.Logf("%d states, %d steps between them, %d ends", len(seen), steps, over)
		})
	}
}
