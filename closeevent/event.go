package closeevent

import (
	"strconv"

	"github.com/closeframe/closeframe/closecode"
)

// An Event is how a WebSocket connection ended, as a browser tells it to
// WebSocket.onclose (WHATWG WebSockets Standard, the CloseEvent interface).
// It is a plain value that is compared with ==; the zero Event has the
// defaults of CloseEventInit. As JSON it is
//
//	{"code":1001,"reason":"bye","wasClean":true}
//
// It is an error too, so that what reads from a connection can return it when
// the connection has been closed, and [errors.AsType] finds it there.
type Event struct {
	// Code is the WebSocket connection close code (RFC 6455 §7.1.5): the code
	// of the peer's Close frame, [closecode.NoStatusRcvd] if that had none, or
	// [closecode.AbnormalClosure] if none was received.
	Code closecode.Code `json:"code"`

	// Reason is the WebSocket connection close reason (RFC 6455 §7.1.6), at
	// most 123 bytes of UTF-8. It is the peer's text: "clients MUST NOT show it
	// to end users" (§5.5.1), and it must be quoted where it goes to a log.
	Reason string `json:"reason"`

	// WasClean is whether both Close frames had crossed before the transport
	// went (RFC 6455 §7.1.4). It does not follow from Code: a connection may
	// end with the peer's code and not be clean.
	WasClean bool `json:"wasClean"`
}

// Error returns what happened in one line, for a log. The reason is quoted, so
// that the peer cannot write lines of its own.
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
