package closeevent

import (
	"strconv"

	"github.com/closeframe/closeframe/closecode"
)

// An Ending is what one endpoint knows of how its connection ended: the event,
// and what both sides sent (RFC 6455 §7.1.3–7.1.7). Use it in logs and metrics:
// log [Ending.Error], and count by [Ending.Cause]. Endings are compared with
// ==. As JSON, an Ending is
//
//	{"code":1001,"reason":"bye","wasClean":true,"sent":1001,"received":1001,
//	 "peerFirst":true,"failed":false,"writeFailed":false}
type Ending struct {
	// Event is the event passed to the application.
	Event

	// Sent is the code of the Close frame that this endpoint appended, whether
	// or not it was delivered: [closecode.NoStatusRcvd] if the frame was empty,
	// and 0 if there was none.
	Sent closecode.Code `json:"sent"`

	// Received is the code of the peer's first Close frame:
	// [closecode.NoStatusRcvd] if the frame was empty, and 0 if there was none.
	Received closecode.Code `json:"received"`

	// PeerFirst reports whether the peer started the closing handshake: see
	// [Handshake.PeerFirst].
	PeerFirst bool `json:"peerFirst"`

	// Failed reports whether this endpoint failed the connection (RFC 6455
	// §7.1.7) before the closing handshake was complete.
	Failed bool `json:"failed"`

	// WriteFailed reports whether this endpoint's Close frame could not be
	// written.
	WriteFailed bool `json:"writeFailed"`
}

// Error describes both sides and their order in one line, such as
//
//	received 1001 Going Away "bye", then sent 1001 Going Away
//	sent 1009 Message Too Big, no Close frame received
//	could not send 1001 Going Away, no Close frame received
//	no Close frame sent or received
//
// The reason is quoted, so that the peer cannot forge log lines.
func (e Ending) Error() string {
	sent := "sent " + e.Sent.String()
	if e.WriteFailed {
		sent = "could not send " + e.Sent.String()
	}
	received := "received " + e.Received.String()
	if e.Reason != "" {
		received += " " + strconv.Quote(e.Reason)
	}
	switch {
	case e.Sent == 0 && e.Received == 0:
		return "no Close frame sent or received"
	case e.Received == 0:
		return sent + ", no Close frame received"
	case e.Sent == 0:
		return received + ", no Close frame sent"
	case e.PeerFirst:
		return received + ", then " + sent
	}
	return sent + ", then " + received
}

// Unwrap returns the Event, so that [errors.AsType] finds it (RFC 6455 §7.1.5).
func (e Ending) Unwrap() error { return e.Event }

// Cause returns the class of the ending: the first of clean, failed,
// undelivered, unanswered and lost that applies (RFC 6455 §7.1.4, §7.1.7).
func (e Ending) Cause() Cause {
	switch {
	case e.Sent != 0 && e.Received != 0 && !e.WriteFailed:
		return CauseClean
	case e.Failed:
		return CauseFailed
	case e.WriteFailed:
		return CauseUndelivered
	case e.Sent != 0 && e.Received == 0:
		return CauseUnanswered
	}
	return CauseLost
}

// A Cause classifies how a connection ended (RFC 6455 §7.1.4–7.1.7). There are
// five, so that metrics can be labeled with them.
type Cause uint8

const (
	// CauseClean: both Close frames were exchanged (RFC 6455 §7.1.4).
	CauseClean Cause = iota

	// CauseLost: the transport ended without a Close frame from either side.
	CauseLost

	// CauseUnanswered: this endpoint sent a Close frame, and the peer did not
	// answer it.
	CauseUnanswered

	// CauseUndelivered: this endpoint's Close frame could not be written.
	CauseUndelivered

	// CauseFailed: this endpoint failed the connection (RFC 6455 §7.1.7).
	CauseFailed
)

// String returns the cause in lower case, as in "clean".
func (c Cause) String() string {
	switch c {
	case CauseClean:
		return "clean"
	case CauseLost:
		return "lost"
	case CauseUnanswered:
		return "unanswered"
	case CauseUndelivered:
		return "undelivered"
	case CauseFailed:
		return "failed"
	}
	return "unknown"
}
