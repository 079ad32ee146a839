package frame

import (
	"strconv"

	"github.com/closeframe/closeframe/closecode"
)

// An Error says what is wrong with a Close frame. Every error that this
// package returns is an Error, to be compared with == or in a switch. Returning
// one does not allocate.
//
// [ErrIncomplete] and [ErrNotClose] are not faults: more bytes are needed, or
// the frame is of another type. For any other error of a parser, fail the
// connection with [Error.Code] (RFC 6455 §7.1.7).
type Error uint8

const (
	// ErrIncomplete reports that more bytes are needed: the input is the
	// beginning of a Close frame and is valid so far.
	ErrIncomplete Error = 1 + iota

	// ErrNotClose reports an opcode other than 8 (RFC 6455 §5.2). Nothing else
	// in the frame has been checked.
	ErrNotClose

	// ErrReservedBits reports that RSV1, RSV2 or RSV3 is set. No extension
	// defines them for control frames (RFC 6455 §5.2, RFC 7692 §6).
	ErrReservedBits

	// ErrFragmented reports a Close frame without FIN (RFC 6455 §5.5).
	ErrFragmented

	// ErrMasked reports a masked frame in a call to [Parse]: servers do not
	// mask (RFC 6455 §5.1).
	ErrMasked

	// ErrUnmasked reports an unmasked frame in a call to [ParseMasked]:
	// clients mask every frame (RFC 6455 §5.1).
	ErrUnmasked

	// ErrTooLong reports a payload of more than 125 bytes, or a length in the
	// 16-bit or 64-bit form, whatever its value. The Append functions return
	// it for a reason of more than 123 bytes (RFC 6455 §5.5).
	ErrTooLong

	// ErrShort reports a payload of one byte, half a status code (RFC 6455
	// §5.5.1).
	ErrShort

	// ErrInvalidCode reports a status code that must not be sent in a Close
	// frame (see [closecode.Code.Valid]). To log the code, read it from the
	// first two bytes of the payload. [ParseMasked] leaves that payload masked
	// in b; if it was called with a dst that overlaps b, only a copy made
	// before the call still has it.
	ErrInvalidCode

	// ErrInvalidUTF8 reports a reason that is not valid UTF-8 (RFC 6455
	// §5.5.1, RFC 3629 §4). For the offset of the fault, call
	// [utf8check.IndexInvalid] with the reason, which starts at the third byte
	// of the unmasked payload.
	ErrInvalidUTF8
)

// Error returns a short description of the error. It contains nothing that the
// peer sent.
func (e Error) Error() string {
	switch e {
	case ErrIncomplete:
		return "frame: incomplete Close frame"
	case ErrNotClose:
		return "frame: not a Close frame"
	case ErrReservedBits:
		return "frame: reserved bit set in a Close frame"
	case ErrFragmented:
		return "frame: fragmented Close frame"
	case ErrMasked:
		return "frame: masked Close frame from a server"
	case ErrUnmasked:
		return "frame: unmasked Close frame from a client"
	case ErrTooLong:
		return "frame: Close payload longer than 125 bytes"
	case ErrShort:
		return "frame: Close payload of one byte"
	case ErrInvalidCode:
		return "frame: status code must not be sent in a Close frame"
	case ErrInvalidUTF8:
		return "frame: close reason is not valid UTF-8"
	}
	return "frame: unknown error " + strconv.Itoa(int(e))
}

// Code returns the status code to fail the connection with (RFC 6455 §7.1.7):
// [closecode.InvalidFramePayloadData] for [ErrInvalidUTF8],
// [closecode.ProtocolError] for the other faults, and 0 for [ErrIncomplete] and
// [ErrNotClose], which are not faults.
func (e Error) Code() closecode.Code {
	switch e {
	case ErrIncomplete, ErrNotClose:
		return 0
	case ErrInvalidUTF8:
		// "When an endpoint is to interpret a byte stream as UTF-8 but finds
		// that the byte stream is not, in fact, a valid UTF-8 stream, that
		// endpoint MUST _Fail the WebSocket Connection_." (§8.1)
		return closecode.InvalidFramePayloadData
	}
	return closecode.ProtocolError
}
