// Package utf8check validates UTF-8, which RFC 6455 §8.1 requires of text
// messages and of the reason in a Close frame. The input may be whole or in
// chunks, masked or not. The package also limits the length of a reason.
//
// Valid UTF-8 is what RFC 3629 §4 and the Unicode Standard (table 3-7) define
// as well-formed, and what [unicode/utf8.Valid] accepts: no overlong form, no
// surrogate, nothing above U+10FFFF, no incomplete sequence. NUL, the byte
// order mark and noncharacters are valid.
//
// No function allocates or retains its arguments.
package utf8check

import "github.com/closeframe/closeframe/internal/kernel"

// MaxReason is the maximum length of a Close frame's reason, in bytes: "All
// control frames MUST have a payload length of 125 bytes or less" (RFC 6455
// §5.5), and the status code takes two of them (§5.5.1).
const MaxReason = 123

// Valid reports whether s is valid UTF-8 (RFC 6455 §8.1, RFC 3629 §4). Empty
// input is valid.
func Valid[Bytes ~[]byte | ~string](s Bytes) bool {
	return valid(kernel.String(s))
}

// valid lets the compiler inline kernel.Valid in packages that do not import
// kernel: it exports the body of a function that it inlines here, in a function
// that is not generic.
func valid(s string) bool { return kernel.Valid(s) }

// IndexInvalid returns the index in bytes of the first invalid or incomplete
// sequence in s, or -1 if s is valid UTF-8 (RFC 3629 §4). s up to that index is
// valid. The index is that of the first byte of the sequence: 0 for both
// "\xe2\x82" and "\xe2\x82A".
func IndexInvalid[Bytes ~[]byte | ~string](s Bytes) int {
	return kernel.IndexInvalid(kernel.String(s))
}

// Truncate returns the longest prefix of s that can be sent as the reason of a
// Close frame: at most [MaxReason] bytes of valid UTF-8 (RFC 6455 §5.5.1). The
// prefix ends between two code points and before the first invalid sequence, so
// it may be empty. If s is a slice, the result shares its memory and capacity.
//
// A character that consists of several code points, such as a letter with a
// combining accent or an emoji sequence, may be cut.
func Truncate[Bytes ~[]byte | ~string](s Bytes) Bytes {
	if len(s) > MaxReason {
		s = s[:MaxReason]
	}
	if i := IndexInvalid(s); i >= 0 {
		s = s[:i]
	}
	return s
}
