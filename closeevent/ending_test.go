package closeevent_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// TestEnding verifies the text, the cause and the JSON of every kind of ending.
func TestEnding(t *testing.T) {
	lost := closeevent.Event{Code: 1006}
	for _, test := range []struct {
		ending closeevent.Ending
		text   string
		cause  closeevent.Cause
	}{
		{closeevent.Ending{Event: closeevent.Event{Code: 1001, Reason: "bye", WasClean: true}, Sent: 1001, Received: 1001, PeerFirst: true},
			`received 1001 Going Away "bye", then sent 1001 Going Away`, closeevent.CauseClean},
		{closeevent.Ending{Event: closeevent.Event{Code: 1005, WasClean: true}, Sent: 1012, Received: 1005},
			`sent 1012 Service Restart, then received 1005 No Status Rcvd`, closeevent.CauseClean},
		{closeevent.Ending{Event: closeevent.Event{Code: 1000, Reason: "a\nb"}, Sent: 1000, Received: 1000, PeerFirst: true, WriteFailed: true},
			`received 1000 Normal Closure "a\nb", then could not send 1000 Normal Closure`, closeevent.CauseUndelivered},
		{closeevent.Ending{Event: closeevent.Event{Code: 4000}, Sent: 1000, Received: 4000, WriteFailed: true},
			`could not send 1000 Normal Closure, then received 4000`, closeevent.CauseUndelivered},
		{closeevent.Ending{Event: lost, Sent: 1009, Failed: true},
			`sent 1009 Message Too Big, no Close frame received`, closeevent.CauseFailed},
		{closeevent.Ending{Event: lost, Sent: 1001, Failed: true, WriteFailed: true},
			`could not send 1001 Going Away, no Close frame received`, closeevent.CauseFailed},
		{closeevent.Ending{Event: lost, Sent: 1001, WriteFailed: true},
			`could not send 1001 Going Away, no Close frame received`, closeevent.CauseUndelivered},
		{closeevent.Ending{Event: lost, Sent: 1001},
			`sent 1001 Going Away, no Close frame received`, closeevent.CauseUnanswered},
		{closeevent.Ending{Event: lost}, `no Close frame sent or received`, closeevent.CauseLost},
		{closeevent.Ending{Event: lost, Failed: true}, `no Close frame sent or received`, closeevent.CauseFailed},
		{closeevent.Ending{Event: closeevent.Event{Code: 1000}, Received: 1000},
			`received 1000 Normal Closure, no Close frame sent`, closeevent.CauseLost},
	} {
		want := test.text
		if test.ending.Event.Code == 4000 {
			want += test.ending.Code.String()[len("4000"):] // its text for private codes
		}
		if got := test.ending.Error(); got != want {
			t.Errorf("%+v: got %s, want %s", test.ending, got, want)
		}
		if got := test.ending.Cause(); got != test.cause {
			t.Errorf("%s: cause %v, want %v", test.text, got, test.cause)
		}
		if e, ok := errors.AsType[closeevent.Event](error(test.ending)); !ok || e != test.ending.Event {
			t.Errorf("%s: unwraps to %v, %v", test.text, e, ok)
		}
	}
}

// TestEndingJSON verifies the names of the JSON fields.
func TestEndingJSON(t *testing.T) {
	var h closeevent.Handshake
	h.Receive(nil, frame.Close{Code: 1001, Reason: []byte("bye")})
	b, err := json.Marshal(h.Ending())
	want := `{"code":1001,"reason":"bye","wasClean":true,"sent":1001,"received":1001,"peerFirst":true,"failed":false,"writeFailed":false}`
	if string(b) != want || err != nil {
		t.Errorf("got %s, %v; want %s", b, err, want)
	}
	var back closeevent.Ending
	if err := json.Unmarshal(b, &back); err != nil || back != h.Ending() {
		t.Errorf("unmarshaled to %+v, %v", back, err)
	}
}

// TestCauses verifies the names of the causes, which serve as labels of
// metrics.
func TestCauses(t *testing.T) {
	for c, want := range []string{"clean", "lost", "unanswered", "undelivered", "failed", "unknown"} {
		if got := closeevent.Cause(c).String(); got != want {
			t.Errorf("Cause(%d) = %s, want %s", c, got, want)
		}
	}
}
