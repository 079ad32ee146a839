//lint:file-ignore U1000 where there is assembly, only tests call what is unused here

package kernel

import "math/bits"

// valid reports whether s is well-formed UTF-8. ASCII is seen in words; what is not goes through the machine, which has no branch that
// depends on what characters they are. Whoever takes text character by character stops where it is no text. So that
// this does not take longer for that, it asks the machine often whether it is broken.
func valid(s string) bool {
	n := len(s)
	if n < 2 {
		return n == 0 || s[0] < 0x80
	}
	state := machine[s[0]] >> accept
	if state&31 == broken {
		return false // and most likely no text at all
	}
	if n <= 8 {
		if n < 4 {
			state = machine[s[1]] >> (state & 31)
			if n > 2 {
				state = machine[s[2]] >> (state & 31)
			}
			return state&31 == accept
		}
		if (load32(s, 0)|load32(s, n-4))&0x80808080 == 0 {
			return true
		}
		state = machine[s[1]] >> (state & 31)
		state = machine[s[2]] >> (state & 31)
		if state&31 == broken {
			return false
		}
		if n == 4 {
			return machine[s[3]]>>(state&31)&31 == accept
		}
		state = machine[s[3]] >> (state & 31)
		state = machine[s[4]] >> (state & 31)
		if n > 5 {
			if state&31 == broken {
				return false
			}
			state = machine[s[5]] >> (state & 31)
			if n > 6 {
				state = machine[s[6]] >> (state & 31)
				if n > 7 {
					state = machine[s[7]] >> (state & 31)
				}
			}
		}
		return state&31 == accept
	}
	if s[n-1] >= 0xC0 {
		return false // it was cut off
	}

	switch {
	case n <= 16:
		if word(s, 0)&highs == 0 {
			if word(s, n-8)&highs == 0 {
				return true
			}
			s = s[8:]
		}
	case n <= 32:
		if (word(s, 0)|word(s, 8))&highs == 0 {
			if (word(s, n-16)|word(s, n-8))&highs == 0 {
				return true
			}
			s = s[16:]
		} else if word(s, 0)&highs == 0 {
			s = s[8:]
		}
	case n < 4096:
		end := s[n-32:]
		for len(s) > 32 && (word(s, 0)|word(s, 8)|word(s, 16)|word(s, 24))&highs == 0 {
			s = s[32:]
		}
		if len(s) <= 32 {
			if (word(end, 0)|word(end, 8)|word(end, 16))&highs == 0 {
				return word(end, 24)&highs == 0 || step(accept, end[24:]) == accept
			}
		} else if word(s, 0)&highs == 0 {
			s = s[bits.TrailingZeros32(others(s)):]
			if machine[s[0]]>>accept&31 == broken {
				return false
			}
		}
		return scan(accept, s) == accept
	default:
		return scan(accept, s) == accept
	}
	state = accept
	for len(s) >= 8 {
		if machine[s[0]]>>(state&31)&31 == broken {
			return false
		}
		if state = step4(state, s); state&31 == broken {
			return false
		}
		if state = step4(state, s[4:]); state&31 == broken {
			return false
		}
		s = s[8:]
	}
	return step(state, s) == accept
}
