package kernel

import "math/bits"

// sequence returns the length of the well-formed sequence of two to four bytes that w
// begins with, its first byte lowest, or 0 if there is none.
func sequence(w uint32) int {
	switch {
	case triple(w):
		return 3
	case w&0xC0E0 == 0x80C0 && w&0x1E != 0: // not C0, C1: overlong
		return 2
	case quad(w):
		return 4
	}
	return 0
}

// triple reports whether the lowest three bytes of w are one well-formed sequence: neither E0 before 80–9F (overlong), nor
// ED before A0–BF (surrogates).
func triple(w uint32) bool { return w&0xC0C0F0 == 0x8080E0 && w&0x200F != 0 && w&0x200F != 0x200D }

// quad reports whether the four bytes of w are one well-formed sequence: not F0 before 80–8F (overlong), F4 before 90–BF, nor
// F5–F7 (above U+10FFFF). The lead's low three bits and the second byte's high two payload bits are the number of the plane: 1 to
// 16.
func quad(w uint32) bool { return w&0xC0C0C0F8 == 0x808080F0 && (w&7<<2|w>>12&3)-1 < 16 }

// indexInvalid returns the index in s of its first sequence that is ill-formed or
// cut off by the end of s, or -1 if there is none. It is for texts that are known to be faulty: its
// speed is not that of valid.
func indexInvalid(s string) int {
	for i, n := 0, len(s); i < n; {
		if n-i >= 8 {
			m := load64(s, i) & high
			i += bits.TrailingZeros64(m) / 8 // past ASCII
			if m == 0 {
				continue
			}
		}
		var w uint32
		if n-i >= 4 {
			w = load32(s, i)
		} else {
			w = uint32(last(s[i:]))
		}
		if w&0x80 == 0 {
			i++
			continue
		}
		k := sequence(w)
		if k == 0 {
			return i
		}
		i += k
	}
	return -1
}
