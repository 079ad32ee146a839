package stack

import (
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// TestArguments verifies that calls with invalid arguments are rejected without
// effect.
func TestArguments(t *testing.T) {
	s := &script{chunks: [][]byte{wire(true, text("a"), closing(1000, "end"))}}
	c := testConn(s, false, Config{})
	for range 2 { // open, and after the end
		if err := c.Write(Op(3), nil); err == nil {
			t.Error("Write of opcode 3: no error")
		}
		if err := c.Write(Op(8), nil); err == nil {
			t.Error("Write of a Close: no error")
		}
		if err := c.Write(Text, []byte("\xff")); err == nil {
			t.Error("Write of text that is not UTF-8: no error")
		}
		if err := c.Ping(make([]byte, 126)); err != frame.ErrTooLong {
			t.Errorf("Ping of 126 bytes: %v", err)
		}
		for _, tt := range []struct {
			code   closecode.Code
			reason string
			want   error
		}{
			{1006, "", frame.ErrInvalidCode},
			{1005, "x", frame.ErrInvalidCode},
			{0, "", frame.ErrInvalidCode},
			{1000, strings.Repeat("x", 124), frame.ErrTooLong},
			{1000, "\xff", frame.ErrInvalidUTF8},
		} {
			if event, err := c.Close(tt.code, tt.reason); !errors.Is(err, tt.want) || event != (closeevent.Event{}) {
				t.Errorf("Close(%d, %q) = %v, %v", tt.code, tt.reason, event, err)
			}
		}
		if len(s.sent) > 0 && c.end == nil {
			t.Errorf("sent % x", s.sent)
		}
		if _, msg, err := c.Read(nil); c.end == nil && (string(msg) != "a" || err != nil) {
			t.Errorf("Read = %q, %v", msg, err)
		}
		for range 2 {
			if _, msg, err := c.Read([]byte("dst")); string(msg) != "dst" || err != error(clean(1000, "end")) {
				t.Errorf("Read = %q, %v", msg, err)
			}
		}
	}
	if err := c.Write(Text, nil); err != net.ErrClosed {
		t.Errorf("Write after the end: %v", err)
	}
	if err := c.Ping(nil); err != net.ErrClosed {
		t.Errorf("Ping after the end: %v", err)
	}
	if event, err := c.Close(3000, "too late"); event != clean(1000, "end") || err != nil {
		t.Errorf("Close after the end = %v, %v", event, err)
	}
	if !c.PeerFirst() {
		t.Error("PeerFirst is false")
	}
}
