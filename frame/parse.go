package frame

import (
	"io"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/kernel"
	"github.com/closeframe/closeframe/utf8check"
)

// The header of a frame, RFC 6455 §5.2. Of the Close frame all but the mask
// bit and the length are given: FIN set, RSV clear, opcode 8.
//
//	 0                   1
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
//	+-+-+-+-+-------+-+-------------+-----------------------------+
//	|F|R|R|R|opcode |M| Payload len | Masking-key, if M is set: 4 |
//	|I|S|S|S|  (4)  |A|     (7)     | bytes; then the payload     |
//	|N|V|V|V|       |S|             |                             |
//	| |1|2|3|       |K|             |                             |
//	+-+-+-+-+-------+-+-------------+-----------------------------+
const (
	bitFIN      = 0x80
	bitsRSV     = 0x70
	bitsOpcode  = 0x0f
	opcodeClose = 0x08
	bitMask     = 0x80
	bitsLength  = 0x7f

	first = bitFIN | opcodeClose // the first byte of every valid Close frame

	sizeHeader = 2
	sizeKey    = 4
	sizeCode   = 2
)

// ParsePayload parses the payload of a Close frame that is complete and
// unmasked, which is what a stack with a framing of its own has (RFC 6455
// §5.5.1). An empty payload is a Close without a status code: its Code is
// [closecode.NoStatusRcvd].
//
// The Reason returned is a view of p. The error is [ErrTooLong], [ErrShort],
// [ErrInvalidCode], or one that is [ErrInvalidUTF8]; the Close is zero then,
// and p is never changed.
func ParsePayload(p []byte) (Close, error) {
	if len(p) < sizeCode {
		if len(p) == 0 {
			// "If this Close control frame contains no status code, _The
			// WebSocket Connection Close Code_ is considered to be 1005."
			// (§7.1.5)
			return Close{Code: closecode.NoStatusRcvd}, nil
		}
		// "If there is a body, the first two bytes of the body MUST be a
		// 2-byte unsigned integer" (§5.5.1)
		return Close{}, ErrShort
	}
	if len(p) > MaxPayload {
		// "All control frames MUST have a payload length of 125 bytes or less"
		// (§5.5)
		return Close{}, ErrTooLong
	}
	//  0                   1
	//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
	// +-------------------------------+------------------------+
	// | status code, network order    | reason, UTF-8, 0 – 123 |
	// +-------------------------------+------------------------+
	code := closecode.Code(p[0])<<8 | closecode.Code(p[1])
	if !code.Valid() {
		// 1005, 1006 and 1015 "MUST NOT be set as a status code in a Close
		// control frame by an endpoint" (§7.4.1); the others are not defined.
		return Close{}, ErrInvalidCode
	}
	reason := p[sizeCode:len(p):len(p)]
	if !utf8check.Valid(reason) {
		// "Following the 2-byte integer, the body MAY contain UTF-8-encoded
		// data with value /reason/" (§5.5.1)
		return Close{}, errInvalidUTF8(utf8check.IndexInvalid(reason))
	}
	return Close{code, reason}, nil
}

// Parse parses the unmasked Close frame, as servers send them, that b begins
// with (RFC 6455 §5.2, §5.5.1), and returns what it says and its size n in
// bytes. What follows the frame in b is ignored.
//
// If b holds only a part of a frame that is well so far, the error is
// [io.ErrUnexpectedEOF] itself and n the length that b must reach before more
// can be said: 2, and then the size of the frame. Call again with the longer
// b; MaxSize bytes are always enough.
//
// Any other error is an [Error], and n is 0 and the Close zero then. A fault
// of the first two bytes is reported as soon as the byte is there: the opcode
// first ([ErrNotClose], whatever the other bits are), then [ErrReservedBits],
// [ErrFragmented], [ErrMasked], and the length, [ErrShort] or [ErrTooLong].
// The payload is judged once it is whole, as by [ParsePayload].
//
// The Reason returned is a view of b, and b is never changed.
func Parse(b []byte) (c Close, n int, err error) {
	n, ok := frameSize(b, 0)
	if !ok {
		n, err = errHeader(b, 0)
		return Close{}, n, err
	}
	if len(b) < n {
		return Close{}, n, io.ErrUnexpectedEOF
	}
	if c, err = ParsePayload(b[sizeHeader:n]); err != nil {
		return Close{}, 0, err
	}
	return c, n, nil
}

