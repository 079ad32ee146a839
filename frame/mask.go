package frame

import "github.com/closeframe/closeframe/internal/kernel"

// Mask masks or unmasks p in place with key, of which the byte pos&3 is for
// the first byte of p, and returns the position for the byte that follows p:
// (pos+len(p))&3. A payload that comes in pieces starts with pos 0, and each
// further piece takes what the call for the piece before it returned. Masking
// is its own inverse, and p may be of any length and any kind of frame
// (RFC 6455 §5.3: "j = i MOD 4; transformed-octet-i = original-octet-i XOR
// masking-key-octet-j").
func Mask(p []byte, key [4]byte, pos int) int {
	if len(p) != 0 {
		kernel.XOR(p, kernel.String(p), kernel.Key(key, pos))
	}
	return (pos + len(p)) & 3
}
