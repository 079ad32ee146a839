//lint:file-ignore U1000 where there is assembly, only tests call what is unused here

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
func next(prev uint32, s string) bool { return scan(resume(prev), s) != broken }

// resume returns the state in which text is that ends with prev.
func resume(prev uint32) uint32 {
	state := uint32(accept)
	if prev&0x80808000 == 0 {
		return state // as the loop would find, later
	}
	for i := 8; i < 32; i += 8 {
		// Tails at the beginning are of a sequence that begins before prev.
		if b := byte(prev >> i); state != accept || b >= 0xC0 {
			state = machine[b] >> (state & 31) & 31
		}
	}
	return state
}
