package closeevent_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
)

// Shows: W08
func TestEventJSON(t *testing.T) {
	for _, test := range []struct {
		e    closeevent.Event
		want string
	}{
		{closeevent.Event{}, `{"code":0,"reason":"","wasClean":false}`},
		{closeevent.Event{Code: closecode.AbnormalClosure}, `{"code":1006,"reason":"","wasClean":false}`},
		{closeevent.Event{Code: 4999, Reason: "再见 \"x\"\n", WasClean: true}, `{"code":4999,"reason":"再见 \"x\"\n","wasClean":true}`},
	} {
		b, err := json.Marshal(test.e)
		if err != nil || string(b) != test.want {
			t.Errorf("%#v is %s (%v), want %s", test.e, b, err, test.want)
		}
		var back closeevent.Event
		if err := json.Unmarshal(b, &back); err != nil || back != test.e {
			t.Errorf("%s is %+v (%v), want %+v", b, back, err, test.e)
		}
	}
}

func TestEventError(t *testing.T) {
	for _, test := range []struct {
		e    closeevent.Event
		want string
	}{
		{closeevent.Event{}, "websocket closed uncleanly: 0 (unused)"},
		{closeevent.Event{Code: 1000, WasClean: true}, "websocket closed: 1000 Normal Closure"},
		{closeevent.Event{Code: 1006}, "websocket closed uncleanly: 1006 Abnormal Closure"},
		{closeevent.Event{Code: 4000, Reason: "再见"}, `websocket closed uncleanly: 4000 (private), reason "再见"`},
		// A peer could use these characters to forge lines, colors or the order
		// of text in a log.
		{closeevent.Event{Code: 1000, WasClean: true, Reason: "\"\r\nERROR\x1b[31m\x00\u202e\u2028\xff"},
			`websocket closed: 1000 Normal Closure, reason "\"\r\nERROR\x1b[31m\x00\u202e\u2028\xff"`},
	} {
		if got := test.e.Error(); got != test.want {
			t.Errorf("%#v prints as\n%s, want\n%s", test.e, got, test.want)
		}
		if got := fmt.Sprint(test.e); got != test.want {
			t.Errorf("%#v is formatted as\n%s, want\n%s", test.e, got, test.want)
		}
	}
}

func TestEventIsAnError(t *testing.T) {
	e := closeevent.Event{Code: 1001, Reason: "bye", WasClean: true}
	err := errors.Join(io.EOF, fmt.Errorf("read: %w", e))
	if got, ok := errors.AsType[closeevent.Event](err); !ok || got != e {
		t.Errorf("AsType finds %+v, %v; want %+v", got, ok, e)
	}
	if !errors.Is(err, e) {
		t.Error("Is does not find it")
	}
	if errors.Is(err, closeevent.Event{Code: 1001}) {
		t.Error("Is finds another event")
	}
}

func TestStateString(t *testing.T) {
	for s, want := range map[closeevent.State]string{
		closeevent.Open:    "open",
		closeevent.Closing: "closing",
		closeevent.Closed:  "closed",
		3:                  "unknown",
		255:                "unknown",
	} {
		if got := s.String(); got != want {
			t.Errorf("State(%d) is %q, want %q", s, got, want)
		}
	}
	if closeevent.Open != 0 || closeevent.Closing != 1 || closeevent.Closed != 2 {
		t.Error("the states are out of order")
	}
}
