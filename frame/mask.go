package frame

import "github.com/closeframe/closeframe/internal/kernel"

// Mask masks or unmasks p in place with key, starting at position pos of the
// payload: the first byte of p is combined with key[pos&3]. It returns the
// position of the byte after p, (pos+len(p))&3. For a payload that arrives in
// chunks, start with 0 and pass the result of each call to the next. Masking is
// its own inverse. p may be of any length, and from any type of frame (RFC 6455
// §5.3: "j = i MOD 4; transformed-octet-i = original-octet-i XOR
// masking-key-octet-j").
func Mask(p []byte, key [4]byte, pos int) int {
	if len(p) != 0 {
		kernel.XOR(p, kernel.Key(key, pos))
	}
	return (pos + len(p)) & 3
}
