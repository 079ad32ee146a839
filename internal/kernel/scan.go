//lint:file-ignore U1000 where there is assembly, only tests call what is unused here

package kernel

import "math/bits"

// scan returns the state after s, from state on. It is for longer text: it goes over ASCII in steps of 32 bytes, and over what
// is not with the machine. Where ASCII ends cannot be foreseen, and costs a wrong guess of the processor; what ends it costs no
// other if it is one character.
func scan(state uint32, s string) uint32 {
	for len(s) >= 8 {
		if word(s, 0)&highs == 0 {
			if state&31 != accept {
				return broken
			}
			state = accept
			begin := s // it is eight bytes at the least
			stop := max(32, len(s)-8192)
			for len(s) > stop && (word(s, 0)|word(s, 8)|word(s, 16)|word(s, 24))&highs == 0 {
				s = s[32:]
			}
			switch n := len(s); {
			case n > stop: // these 32 bytes are not ASCII
			case n > 32:
				s = skipASCII(s)
				continue
			case n < 8:
				if word(begin, len(begin)-8)&highs == 0 {
					return accept
				}
				return step(accept, s)
			default:
				rest := word(s, 0) | word(s, n-8)
				if n > 16 {
					rest |= word(s, 8) | word(s, n-16)
				}
				if rest&highs == 0 {
					return accept
				}
				if word(s, 0)&highs == 0 {
					s = s[8:]
				}
				continue
			}
			where := others(s)
			first := bits.TrailingZeros32(where)
			rest := s[first:]
			if len(rest) < 4 {
				return step(accept, rest)
			}
			if state = step4(accept, rest); state&31 == broken {
				return broken
			}
			// If the 32 bytes have no more than that, what follows need not wait for where it is.
			if where>>first < 16 && first <= 28 && state&31 == accept {
				s = s[32:]
			} else {
				s = rest[4:]
			}
			continue
		}
		if state = step4(state, s); state&31 == broken {
			return broken
		}
		if state = step4(state, s[4:]); state&31 == broken {
			return broken
		}
		s = s[8:]
	}
	return step(state, s)
}

// others returns which of the 32 bytes that s begins with are not ASCII, the lowest bit for the first. Their highest bits are multiplied so
// that they come to stand side by side; no two of the others come to the same place, so nothing is carried.
func others(s string) uint32 {
	s = s[:32]
	if bits.UintSize == 32 {
		top := func(i int) uint32 { return load32(s, i) & 0x80808080 * 0x00204081 >> 28 << i }
		return top(0) | top(4) | top(8) | top(12) | top(16) | top(20) | top(24) | top(28)
	}
	top := func(i int) uint32 { return uint32(load64(s, i)&high*0x0002040810204081>>56) << i }
	return top(0) | top(8) | top(16) | top(24)
}

// skipASCII returns s without ASCII that it begins with, though not without all of it. It reads two pages at once: so more is on its way
// from memory, or from a farther cache.
func skipASCII(s string) string {
	for len(s) > 8192+32 {
		a, b := s[:4096+32], s[4096:8192+32]
		for len(a) > 32 && len(b) > 32 {
			if (word(a, 0)|word(a, 8)|word(a, 16)|word(a, 24)|word(b, 0)|word(b, 8)|word(b, 16)|word(b, 24))&highs != 0 {
				return s[4096+32-len(a):]
			}
			a, b = a[32:], b[32:]
		}
		s = s[8192:]
	}
	return s
}
