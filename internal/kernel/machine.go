//lint:file-ignore U1000 what is unused here is called by the assembly

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

// step returns the state after s, from state on.
func step(state uint64, s string) uint64 {
	for i := range len(s) {
		state = machine[s[i]] >> (state & 63)
	}
	return state & 63
}
