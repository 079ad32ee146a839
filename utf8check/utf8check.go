// Package utf8check decides whether text is well-formed UTF-8, as RFC 6455 §8.1
// demands of text messages and of the reason in a Close frame: whole or in pieces,
// masked or not. It also knows how long a reason may be.
//
// Well-formed is what RFC 3629 §4 and the Unicode Standard (table 3-7) call so, and
// what [unicode/utf8.Valid] accepts: no overlong form, no surrogate, nothing above U+10FFFF, no
// sequence cut short. NUL, a byte order mark and noncharacters are text like any other.
//
// Nothing here allocates or keeps what it was given.
package utf8check

import "github.com/closeframe/closeframe/internal/kernel"

// MaxReason is the greatest length of a Close frame's reason, in bytes: 125 bytes is
// what "all control frames MUST have a payload length of" at most (RFC 6455 §5.5), and the
// status code takes two of them (§5.5.1).
const MaxReason = 123

// Valid reports whether s is well-formed UTF-8 (RFC 6455 §8.1, RFC 3629 §4). The empty text is.
func Valid[Bytes ~[]byte | ~string](s Bytes) bool {
	return len(s) == 0 || kernel.Valid(kernel.String(s))
}

// IndexInvalid returns the index, in bytes, of the first sequence in s that is ill-formed or that
// the end of s cuts short, or -1 if s is well-formed UTF-8 (RFC 3629 §4). s up to that index is well-formed. The index is
// that of the sequence's first byte: 0 for "\xe2\x82", as for "\xe2\x82A".
func IndexInvalid[Bytes ~[]byte | ~string](s Bytes) int {
	return kernel.IndexInvalid(kernel.String(s))
}

// Truncate returns the longest prefix of s that can be sent as the reason of a Close frame: at
// most [MaxReason] bytes, well-formed UTF-8 (RFC 6455 §5.5.1). It cuts no character in two and ends before the
// first sequence that is ill-formed, so the result may be empty. A slice that is returned
// shares its memory, and its capacity, with s.
//
// It cuts between code points, not between what a reader takes for characters: an accent or a part
// of an emoji that is a code point of its own may be cut off.
func Truncate[Bytes ~[]byte | ~string](s Bytes) Bytes {
	if len(s) > MaxReason {
		s = s[:MaxReason]
	}
	if i := IndexInvalid(s); i >= 0 {
		s = s[:i]
	}
	return s
}
