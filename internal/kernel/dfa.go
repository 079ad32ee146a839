package kernel

// dfa is the UTF-8 validation automaton of RFC 3629 §4. Its layout is the
// shift-based DFA of Per Vognsen
// (gist.github.com/pervognsen/218ea17743e1442e59bb60d29b1aa725), in the 32 bits
// of Dougall Johnson (gist.github.com/dougallj/166e326de6ad4cf2c94be97a204c025f).
// The low five bits of dfa[b]>>state are the state after byte b. A step is one
// load, which does not depend on the state, and one shift.
var dfa = [256]uint32{
	//   1   2   3   4   5   6   7   8   9   A   B   C   D   E   F
	as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, // 0x00-0x0F
	as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, // 0x10-0x1F
	as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, // 0x20-0x2F
	as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, // 0x30-0x3F
	as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, // 0x40-0x4F
	as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, // 0x50-0x5F
	as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, // 0x60-0x6F
	as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, as, // 0x70-0x7F
	//   1   2   3   4   5   6   7   8   9   A   B   C   D   E   F
	c8, c8, c8, c8, c8, c8, c8, c8, c8, c8, c8, c8, c8, c8, c8, c8, // 0x80-0x8F
	c9, c9, c9, c9, c9, c9, c9, c9, c9, c9, c9, c9, c9, c9, c9, c9, // 0x90-0x9F
	cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, // 0xA0-0xAF
	cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, cA, // 0xB0-0xBF
	xx, xx, l2, l2, l2, l2, l2, l2, l2, l2, l2, l2, l2, l2, l2, l2, // 0xC0-0xCF
	l2, l2, l2, l2, l2, l2, l2, l2, l2, l2, l2, l2, l2, l2, l2, l2, // 0xD0-0xDF
	e0, l3, l3, l3, l3, l3, l3, l3, l3, l3, l3, l3, l3, ed, l3, l3, // 0xE0-0xEF
	f0, l4, l4, l4, f4, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, // 0xF0-0xFF
}

// The states. A state is a shift count, and the entry of a byte holds the next
// state at that bit position. Nine states of five bits do not fit into 32 bits
// side by side, so some overlap: these shift counts were chosen such that
// wherever two states overlap, every byte has the same bits in both.
const (
	reject  = 0  // the input is invalid
	accept  = 8  // between characters
	cont1   = 16 // one continuation byte must follow
	cont2   = 1  // two continuation bytes must follow
	cont3   = 19 // three continuation bytes must follow
	afterE0 = 20 // A0–BF must follow, then one continuation byte: no overlong form
	afterED = 26 // 80–9F must follow, then one continuation byte: no surrogate
	afterF0 = 13 // 90–BF must follow, then two continuation bytes: no overlong form
	afterF4 = 25 // 80–8F must follow, then two continuation bytes: at most U+10FFFF

	stateBits = 31
)

// The entries, one for each class of bytes: "next << state" for each state in
// which the class is allowed, and reject, which is 0, for the others.
const (
	as = accept << accept                        // ASCII
	c8 = conts | cont1<<afterED | cont2<<afterF4 // 80–8F
	c9 = conts | cont1<<afterED | cont2<<afterF0 // 90–9F
	cA = conts | cont1<<afterE0 | cont2<<afterF0 // A0–BF
	l2 = cont1 << accept                         // lead byte of two
	l3 = cont2 << accept                         // lead byte of three
	l4 = cont3 << accept                         // lead byte of four
	e0 = afterE0 << accept
	ed = afterED << accept
	f0 = afterF0 << accept
	f4 = afterF4 << accept
	xx = reject // never part of UTF-8

	conts = accept<<cont1 | cont1<<cont2 | cont2<<cont3
)

// run returns the state after s, starting in state.
func run(state uint32, s string) uint32 {
	for i := range len(s) {
		state = dfa[s[i]] >> (state & stateBits)
	}
	return state & stateBits
}

// run4 is run for the first four bytes of s. The bits of the result above
// stateBits are not cleared.
func run4(state uint32, s string) uint32 {
	state = dfa[s[0]] >> (state & stateBits)
	state = dfa[s[1]] >> (state & stateBits)
	state = dfa[s[2]] >> (state & stateBits)
	return dfa[s[3]] >> (state & stateBits)
}
