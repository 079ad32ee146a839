package closeevent_test

import (
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// TestEveryCode verifies Close, Fail and Receive for each code and both roles.
// A valid code is sent or answered. An invalid code is rejected by Close,
// omitted by Fail, and fails the connection if received.
//
// Shows: R18 R29 R33 R47 R51 R65 P04
func TestEveryCode(t *testing.T) {
	calls := 0
	client := closeevent.NewClient(key)
	for role, h := range []closeevent.Snapshot{{}, client.Snapshot()} {
		frameOf := func(code closecode.Code, reason string) string {
			b, err := frame.Append(nil, code, reason)
			if role == 1 {
				b, err = frame.AppendMasked(nil, key, code, reason)
			}
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		var buf [frame.MaxSize]byte
		for i := range 1 << 16 {
			code := closecode.Code(i)
			for _, reason := range []string{"", "why"} {
				calls += 3
				may := code.Valid() || code == closecode.NoStatusRcvd && reason == ""

				h1 := h.Handshake()
				b, err := h1.Close(buf[:0], code, reason)
				if (err == nil) != may || may && (string(b) != frameOf(code, reason) || h1.State() != closeevent.Closing) || !may && (len(b) != 0 || h1.Snapshot() != h) {
					t.Fatalf("Close(%d, %q): % x, %v", code, reason, b, err)
				}

				h1 = h.Handshake()
				b = h1.Receive(buf[:0], frame.Close{Code: code, Reason: []byte(reason)})
				want, answer := closeevent.Event{code, reason, true}, code
				if !may {
					want, answer = closeevent.Event{Code: closecode.AbnormalClosure}, closecode.ProtocolError
				}
				if event := h1.TransportClosed(); event != want || string(b) != frameOf(answer, "") {
					t.Fatalf("Receive(%d, %q): % x, %v", code, reason, b, event)
				}

				h1 = h.Handshake()
				b = h1.Fail(buf[:0], code)
				if sent := code.Valid() || code == closecode.NoStatusRcvd; sent && string(b) != frameOf(code, "") || !sent && len(b) != 0 || !h1.ShouldCloseTransport() {
					t.Fatalf("Fail(%d): % x", code, b)
				}
			}
		}
	}
	t.Logf("%d codes, %d calls", 1<<16, calls)
}
