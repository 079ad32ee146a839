// Package frame parses and appends the Close frames of RFC 6455: their
// payloads, whole frames as servers send them, and masked frames as clients
// send them. What is on the wire is in the name:
//
//	            parse           append
//	payload     ParsePayload    AppendPayload
//	frame       Parse           Append          sent by servers
//	masked      ParseMasked     AppendMasked    sent by clients
//
// Nothing here allocates but the text of an error that has an offset, provided
// that the buffers passed in are large enough: [MaxSize] bytes hold any Close
// frame. Nothing keeps a reference to a buffer but the Reason of the [Close]
// returned, and nothing is written beyond the result. All functions may be
// called from any goroutine.
//
// # Errors
//
// The errors of the parsers are [Error] values that say what to answer the
// peer with; [io.ErrUnexpectedEOF] alone is no fault: more bytes are needed.
// The errors of the Append functions are the caller's own.
//
// The faults of a payload are found in this order, parsing and appending
// alike: its length, its code ([closecode.ProtocolError]), and then its reason
// ([closecode.InvalidFramePayloadData]).
package frame

import "github.com/closeframe/closeframe/closecode"

const (
	// MaxPayload is the greatest length of a Close frame's payload, in bytes:
	// "All control frames MUST have a payload length of 125 bytes or less"
	// (RFC 6455 §5.5). Two bytes of it are the code.
	MaxPayload = 125

	// MaxSize is the greatest size of a Close frame, in bytes: a header of 2,
	// a masking key of 4 and the payload (RFC 6455 §5.2).
	MaxSize = 2 + 4 + MaxPayload
)

// A Close is what a Close frame says (RFC 6455 §5.5.1).
type Close struct {
	// Code is the status code; [closecode.NoStatusRcvd] if the frame had none.
	Code closecode.Code

	// Reason is the UTF-8 text after the code, at most 123 bytes. It is a view
	// of the buffer that it was parsed from (or unmasked to), and valid until
	// that is written to again; its capacity is its length, so appending to it
	// copies it. The text comes from the peer: quote it before it goes to a
	// log, and do not show it to users (§5.5.1).
	Reason []byte
}
