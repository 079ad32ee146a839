package kernel

import "math/bits"

const (
	ones uint64 = 0x0101010101010101
	high uint64 = 0x8080808080808080 // the bit that ASCII does not have
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

// sequence returns the length of the well-formed sequence of two to four bytes that w
// begins with, its first byte lowest, or 0 if there is none.
func sequence(w uint32) int {
	switch {
	case w&0xC0C0F0 == 0x8080E0:
		// Not E0 before 80–9F (overlong), nor ED before A0–BF (surrogates).
		if x := w & 0x200F; x != 0 && x != 0x200D {
			return 3
		}
	case w&0xC0E0 == 0x80C0:
		if w&0x1E != 0 { // not C0, C1: overlong
			return 2
		}
	case w&0xC0C0C0F8 == 0x808080F0:
		// Not F0 before 80–8F (overlong), F4 before 90–BF, nor F5–F7 (above U+10FFFF).
		// The lead's low three bits and the second byte's high two payload bits are
		// the number of the plane: 1 to 16.
		if plane := w&7<<2 | w>>12&3; plane-1 < 16 {
			return 4
		}
	}
	return 0
}

// indexInvalid returns the index in s of its first sequence that is ill-formed or
// cut off by the end of s, or -1 if there is none.
func indexInvalid(s string) int {
	n, i := len(s), 0
	for {
		// Here i is at the start of a sequence. Pass over ASCII.
		for ; n-i >= 32; i += 32 {
			if (load64(s, i)|load64(s, i+8)|load64(s, i+16)|load64(s, i+24))&high != 0 {
				break
			}
		}
		for ; n-i >= 8; i += 8 {
			if m := load64(s, i) & high; m != 0 {
				i += bits.TrailingZeros64(m) / 8
				goto sequences
			}
		}
		if i == n {
			return -1
		}
		if m := last(s[i:]) & high; m != 0 {
			i += bits.TrailingZeros64(m) / 8
			goto sequences
		}
		return -1

	sequences:
		for i < n {
			var w uint32
			if n-i >= 4 {
				w = load32(s, i)
			} else {
				w = uint32(last(s[i:]))
			}
			if w&0x80 == 0 {
				m := w & uint32(high&0xFFFFFFFF)
				if m == 0 {
					break // four ASCII bytes, or the end: expect more of them
				}
				i += bits.TrailingZeros32(m) / 8
				continue
			}
			k := sequence(w)
			if k == 0 {
				return i
			}
			i += k
		}
	}
}

// valid reports whether s is well-formed UTF-8.
func valid(s string) bool { return indexInvalid(s) < 0 }

// faults judges the eight bytes of w, the first one lowest, as the vector kernels
// judge 64: all at once and without a branch (see tables). before is the eight bytes that come
// before w. The result is 0 unless a byte of w is one that cannot stand where it stands.
//
// Whether w ends in the middle of a sequence, or with a byte that is never part
// of one, shows only in the bytes after it.
func faults(before, w uint64) uint64 {
	var xBefore, x, y uint64
	for i := 0; i < 64; i += 8 {
		xBefore |= uint64(tables.leads[class(byte(before>>i))]) << i
		x |= uint64(tables.leads[class(byte(w>>i))]) << i
		y |= uint64(tables.groups[w>>i>>4&0x0F]) << i
	}
	// The x of the bytes one, two and three places before each byte of w. The shifts are greater by a bit and by two, which
	// brings need2 and need3 to where need1 is.
	x1 := x<<8 | xBefore>>56
	x2 := x<<17 | xBefore>>47
	x3 := x<<26 | xBefore>>38

	refused := x1 & y
	wrong := ^((x1 | x2 | x3) ^ y) & high // needed and not there, or there and not needed
	return refused | wrong
}
