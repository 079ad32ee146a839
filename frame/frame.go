// Package frame parses and appends the Close frames of RFC 6455: their
// payloads, whole frames as servers send them, and masked frames as clients
// send them:
//
//	            parse           append
//	payload     ParsePayload    AppendPayload
//	frame       Parse           Append          sent by servers
//	masked      ParseMasked     AppendMasked    sent by clients
//
// Nothing here allocates if the buffers passed in are large enough: [MaxSize]
// bytes hold any Close frame. No function keeps a reference to a buffer, except
// that the Reason of the [Close] returned is a view of one. No function writes
// beyond its result. All functions may be called from any goroutine.
//
// # Errors
//
// Every error is an [Error], to be compared with == or in a switch.
// [ErrIncomplete] means that more bytes are needed, and [ErrNotClose] that the
// frame is of another type. The other errors of the parsers are faults of the
// peer, and [Error.Code] says what to answer. The errors of the Append functions
// are faults of the caller.
//
// The faults of a payload are found in this order, when parsing and when
// appending: its length, its code ([closecode.ProtocolError]), and then its
// reason ([closecode.InvalidFramePayloadData]).
package frame

import "github.com/closeframe/closeframe/closecode"

const (
	// MaxPayload is the maximum length of a Close frame's payload, in bytes:
	// "All control frames MUST have a payload length of 125 bytes or less"
	// (RFC 6455 §5.5). Two bytes of it are the code.
	MaxPayload = 125

	// MaxSize is the maximum size of a Close frame, in bytes: a header of 2, a
	// masking key of 4 and the payload (RFC 6455 §5.2).
	MaxSize = 2 + 4 + MaxPayload
)

// A Close holds the contents of a Close frame (RFC 6455 §5.5.1).
type Close struct {
	// Code is the status code; [closecode.NoStatusRcvd] if the frame had none.
	Code closecode.Code

	// Reason is the UTF-8 text after the code, at most 123 bytes. It is a view
	// of the buffer that it was parsed from or unmasked to, and valid until that
	// buffer is written to again. Its capacity is its length, so appending to it
	// copies it. The text comes from the peer: quote it in logs, and do not show
	// it to users (§5.5.1).
	Reason []byte
}
