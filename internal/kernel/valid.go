//lint:file-ignore U1000 where there is assembly, only tests call what is unused here

package kernel

import "math/bits"

// valid reports whether s is well-formed UTF-8. One, two and four bytes are compared. Else what is left after ASCII, if it is up to 96
// bytes, goes through the machine, which has no branch that depends on what characters they are; what is longer is judged in
// words. Where a word has four bytes, validSequences judges what has more than four.
func valid(s string) bool {
	n := len(s)
	if n <= 4 {
		// A single character, or few.
		switch n {
		case 1:
			return s[0] < 0x80
		case 2:
			return pair(uint32(s[0]) | uint32(s[1])<<8)
		case 3:
			state := machine[s[0]]
			state = machine[s[1]] >> (state & 63)
			return machine[s[2]]>>(state&63)&63 == accept
		case 4:
			w := load32(s, 0)
			if w&0x80808080 == 0 {
				return true
			}
			switch w & 0xF0 {
			case 0xE0:
				return w < 0x80000000 && triple(w)
			case 0xF0:
				return quad(w)
			}
		}
	} else if machine[s[0]]&63 == broken {
		return false // and most likely no text at all
	} else if n <= 8 {
		if (load32(s, 0)|load32(s, n-4))&0x80808080 == 0 {
			return true
		}
		if bits.UintSize == 32 {
			return validSequences(s)
		}
		state := machine[s[0]]
		state = machine[s[1]] >> (state & 63)
		state = machine[s[2]] >> (state & 63)
		if state&63 == broken {
			return false
		}
		state = machine[s[3]] >> (state & 63)
		state = machine[s[4]] >> (state & 63)
		if n > 5 {
			if state&63 == broken {
				return false
			}
			state = machine[s[5]] >> (state & 63)
			if n > 6 {
				state = machine[s[6]] >> (state & 63)
				if n > 7 {
					state = machine[s[7]] >> (state & 63)
				}
			}
		}
		return state&63 == accept
	} else if bits.UintSize == 32 {
		return validSequences(s)
	} else if n <= 16 {
		if load64(s, 0)&high == 0 {
			if load64(s, n-8)&high == 0 {
				return true
			}
			s = s[8:]
		}
	} else if n <= 32 {
		if (load64(s, 0)|load64(s, 8))&high == 0 {
			if (load64(s, n-16)|load64(s, n-8))&high == 0 {
				return true
			}
			s = s[16:]
		}
	} else {
		whole := s
		for len(s) > 32 && (load64(s, 0)|load64(s, 8)|load64(s, 16)|load64(s, 24))&high == 0 {
			s = s[32:]
		}
		if len(s) <= 32 {
			end := load64(whole, n-8) & high
			if (load64(whole, n-32)|load64(whole, n-24)|load64(whole, n-16))&high == 0 {
				if end == 0 {
					return true
				}
				return step(accept, whole[n-8+bits.TrailingZeros64(end)/8:]) == accept
			}
		} else if len(s) > 96 {
			return validWords(s)
		}
	}
	for len(s) > 8 && load64(s, 0)&high == 0 {
		s = s[8:]
	}
	state := uint64(accept)
	for len(s) >= 4 {
		state = machine[s[0]] >> (state & 63)
		state = machine[s[1]] >> (state & 63)
		state = machine[s[2]] >> (state & 63)
		state = machine[s[3]] >> (state & 63)
		if state &= 63; state == broken {
			return false
		}
		s = s[4:]
	}
	return step(state, s) == accept
}

// pair reports whether the two bytes of w, the first one lowest, are well-formed.
func pair(w uint32) bool { return w&0x8080 == 0 || w&0xC0E0 == 0x80C0 && w&0x1E != 0 }

// triple reports whether the lowest three bytes of w are one well-formed sequence: neither E0 before 80–9F (overlong), nor
// ED before A0–BF (surrogates).
func triple(w uint32) bool { return w&0xC0C0F0 == 0x8080E0 && w&0x200F != 0 && w&0x200F != 0x200D }

// quad reports whether the four bytes of w are one well-formed sequence: not F0 before 80–8F (overlong), F4 before 90–BF, nor
// F5–F7 (above U+10FFFF). The lead's low three bits and the second byte's high two payload bits are the number of the plane: 1 to
// 16.
func quad(w uint32) bool { return w&0xC0C0C0F8 == 0x808080F0 && (w&7<<2|w>>12&3)-1 < 16 }