// ParseMasked is like [Parse] for masked Close frames, as clients send them
// (RFC 6455 §5.3), with [ErrUnmasked] in place of [ErrMasked]. It appends the unmasked payload,
// which is the code and the reason, to dst, and the Reason returned is a view
// of that, and is valid until dst's memory is written to again.
//
// Either the spare capacity of dst and b do not overlap, and b is not changed;
// or dst is b[6:6], and the payload is unmasked in place. The latter needs a b
// with a capacity of 6, however few bytes it holds yet: a buffer of [MaxSize]
// has it. ParseMasked allocates only if cap(dst)-len(dst) is less than the
// length of the payload, which is [MaxPayload] at most.
//
// Nothing is written to dst if the error is [io.ErrUnexpectedEOF] or about the
// header; if it is [ErrInvalidCode] or [ErrInvalidUTF8], the bytes at
// dst[len(dst):], as many as the payload has, are unspecified afterwards.
func ParseMasked(dst, b []byte) (c Close, n int, err error) {
	if len(b) < sizeHeader {
		return parseMasked(b)
	}
	size := header(b, bitMask)
	if size < sizeCode || size > MaxPayload || len(b) < sizeHeader+sizeKey+size {
		return parseMasked(b)
	}
	var p []byte
	if cap(dst)-len(dst) >= size {
		p = dst[len(dst):][:size:size]
	} else {
		p = make([]byte, size)
	}
	got := kernel.UnmaskClose(&p[0], &b[0], size)
	code := closecode.Code(got)
	if !code.Valid() {
		// As in ParsePayload (§7.4.1).
		return Close{}, 0, ErrInvalidCode
	}
	if got>>16 == 0 {
		// As in ParsePayload (§5.5.1).
		return Close{}, 0, errInvalidUTF8(utf8check.IndexInvalid(p[sizeCode:]))
	}
	return Close{code, p[sizeCode:]}, sizeHeader + sizeKey + size, nil
}

// parseMasked is ParseMasked where there is nothing to unmask.
func parseMasked(b []byte) (c Close, n int, err error) {
	n, ok := frameSize(b, bitMask)
	if !ok {
		n, err = errHeader(b, bitMask)
		return Close{}, n, err
	}
	if len(b) < n {
		return Close{}, n, io.ErrUnexpectedEOF
	}
	// As in ParsePayload: 1005 (§7.1.5).
	return Close{Code: closecode.NoStatusRcvd}, n, nil
}

// frameSize returns the size of the Close frame that b begins with, and true if its first two bytes are
// there and nothing is wrong with them. Its mask bit must be equal to mask.
func frameSize(b []byte, mask uint16) (size int, ok bool) {
	if len(b) < sizeHeader {
		return 0, false
	}
	size = header(b, mask)
	if size > MaxPayload || size == 1 {
		return 0, false
	}
	if mask != 0 {
		size += sizeKey
	}
	return sizeHeader + size, true
}

// header returns the length of the payload that the first two bytes of a Close frame tell, or more than MaxPayload
// if anything but that is wrong with them. The mask bit must be equal to mask.
func header(b []byte, mask uint16) int {
	// What must be there is turned to zeros, in network order: the length is left, which stands lowest.
	return int((uint16(b[0])<<8 | uint16(b[1])) ^ (first<<8 | mask))
}

// errHeader returns what is wrong with the first two bytes of a Close frame whose mask bit
// must be equal to mask, and the n that is to be returned with it.
func errHeader(b []byte, mask uint16) (int, error) {
	if len(b) == 0 {
		return sizeHeader, io.ErrUnexpectedEOF
	}
	if b[0] != first {
		return 0, errFirst(b[0])
	}
	if len(b) < sizeHeader {
		return sizeHeader, io.ErrUnexpectedEOF
	}
	if uint16(b[1])&bitMask != mask {
		// "A server MUST NOT mask any frames that it sends to the client. A
		// client MUST close a connection if it detects a masked frame." (§5.1)
		if mask == 0 {
			return 0, ErrMasked
		}
		// "The server MUST close the connection upon receiving a frame that is
		// not masked." (§5.1)
		return 0, ErrUnmasked
	}
	if b[1]&bitsLength == 1 {
		return 0, ErrShort
	}
	// 126 and 127 announce a length in the next 2 or 8 bytes: either it is
	// more than 125 (§5.5), or it is not "the minimal number of bytes"
	// (§5.2), and the frame is at fault both ways.
	return 0, ErrTooLong
}

// errFirst returns what is wrong with the first byte of a frame.
func errFirst(b byte) Error {
	switch {
	case b&bitsOpcode != opcodeClose:
		return ErrNotClose
	case b&bitsRSV != 0:
		// "If a nonzero value is received and none of the negotiated
		// extensions defines the meaning of such a nonzero value, the
		// receiving endpoint MUST _Fail the WebSocket Connection_." (§5.2)
		return ErrReservedBits
	}
	// "All control frames […] MUST NOT be fragmented." (§5.5)
	return ErrFragmented
}
