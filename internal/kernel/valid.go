//lint:file-ignore U1000 what is unused here is called by the assembly

package kernel

import "math/bits"

const (
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

// machine is what goes over text byte by byte: machine[b]>>state, of which the low six bits count, is the state after b.
// So a step costs a load that does not depend on the state, and a shift.
//
// A state is what bytes may come next. It is a number of bits to shift by, a multiple of 6.
var machine = assemble()

const (
	accept  = 6 * iota // the first byte of a sequence
	tail1              // one tail,
	tail2              // two tails,
	tail3              // three tails
	afterE0            // what the rows of syntax have for E0 and so on,
	afterED            // and tails after that
	afterF0
	afterF4
	broken // nothing
)

func assemble() (m [256]uint64) {
	for i := range m {
		b := byte(i)
		to := [...]uint64{accept / 6: broken, tail1 / 6: broken, tail2 / 6: broken, tail3 / 6: broken,
			afterE0 / 6: broken, afterED / 6: broken, afterF0 / 6: broken, afterF4 / 6: broken, broken / 6: broken}
		if b < 0x80 {
			to[accept/6] = accept
		} else if b < 0xC0 {
			to[tail1/6], to[tail2/6], to[tail3/6] = accept, tail1, tail2
			for _, s := range [...]struct {
				lead        byte
				state, next uint64
			}{{0xE0, afterE0, tail1}, {0xED, afterED, tail1}, {0xF0, afterF0, tail2}, {0xF4, afterF4, tail2}} {
				if possible(s.lead, b) {
					to[s.state/6] = s.next
				}
			}
		} else if possible(b, 0x80) || possible(b, 0xBF) {
			switch {
			case b == 0xE0:
				to[accept/6] = afterE0
			case b == 0xED:
				to[accept/6] = afterED
			case b == 0xF0:
				to[accept/6] = afterF0
			case b == 0xF4:
				to[accept/6] = afterF4
			case b < 0xE0:
				to[accept/6] = tail1
			case b < 0xF0:
				to[accept/6] = tail2
			default:
				to[accept/6] = tail3
			}
		}
		for state, next := range to {
			m[i] |= next << (6 * state)
		}
	}
	return m
}

// scan returns the state after s, from state on. It passes over ASCII in words, and goes over the rest at two places
// at once.
func scan(state uint64, s string) uint64 {
	for len(s) > 16 {
		if state == accept {
			if load64(s, 0)&high == 0 {
				if s = skipASCII(s); len(s) < 8 {
					break
				}
			}
			s = s[bits.TrailingZeros64(load64(s, 0)&high)/8:]
			if s[0]-0xC2 > 0xF4-0xC2 {
				return broken
			}
			if len(s) <= 16 {
				break
			}
		}

		// The first place is the beginning of s, for half of the bytes. The second is the last byte up to
		// there that is no tail: a sequence must begin there, if s is well-formed. (Four tails in a row are not.)
		half := min(32, len(s)/2)
		w := load32(s, half-3)
		second := half - bits.LeadingZeros32(^(w&^(w<<1))&uint32(high&0xFFFFFFFF))/8
		if second < half-3 {
			return broken
		}
		a, b := s[:half], s[second:][:half]
		s = s[second+half:]
		ends := uint64(accept)
		for len(a) >= 4 && len(b) >= 4 {
			state = machine[a[0]] >> (state & 63)
			ends = machine[b[0]] >> (ends & 63)
			state = machine[a[1]] >> (state & 63)
			ends = machine[b[1]] >> (ends & 63)
			state = machine[a[2]] >> (state & 63)
			ends = machine[b[2]] >> (ends & 63)
			state = machine[a[3]] >> (state & 63)
			ends = machine[b[3]] >> (ends & 63)
			if state == broken || ends == broken {
				return broken
			}
			a, b = a[4:], b[4:]
		}
		for i := range min(len(a), len(b)) {
			state = machine[a[i]] >> (state & 63)
			ends = machine[b[i]] >> (ends & 63)
		}

		// If the first went over the beginning of the second, then it is broken unless that was the beginning of
		// a sequence.
		state &= 63
		met := state
		if second < half {
			met = accept
		}
		if state == broken || met != accept {
			return broken
		}
		state = ends & 63
	}

	// 16 bytes at most: for so few one place is enough.
	if n := len(s); n >= 4 && state == accept {
		if n >= 8 && (load64(s, 0)|load64(s, n-8))&high == 0 {
			return accept
		}
		for len(s) >= 4 {
			w := load32(s, 0)
			if w&0x80 == 0 {
				s = s[1:]
				continue
			}
			// As in sequence, but one branch for each length: which one comes next can be foretold, and
			// then nothing waits for it.
			if w&0xC0E0 == 0x80C0 && w&0x1E != 0 {
				s = s[2:]
				continue
			}
			if w&0xC0C0F0 == 0x8080E0 && w&0x200F != 0 && w&0x200F != 0x200D {
				s = s[3:]
				continue
			}
			if w&0xC0C0C0F8 == 0x808080F0 && (w&7<<2|w>>12&3)-1 < 16 {
				s = s[4:]
				continue
			}
			return broken
		}
	}
	for i := range len(s) {
		state = machine[s[i]] >> (state & 63)
	}
	return state & 63
}

// skipASCII returns s without words of ASCII that it begins with; if it is all ASCII, without any.
func skipASCII(s string) string {
	for len(s) > 64 {
		if (load64(s, 0)|load64(s, 8)|load64(s, 16)|load64(s, 24)|load64(s, 32)|load64(s, 40)|load64(s, 48)|load64(s, 56))&high != 0 {
			break
		}
		s = s[64:]
	}
	if n := len(s); 32 <= n && n <= 64 &&
		(load64(s, 0)|load64(s, 8)|load64(s, 16)|load64(s, 24)|load64(s, n-32)|load64(s, n-24)|load64(s, n-16)|load64(s, n-8))&high == 0 {
		return ""
	}
	if n := len(s); 16 <= n && n < 32 && (load64(s, 0)|load64(s, 8)|load64(s, n-16)|load64(s, n-8))&high == 0 {
		return ""
	}
	for len(s) >= 8 && load64(s, 0)&high == 0 {
		s = s[8:]
	}
	return s
}

// valid reports whether s is well-formed UTF-8.
func valid(s string) bool { return scan(accept, s) == accept }
