package kernel

import "math/bits"

// The high bit of each byte is set in all bytes that are not ASCII.
const (
	highBits     uint64 = 0x8080808080808080
	wordHighBits uint   = ^uint(0) / 0xFF * 0x80
)

// The compiler makes one load or store of each of these functions where the
// processor allows unaligned access.

func load32(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func load64(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func store32(b []byte, i int, w uint32) {
	b = b[i : i+4]
	b[0], b[1], b[2], b[3] = byte(w), byte(w>>8), byte(w>>16), byte(w>>24)
}

func store64(b []byte, i int, w uint64) {
	b = b[i : i+8]
	b[0], b[1], b[2], b[3] = byte(w), byte(w>>8), byte(w>>16), byte(w>>24)
	b[4], b[5], b[6], b[7] = byte(w>>32), byte(w>>40), byte(w>>48), byte(w>>56)
}

// word returns the eight bytes of s at i. Where a word has four bytes, it
// returns both halves ORed, which is enough to test for ASCII.
func word(s string, i int) uint {
	if bits.UintSize == 32 {
		return uint(load32(s, i) | load32(s, i+4))
	}
	return uint(load64(s, i))
}
