package frame

import (
	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/utf8check"
)

// AppendPayload appends the payload of a Close frame with the given code and
// reason to b and returns the extended buffer (RFC 6455 §5.5.1).
//
// [closecode.NoStatusRcvd] with an empty reason gives the empty payload, that
// of a Close without a status code. The reason may be "", but not an untyped
// nil, and must not overlap the spare capacity of b.
//
// The error is [ErrTooLong] for a reason of more than 123 bytes,
// [ErrInvalidCode] for a code that may not be sent, or one that is
// [ErrInvalidUTF8]; b is returned then, and it and its spare capacity are as
// they were. To cut a long reason use [utf8check.Truncate].
func AppendPayload[Bytes ~[]byte | ~string](b []byte, code closecode.Code, reason Bytes) ([]byte, error) {
	if err := check(code, reason); err != nil {
		return b, err
	}
	b, p := grow(b, payloadSize(code, len(reason)))
	putPayload(p, code, reason)
	return b, nil
}

// Append is like [AppendPayload] and appends the whole Close frame, unmasked
// as servers send it: 2 bytes and the payload (RFC 6455 §5.2).
func Append[Bytes ~[]byte | ~string](b []byte, code closecode.Code, reason Bytes) ([]byte, error) {
	if err := check(code, reason); err != nil {
		return b, err
	}
	size := payloadSize(code, len(reason))
	b, f := grow(b, sizeHeader+size)
	f[0], f[1] = first, byte(size)
	putPayload(f[sizeHeader:], code, reason)
	return b, nil
}

// AppendMasked is like [AppendPayload] and appends the whole Close frame,
// masked with key as clients send it: 2 bytes, the key and the masked payload
// (RFC 6455 §5.2, §5.3). The key "needs to be unpredictable": draw a fresh one
// from crypto/rand for every frame.
func AppendMasked[Bytes ~[]byte | ~string](b []byte, key [4]byte, code closecode.Code, reason Bytes) ([]byte, error) {
	if err := check(code, reason); err != nil {
		return b, err
	}
	size := payloadSize(code, len(reason))
	b, f := grow(b, sizeHeader+sizeKey+size)
	f[0], f[1] = first, bitMask|byte(size)
	copy(f[sizeHeader:], key[:])
	p := f[sizeHeader+sizeKey:]
	putPayload(p, code, reason)
	Mask(p, key, 0)
	return b, nil
}

// check returns what keeps code and reason from being sent, or nil. Its order
// is that of the parsers.
func check[Bytes ~[]byte | ~string](code closecode.Code, reason Bytes) error {
	if len(reason) > utf8check.MaxReason {
		// "All control frames MUST have a payload length of 125 bytes or less"
		// (§5.5), and the code takes two of them.
		return ErrTooLong
	}
	if !code.Valid() && (code != closecode.NoStatusRcvd || len(reason) != 0) {
		// 1005, 1006 and 1015 "MUST NOT be set as a status code in a Close
		// control frame by an endpoint" (§7.4.1). A reason cannot stand
		// without a code before it.
		return ErrInvalidCode
	}
	if !utf8check.Valid(reason) {
		// "the body MAY contain UTF-8-encoded data with value /reason/"
		// (§5.5.1)
		return errInvalidUTF8(utf8check.IndexInvalid(reason))
	}
	return nil
}

// payloadSize returns the length of the payload for code and a reason of the
// given length.
func payloadSize(code closecode.Code, reason int) int {
	if code == closecode.NoStatusRcvd {
		return 0
	}
	return sizeCode + reason
}

// grow returns b extended by n bytes, and these. It allocates once at most,
// and writes to the spare capacity of b only if the result is in it.
func grow(b []byte, n int) (all, more []byte) {
	i := len(b)
	if cap(b)-i >= n {
		b = b[:i+n]
	} else {
		b = append(b, make([]byte, n)...)
	}
	return b, b[i:]
}

// putPayload writes a payload that has been checked to p, which has its size.
func putPayload[Bytes ~[]byte | ~string](p []byte, code closecode.Code, reason Bytes) {
	if len(p) == 0 {
		return
	}
	p[0], p[1] = byte(code>>8), byte(code)
	copy(p[sizeCode:], reason)
}
