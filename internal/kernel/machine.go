//lint:file-ignore U1000 where there is assembly, only tests call what is unused here

package kernel

// machine is what goes over text byte by byte: machine[b]>>state, of which the low five bits count, is the state after b.
// So a step costs a load that does not depend on the state, and a shift. (The idea is Per Vognsen's.)
var machine = assemble()

// A state is what bytes may come next. It is a number of bits to shift by, and what an entry has at it is the next state.
// The nine of five bits each do not fit into 32 side by side: they overlap, and these numbers are ones with
// which, for every byte, two states that overlap have the same bits there. TestMachine shows it; there are few such. Entries of
// 64 bits would do without, but machines of 32 bits are slow at shifting them.
const (
	accept  = 8  // the first byte of a sequence; a multiple of 8, for kernel_amd64.s reads the byte that begins there
	tail1   = 16 // one tail,
	tail2   = 1  // two tails,
	tail3   = 19 // three tails
	afterE0 = 20 // what the rows of syntax have for E0 and so on,
	afterED = 26 // and tails after that
	afterF0 = 13
	afterF4 = 25
	broken  = 0 // nothing
)

// choosy are the leads that do not take every tail: the state after each, and after its tail.
var choosy = [...]struct {
	lead        byte
	state, next uint32
}{
	{0xE0, afterE0, tail1},
	{0xED, afterED, tail1},
	{0xF0, afterF0, tail2},
	{0xF4, afterF4, tail2},
}

func assemble() (m [256]uint32) {
	for i := range m {
		b := byte(i)
		var to [32]uint32 // by state; what is not set is broken
		switch {
		case b < 0x80:
			to[accept] = accept
		case b < 0xC0:
			to[tail1], to[tail2], to[tail3] = accept, tail1, tail2
			for _, c := range choosy {
				if possible(c.lead, b) {
					to[c.state] = c.next
				}
			}
		case !possible(b, 0x80) && !possible(b, 0xBF): // no lead
		case b < 0xE0:
			to[accept] = tail1
		case b < 0xF0:
			to[accept] = tail2
		default:
			to[accept] = tail3
		}
		for _, c := range choosy {
			if c.lead == b {
				to[accept] = c.state
			}
		}
		for state, next := range to {
			m[i] |= next << state
		}
	}
	return m
}

// step returns the state after s, from state on.
func step(state uint32, s string) uint32 {
	for i := range len(s) {
		state = machine[s[i]] >> (state & 31)
	}
	return state & 31
}

// step4 is four steps, without a loop.
func step4(state uint32, s string) uint32 {
	state = machine[s[0]] >> (state & 31)
	state = machine[s[1]] >> (state & 31)
	state = machine[s[2]] >> (state & 31)
	return machine[s[3]] >> (state & 31)
}
