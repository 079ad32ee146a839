package kernel

// Text in pieces. What a piece must know of the text before it is the last four bytes of it,
// the last one highest, as a little-endian load has them: prev. Four bytes of 0,
// which are text, stand for none. (The first of the four is there to make a whole
// word; nothing depends on it.)

// Tail returns the last four bytes of the text that ends with s and before s with prev. It reports
// false if the last byte of s is one that no text holds: that is not seen by judging the
// bytes of s by those before them.
func Tail(prev uint32, s string) (uint32, bool) {
	switch n := len(s); {
	case n >= 4:
		prev = load32(s, n-4)
	case n > 0:
		prev = prev>>(8*uint(n)&31) | uint32(last(s))<<(32-8*uint(n)&31)
	}
	b := byte(prev >> 24)
	return prev, b&0xFE != 0xC0 && b < 0xF5
}

// Missing returns how many bytes the sequence lacks that text which ends with prev is in
// the middle of, 0 if it is not in the middle of one.
func Missing(prev uint32) int {
	switch {
	case prev>>24 >= 0xF0:
		return 3
	case prev>>24 >= 0xE0:
		return 2
	case prev>>24 >= 0xC0:
		return 1
	case prev>>16&0xFF >= 0xF0:
		return 2
	case prev>>16&0xFF >= 0xE0:
		return 1
	case prev>>8&0xFF >= 0xF0:
		return 1
	}
	return 0
}

// next is Next in Go.
func next(prev uint32, s string) bool {
	if n := Missing(prev); n > 0 {
		n = min(n, len(s))
		if !follows(prev, s[:n]) {
			return false
		}
		s = s[n:]
	}
	i := indexInvalid(s)
	// Whatever is there may only be the beginning of a sequence.
	return i < 0 || len(s)-i < 4 && follows(0, s[i:])
}

// follows reports whether each byte of s, at most 7, can stand where it stands
// after prev.
func follows(prev uint32, s string) bool {
	there := uint64(1)<<(8*uint(len(s))&63) - 1
	return faults(uint64(prev)<<32, last(s))&there == 0
}
