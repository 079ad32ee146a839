//lint:file-ignore U1000 where there is assembly, only tests call what is unused here

package kernel

import "math/bits"

// high is the bit that ASCII does not have, of eight bytes; highs is the same of what word returns.
const (
	high  uint64 = 0x8080808080808080
	highs uint   = ^uint(0) / 0xFF * 0x80
)

// load32 and load64 are single loads where the machine has them.

func load32(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func load64(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// word returns the eight bytes of s from i on; where a word has four, both halves in one, which is enough to see that
// they are ASCII.
func word(s string, i int) uint {
	if bits.UintSize == 32 {
		return uint(load32(s, i) | load32(s, i+4))
	}
	return uint(load64(s, i))
}

// last returns the bytes of s, at most 7 of them, as a number; the
// bytes that s does not have are 0.
func last(s string) uint64 {
	switch n := len(s); {
	case n >= 4: // two loads that overlap
		return uint64(load32(s, 0)) | uint64(load32(s, n-4))<<(8*uint(n-4)&63)
	case n > 0: // the first, the middle and the last byte, which may be the same
		return uint64(s[0]) | uint64(s[n>>1])<<(8*uint(n>>1)&63) | uint64(s[n-1])<<(8*uint(n-1)&63)
	}
	return 0
}
