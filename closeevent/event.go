package closeevent

import (
	"strconv"

	"github.com/closeframe/closeframe/closecode"
)

// An Event says how a WebSocket connection ended. It is the CloseEvent that a
// browser passes to WebSocket.onclose (WHATWG WebSockets Standard). Events are
// compared with ==. As JSON, an Event is
//
//	{"code":1001,"reason":"bye","wasClean":true}
//
// An Event is an error too: a stack's Read can return it once the connection is
// closed, and [errors.AsType] finds it there.
type Event struct {
	// Code is the WebSocket connection close code (RFC 6455 §7.1.5): the code
	// of the peer's Close frame, [closecode.NoStatusRcvd] if the frame had
	// none, or [closecode.AbnormalClosure] if no Close frame was received.
	Code closecode.Code `json:"code"`

	// Reason is the WebSocket connection close reason (RFC 6455 §7.1.6), at
	// most 123 bytes of UTF-8. The peer wrote it: "clients MUST NOT show it to
	// end users" (§5.5.1). Quote it in logs.
	Reason string `json:"reason"`

	// WasClean reports whether the closing handshake was completed: a Close
	// frame was sent and received (RFC 6455 §7.1.4). It does not follow from
	// Code: a connection can end with the peer's code and not be clean.
	WasClean bool `json:"wasClean"`
}

// Error describes the event in one line. The reason is quoted, so that the peer
// cannot forge log lines.
func (e Event) Error() string {
	s := "websocket closed"
	if !e.WasClean {
		s += " uncleanly"
	}
	s += ": " + e.Code.String()
	if e.Reason != "" {
		s += ", reason " + strconv.Quote(e.Reason)
	}
	return s
}
