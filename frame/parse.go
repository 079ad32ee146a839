package frame

import (
	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/kernel"
	"github.com/closeframe/closeframe/utf8check"
)

// The header of a frame (RFC 6455 §5.2). In a Close frame only the mask bit and
// the length vary: FIN is set, RSV is clear, the opcode is 8.
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

// ParsePayload parses the payload of a Close frame, complete and unmasked (RFC
// 6455 §5.5.1). Use it in stacks that do their own framing. An empty payload is
// a Close without a status code: its Code is [closecode.NoStatusRcvd].
//
// The Reason returned is a view of p, and p is never changed. The error is
// [ErrTooLong], [ErrShort], [ErrInvalidCode] or [ErrInvalidUTF8]; the Close is
// zero then.
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
		return Close{}, ErrInvalidUTF8
	}
	return Close{code, reason}, nil
}

// Parse parses the unmasked Close frame, as servers send it, at the start of b
// (RFC 6455 §5.2, §5.5.1). It returns the contents of the frame and its size n
// in bytes. Bytes after the frame are ignored.
//
// Whenever the error is not nil, n is 0 and the Close is zero. [ErrIncomplete]
// means that b holds only the beginning of a frame, valid so far: call Parse
// again when b is longer. An event loop appends each read to a buffer of
// [MaxSize] bytes and calls Parse again. A blocking reader calls [Size]
// instead.
//
// A fault of the header is reported as soon as its byte has arrived, in this
// order: [ErrNotClose] (whatever the other bits are), [ErrReservedBits],
// [ErrFragmented], [ErrMasked], and [ErrShort] or [ErrTooLong] for the length.
// The payload is checked as by [ParsePayload], once it is complete.
//
// The Reason returned is a view of b, and b is never changed.
func Parse(b []byte) (c Close, n int, err error) {
	n, ok := frameSize(b, 0)
	if !ok {
		return Close{}, 0, errHeader(b, 0)
	}
	if len(b) < n {
		return Close{}, 0, ErrIncomplete
	}
	if c, err = ParsePayload(b[sizeHeader:n]); err != nil {
		return Close{}, 0, err
	}
	return c, n, nil
}

// ParseMasked is like [Parse] for masked Close frames, as clients send them
// (RFC 6455 §5.3), with [ErrUnmasked] in place of [ErrMasked]. It appends the
// unmasked payload (code and reason) to dst. The Reason returned is a view of
// that memory, valid until it is written to again.
//
// ParseMasked allocates only if the spare capacity of dst is less than the
// length of the payload, which is at most [MaxPayload].
//
// The bytes written (the length of the payload, from dst[len(dst)] on) and the
// bytes of the frame in b must not overlap, with one exception: writing may
// start at any of b[0] to b[6]. In particular, dst = b[6:6] unmasks the payload
// in place; b must have a capacity of at least 6 bytes for that, which a buffer
// of [MaxSize] always has. ParseMasked panics on any other overlap. After
// in-place unmasking b no longer holds a masked frame, so parsing it again
// fails, as if the peer had sent an invalid frame. A dst below b[6:6]
// overwrites the header.
//
// Nothing is written, and nothing panics, if the frame is incomplete, if its
// header has a fault, or if its payload is empty. With [ErrInvalidCode] and
// [ErrInvalidUTF8] the bytes where the payload would have been written are
// unspecified; with a dst that overlaps b, the rejected code can only be read
// from a copy of b made before the call.
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
		if kernel.Overtakes(&p[0], &b[0], size) {
			panic("frame: dst overlaps b beyond its seventh byte")
		}
	} else {
		p = make([]byte, size)
	}
	key := kernel.Key([sizeKey]byte(b[sizeHeader:]), 0)
	code := closecode.Code(b[6]^byte(key))<<8 | closecode.Code(b[7]^byte(key>>8))
	// Writing never overtakes reading: the code is written at or before b[6].
	p[0], p[1] = byte(code>>8), byte(code)
	if !code.Valid() {
		// As in ParsePayload (§7.4.1).
		return Close{}, 0, ErrInvalidCode
	}
	if size > sizeCode && !kernel.Unmask(&p[sizeCode], &b[sizeHeader+sizeKey+sizeCode], size-sizeCode, key<<16|key>>16) {
		// As in ParsePayload (§5.5.1).
		return Close{}, 0, ErrInvalidUTF8
	}
	return Close{code, p[sizeCode:]}, sizeHeader + sizeKey + size, nil
}

// parseMasked handles incomplete, invalid and empty frames for ParseMasked.
func parseMasked(b []byte) (c Close, n int, err error) {
	n, ok := frameSize(b, bitMask)
	if !ok {
		return Close{}, 0, errHeader(b, bitMask)
	}
	if len(b) < n {
		return Close{}, 0, ErrIncomplete
	}
	// As in ParsePayload: 1005 (§7.1.5).
	return Close{Code: closecode.NoStatusRcvd}, n, nil
}

// Size returns the size in bytes of the Close frame at the start of b, masked or
// not, from its first two bytes (RFC 6455 §5.2). A blocking reader reads two
// bytes, calls Size, reads the rest, and parses; it never reads beyond the
// frame.
//
// With an error the size is 0. The error is [ErrIncomplete] if b is shorter than
// two bytes and valid so far, [ErrNotClose], [ErrReservedBits],
// [ErrFragmented], [ErrShort] or [ErrTooLong]. Whether the frame has to be masked
// is not checked: [Parse] and [ParseMasked] do that.
func Size(b []byte) (int, error) {
	mask := uint16(0)
	if len(b) >= sizeHeader {
		mask = uint16(b[1]) & bitMask
	}
	n, ok := frameSize(b, mask)
	if !ok {
		return 0, errHeader(b, mask)
	}
	return n, nil
}

// frameSize returns the size of the Close frame at the start of b, and whether
// its first two bytes are present and valid. Its mask bit must be equal to mask.
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

// header returns the payload length in the first two bytes of a Close frame, or
// a value above MaxPayload if any other header bit is invalid. The mask bit must
// be equal to mask.
func header(b []byte, mask uint16) int {
	// XOR with the only valid values of all other bits leaves the length, which
	// is in the low seven bits.
	return int((uint16(b[0])<<8 | uint16(b[1])) ^ (first<<8 | mask))
}

// errHeader returns the error for the first two bytes of a Close frame for which
// frameSize reported false.
func errHeader(b []byte, mask uint16) Error {
	if len(b) == 0 {
		return ErrIncomplete
	}
	if b[0] != first {
		return errFirst(b[0])
	}
	if len(b) < sizeHeader {
		return ErrIncomplete
	}
	if uint16(b[1])&bitMask != mask {
		// "A server MUST NOT mask any frames that it sends to the client. A
		// client MUST close a connection if it detects a masked frame." (§5.1)
		if mask == 0 {
			return ErrMasked
		}
		// "The server MUST close the connection upon receiving a frame that is
		// not masked." (§5.1)
		return ErrUnmasked
	}
	if b[1]&bitsLength == 1 {
		return ErrShort
	}
	// 126 and 127 announce a length in the next 2 or 8 bytes. Either it is more
	// than 125 (§5.5), or it is not in "the minimal number of bytes" (§5.2):
	// the frame is invalid either way.
	return ErrTooLong
}

// errFirst returns the error for an invalid first byte of a frame.
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
