package frame

import (
	"strconv"

	"github.com/closeframe/closeframe/closecode"
)

// An Error is a fault of a Close frame, for which the connection is to be
// failed (RFC 6455 §7.1.7). Every error that this package returns is one, apart
// from [io.ErrUnexpectedEOF].
//
// It is one byte wide so that returning it as an error does not allocate. An
// invalid reason has its offset in it, so compare with [errors.Is]:
// err == ErrInvalidUTF8 is never true.
type Error uint8

const (
	// ErrNotClose is for an opcode other than 8: the frame is somebody else's
	// to read (RFC 6455 §5.2).
	ErrNotClose Error = 1 + iota

	// ErrReservedBits is for RSV1, RSV2 or RSV3 set: no extension gives them a
	// meaning on control frames (RFC 6455 §5.2, RFC 7692 §6).
	ErrReservedBits

	// ErrFragmented is for a Close frame without FIN (RFC 6455 §5.5).
	ErrFragmented

	// ErrMasked is for a masked frame given to [Parse]: servers do not mask
	// (RFC 6455 §5.1).
	ErrMasked

	// ErrUnmasked is for an unmasked frame given to [ParseMasked]: clients
	// mask every frame (RFC 6455 §5.1).
	ErrUnmasked

	// ErrTooLong is for a payload of more than 125 bytes, or a length that is
	// not in the seven bits of the header's second byte, be it the minimal
	// encoding or not; and for a reason of more than 123 bytes to append
	// (RFC 6455 §5.5).
	ErrTooLong

	// ErrShort is for a payload of one byte, half a code (RFC 6455 §5.5.1).
	ErrShort

	// ErrInvalidCode is for a code that may not appear in a Close frame: see
	// [closecode.Code.Valid]. The refused code still stands in the caller's
	// bytes: it is uint16(p[0])<<8 | uint16(p[1]) of the payload p that was
	// given to [ParsePayload], or of p = b[2:] given to [Parse]. A payload that
	// was given to [ParseMasked] is masked with the key b[2:6], so call [Mask]
	// over a copy of b[6:8] first; if it was unmasked in place, make that copy
	// before, since what then stands there is unspecified.
	ErrInvalidCode

	// ErrInvalidUTF8 matches, by [errors.Is], the error for any reason that is
	// not UTF-8 (RFC 6455 §5.5.1, RFC 3629 §4). The errors returned say at
	// which [Error.Offset]; ErrInvalidUTF8 itself has none.
	ErrInvalidUTF8 Error = 0xff
)

// utf8At marks an invalid reason: the other seven bits are the offset of the
// fault, which is 122 at most. ErrInvalidUTF8 has the mark and no offset.
const utf8At Error = 0x80

// errInvalidUTF8 returns the error for a reason that is ill-formed at offset.
func errInvalidUTF8(offset int) Error { return utf8At | Error(offset) }

// Error returns what is wrong in a few plain words, for a log. It holds
// nothing that the peer wrote.
func (e Error) Error() string {
	switch e {
	case ErrNotClose:
		return "frame: not a Close frame"
	case ErrReservedBits:
		return "frame: Close frame with a reserved bit set"
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
		return "frame: status code not allowed in a Close frame"
	case ErrInvalidUTF8:
		return "frame: close reason is not UTF-8"
	}
	if e&utf8At != 0 {
		return ErrInvalidUTF8.Error() + " at byte " + strconv.Itoa(e.Offset())
	}
	return "frame: unknown error " + strconv.Itoa(int(e))
}

// Code returns the status code to fail the connection with (RFC 6455 §7.1.7):
// [closecode.InvalidFramePayloadData] for a reason that is not UTF-8, 0 for
// [ErrNotClose], since nothing is wrong with that frame as far as this package
// can tell, and [closecode.ProtocolError] for all others.
func (e Error) Code() closecode.Code {
	switch {
	case e&utf8At != 0:
		// "When an endpoint is to interpret a byte stream as UTF-8 but finds
		// that the byte stream is not, in fact, a valid UTF-8 stream, that
		// endpoint MUST _Fail the WebSocket Connection_" (§8.1).
		return closecode.InvalidFramePayloadData
	case e == ErrNotClose:
		return 0
	}
	return closecode.ProtocolError
}

// Offset returns the index, in bytes from the start of the reason, of the
// first ill-formed or truncated UTF-8 sequence (RFC 3629 §4); or -1 if e is
// about something else, and for [ErrInvalidUTF8] itself.
func (e Error) Offset() int {
	if e&utf8At == 0 || e == ErrInvalidUTF8 {
		return -1
	}
	return int(e &^ utf8At)
}

// Is reports whether target is [ErrInvalidUTF8] and e is about a reason that
// is not UTF-8, wherever its fault stands. [errors.Is] calls it.
func (e Error) Is(target error) bool {
	return target == ErrInvalidUTF8 && e&utf8At != 0
}
