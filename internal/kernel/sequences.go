package kernel

// validSequences is valid for four bytes or more where a word has four, with a branch for each character.
func validSequences(s string) bool {
	end := load32(s, len(s)-4)
	for len(s) >= 4 {
		w := load32(s, 0)
		switch {
		case w&0x80808080 == 0:
			s = s[4:]
			for len(s) >= 16 && (load32(s, 0)|load32(s, 4)|load32(s, 8)|load32(s, 12))&0x80808080 == 0 {
				s = s[16:]
			}
			for len(s) >= 8 && (load32(s, 0)|load32(s, 4))&0x80808080 == 0 {
				s = s[8:]
			}
		case w&0x80 == 0:
			s = s[1:]
		case w&0x20 == 0:
			if !pair(w & 0xFFFF) {
				return false
			}
			s = s[2:]
		case w&0x10 == 0:
			if !triple(w) {
				return false
			}
			s = s[3:]
		default:
			if !quad(w) {
				return false
			}
			s = s[4:]
		}
	}
	return s == "" || end&0x80808080 == 0 || valid(s)
}
