package fuzz

import (
	"bytes"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/check/model"
)

// FuzzHandshake applies arbitrary events to a Handshake and compares every byte
// and every result with the model.
//
// A script is a sequence of events. Each event has one byte for its kind, two
// for the code, one for the length of the reason, and the reason.
//
// Shows: R18 R20 R29 R33 R35 R39
func FuzzHandshake(f *testing.F) {
	for _, script := range scripts {
		for _, client := range []bool{false, true} {
			f.Add(client, []byte{0x37, 0xfa, 0x21, 0x3d}, script)
		}
	}
	f.Fuzz(func(t *testing.T, client bool, key, script []byte) {
		var h closeevent.Handshake
		var m model.Model
		if client {
			copy(m.Key[:], key)
			m.Client = true
			h = closeevent.NewClient(m.Key)
		}
		sent := 0
		for range 100 {
			if len(script) == 0 {
				break
			}
			var e model.Event
			e, script = nextEvent(script)
			want, refused := m.Apply(e)

			// Spare capacity of all sizes, filled, shows writes beyond the
			// result. A received reason may be in it.
			const fill = 0x55
			buf := bytes.Repeat([]byte{fill}, 1+int(e.Code)%(2*frame.MaxSize))
			dst := buf[:1]
			var got []byte
			var err error
			switch e.Kind {
			case model.Close:
				got, err = h.Close(dst, closecode.Code(e.Code), e.Reason)
			case model.Receive:
				reason := []byte(e.Reason)
				if n := copy(buf[1:], e.Reason); n == len(reason) {
					reason = buf[1 : 1+n]
				}
				got = h.Receive(dst, frame.Close{Code: closecode.Code(e.Code), Reason: reason})
			case model.Fail:
				got = h.Fail(dst, closecode.Code(e.Code))
			case model.Relay:
				from := closeevent.Event{Code: closecode.Code(e.Code), Reason: e.Reason}
				got = h.Relay(dst, from, closecode.Code(e.Lost))
			case model.WriteFailed:
				h.WriteFailed()
				got = dst
			case model.TransportClosed:
				h.TransportClosed()
				got = dst
			}

			if (err != nil) != refused || got[0] != fill || !bytes.Equal(got[1:], want) {
				t.Fatalf("%+v: appended % x (%v), want % x (refused: %v)\n%+v", e, got[1:], err, want, refused, m)
			}
			if &got[0] == &buf[0] && e.Kind != model.Receive && bytes.Count(buf[len(got):], []byte{fill}) != len(buf)-len(got) {
				t.Fatalf("%+v: wrote beyond the result: % x", e, buf)
			}
			if len(want) > 0 {
				sent++
			}
			if sent > 1 {
				t.Fatalf("%+v: a second Close frame", e)
			}
			code, reason, wasClean := m.End()
			if got, want := h.Ending().Event, (closeevent.Event{Code: closecode.Code(code), Reason: reason, WasClean: wasClean}); got != want {
				t.Fatalf("%+v: the event would be %+v, want %+v\n%+v", e, got, want, m)
			}
			if h.State().String() != m.State() || h.ShouldCloseTransport() != m.ShouldCloseTransport() || h.PeerFirst() != m.PeerFirst() {
				t.Fatalf("%+v: %v, ShouldCloseTransport %v, PeerFirst %v; want %s, %v, %v\n%+v", e,
					h.State(), h.ShouldCloseTransport(), h.PeerFirst(), m.State(), m.ShouldCloseTransport(), m.PeerFirst(), m)
			}
		}
	})
}

// nextEvent reads one event of a script. Missing bytes are 0.
func nextEvent(script []byte) (model.Event, []byte) {
	var head [4]byte
	script = script[copy(head[:], script):]
	n := min(int(head[3]), len(script))
	return model.Event{
		Kind:   model.Kind(head[0] % 6),
		Code:   uint16(head[1])<<8 | uint16(head[2]),
		Reason: string(script[:n]),
		Lost:   1000 + uint16(head[0]/6),
	}, script[n:]
}

// Events for the seeds.
const (
	doClose      = "\x00\x03\xe9\x03bye"
	doRefused    = "\x00\x03\xee\x00"
	doReceive    = "\x01\x0f\xa0\x02\xc3\xa9"
	doNoCode     = "\x01\x03\xed\x00"
	doForged     = "\x01\x03\xed\x01x"
	doFail       = "\x02\x03\xea\x00"
	doFailNone   = "\x02\x03\xed\x00"
	doFailBad    = "\x02\x03\xf7\x00"
	doUnsent     = "\x03\x00\x00\x00"
	doDisconnect = "\x04\x00\x00\x00"
	doRelay      = "\x05\x0f\xa0\x02\xc3\xa9"
	doRelayLost  = "\x05\x03\xee\x00" // 1006, so the leg is closed with 1000
	doRelayNone  = "\x23\x03\xee\x00" // the same with 1005
)

var scripts = [][]byte{
	[]byte(doClose + doReceive + doDisconnect),
	[]byte(doReceive + doClose + doDisconnect),
	[]byte(doNoCode + doReceive + doFail + doDisconnect + doUnsent),
	[]byte(doRefused + doClose + doClose + doNoCode + doUnsent + doDisconnect),
	[]byte(doClose + doUnsent + doReceive + doFail + doDisconnect),
	[]byte(doReceive + doUnsent + doFail + doDisconnect),
	[]byte(doFail + doReceive + doClose + doDisconnect),
	[]byte(doFailNone + doUnsent + doDisconnect),
	[]byte(doFailBad + doClose + doReceive + doDisconnect),
	[]byte(doForged + doDisconnect),
	[]byte(doRelay + doReceive + doDisconnect),
	[]byte(doRelayLost + doUnsent + doDisconnect + doRelay),
	[]byte(doRelayNone + doRelay + doReceive + doDisconnect),
	[]byte(doDisconnect + doClose + doReceive + doFail + doUnsent + doDisconnect),
}
