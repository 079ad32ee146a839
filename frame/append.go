package frame

import (
	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/kernel"
	"github.com/closeframe/closeframe/utf8check"
)

// AppendPayload appends the payload of a Close frame with the given code and
// reason to b and returns the extended buffer (RFC 6455 §5.5.1).
//
// [closecode.NoStatusRcvd] with an empty reason appends nothing: a Close frame
// without a status code has an empty payload. The reason must not overlap the
// spare capacity of b. An empty reason is "" or a nil []byte; an untyped nil does
// not compile.
//
// The error is [ErrTooLong] for a reason of more than 123 bytes,
// [ErrInvalidCode] for a code that must not be sent, or [ErrInvalidUTF8]. With
// an error AppendPayload returns b and leaves its spare capacity unchanged. To
// shorten a reason, use [utf8check.Truncate].
func AppendPayload[Bytes ~[]byte | ~string](b []byte, code closecode.Code, reason Bytes) ([]byte, error) {
	return appendClose(b, 0, [sizeKey]byte{}, code, kernel.String(reason))
}

// Append is like [AppendPayload] but appends a whole Close frame, unmasked as
// servers send it: a header of 2 bytes and the payload (RFC 6455 §5.2).
func Append[Bytes ~[]byte | ~string](b []byte, code closecode.Code, reason Bytes) ([]byte, error) {
	return appendClose(b, sizeHeader, [sizeKey]byte{}, code, kernel.String(reason))
}

// AppendMasked is like [AppendPayload] but appends a whole Close frame, masked
// with key as clients send it: a header of 2 bytes, the key and the masked payload
// (RFC 6455 §5.2, §5.3). The key "needs to be unpredictable": draw a fresh one
// from crypto/rand for every frame. AppendMasked does not check the key; a key of
// zeros leaves the payload readable, and defeats the purpose of masking (§10.3).
func AppendMasked[Bytes ~[]byte | ~string](b []byte, key [4]byte, code closecode.Code, reason Bytes) ([]byte, error) {
	return appendClose(b, sizeHeader+sizeKey, key, code, kernel.String(reason))
}

// appendClose implements AppendPayload, Append and AppendMasked. head is the
// number of bytes before the payload: 0, a header, or a header and the masking
// key. In an unmasked frame, key is zero.
func appendClose(b []byte, head int, key [sizeKey]byte, code closecode.Code, reason string) ([]byte, error) {
	if len(reason) > utf8check.MaxReason {
		// "All control frames MUST have a payload length of 125 bytes or less"
		// (§5.5), and the code takes two of them.
		return b, ErrTooLong
	}
	size := sizeCode + len(reason)
	if !code.Valid() {
		// 1005, 1006 and 1015 "MUST NOT be set as a status code in a Close
		// control frame by an endpoint" (§7.4.1). A reason needs a code
		// before it.
		if code != closecode.NoStatusRcvd || len(reason) != 0 {
			return b, ErrInvalidCode
		}
		size = 0
	}
	i := len(b)
	all := b
	if cap(b)-i >= head+size {
		all = b[:i+head+size]
	} else {
		if !utf8check.Valid(reason) { // check before allocating
			return b, ErrInvalidUTF8
		}
		all = append(b, make([]byte, head+size)...)
	}
	f := all[i:]
	k := kernel.Key(key, 0)
	if len(reason) != 0 && !kernel.Mask(&f[head+sizeCode], reason, k<<16|k>>16) {
		// "the body MAY contain UTF-8-encoded data with value /reason/"
		// (§5.5.1). The kernel has written nothing.
		return b, ErrInvalidUTF8
	}
	if size != 0 {
		f[head], f[head+1] = byte(code>>8)^byte(k), byte(code)^byte(k>>8)
	}
	switch head {
	case sizeHeader + sizeKey:
		f[0], f[1] = first, bitMask|byte(size)
		*(*[sizeKey]byte)(f[sizeHeader:]) = key
	case sizeHeader:
		f[0], f[1] = first, byte(size)
	}
	return all, nil
}
