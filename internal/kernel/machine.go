//lint:file-ignore U1000 where there is assembly, only tests call this

package kernel

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

// choosy are the leads that do not take every tail: the state after each, and after its tail.
var choosy = [...]struct {
	lead        byte
	state, next uint64
}{
	{0xE0, afterE0, tail1},
	{0xED, afterED, tail1},
	{0xF0, afterF0, tail2},
	{0xF4, afterF4, tail2},
}

func assemble() (m [256]uint64) {
	for i := range m {
		b := byte(i)
		var to [broken/6 + 1]uint64 // by state
		for state := range to {
			to[state] = broken
		}
		switch {
		case b < 0x80:
			to[accept/6] = accept
		case b < 0xC0:
			to[tail1/6], to[tail2/6], to[tail3/6] = accept, tail1, tail2
			for _, c := range choosy {
				if possible(c.lead, b) {
					to[c.state/6] = c.next
				}
			}
		case !possible(b, 0x80) && !possible(b, 0xBF): // no lead
		case b < 0xE0:
			to[accept/6] = tail1
		case b < 0xF0:
			to[accept/6] = tail2
		default:
			to[accept/6] = tail3
		}
		for _, c := range choosy {
			if c.lead == b {
				to[accept/6] = c.state
			}
		}
		for state, next := range to {
			m[i] |= next << (6 * state)
		}
	}
	return m
}

// step returns the state after s, from state on.
func step(state uint64, s string) uint64 {
	for i := range len(s) {
		state = machine[s[i]] >> (state & 63)
	}
	return state & 63
}
