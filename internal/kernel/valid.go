package kernel

// validGo implements valid. It skips ASCII 16 bytes at a time and runs the DFA
// over everything else.
func validGo(s string) bool {
	n := len(s)
	switch {
	case n <= 8:
		if n >= 4 && (load32(s, 0)|load32(s, n-4))&0x80808080 == 0 {
			return true
		}
		state := uint32(accept)
		for i := range n {
			state = dfa[s[i]] >> (state & stateBits)
		}
		return state&stateBits == accept
	case n <= 16:
		if (word(s, 0)|word(s, n-8))&wordHighBits == 0 {
			return true
		}
	case n <= 32:
		if (word(s, 0)|word(s, 8)|word(s, n-16)|word(s, n-8))&wordHighBits == 0 {
			return true
		}
	case n <= 64:
		if (word(s, 0)|word(s, 8)|word(s, 16)|word(s, 24)|
			word(s, n-32)|word(s, n-24)|word(s, n-16)|word(s, n-8))&wordHighBits == 0 {
			return true
		}
	default:
		end := s[n-64:]
		for len(s) > 64 &&
			(word(s, 0)|word(s, 8)|word(s, 16)|word(s, 24)|
				word(s, 32)|word(s, 40)|word(s, 48)|word(s, 56))&wordHighBits == 0 {
			s = s[64:]
		}
		if len(s) <= 64 && // end includes what is left
			(word(end, 0)|word(end, 8)|word(end, 16)|word(end, 24)|
				word(end, 32)|word(end, 40)|word(end, 48)|word(end, 56))&wordHighBits == 0 {
			return true
		}
	}
	state := uint32(accept)
	for len(s) >= 8 {
		if state&stateBits == accept && word(s, 0)&wordHighBits == 0 {
			s = s[8:]
			for len(s) >= 16 && (word(s, 0)|word(s, 8))&wordHighBits == 0 {
				s = s[16:]
			}
			continue
		}
		if state = run4(state, s); state&stateBits == reject {
			return false
		}
		if state = run4(state, s[4:]); state&stateBits == reject {
			return false
		}
		s = s[8:]
	}
	return run(state, s) == accept
}
