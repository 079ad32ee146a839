package kernel

import (
	"slices"
	"sync"
	"testing"

	"github.com/closeframe/closeframe/internal/check/proof/grammar"
)

// grammarOf returns the smallest automaton of RFC 3629's grammar. It is compiled
// from the text of the ABNF and shares nothing with the tables under test.
var grammarOf = sync.OnceValue(func() *grammar.Automaton {
	a, err := grammar.Compile(grammar.UTF8, "UTF8-octets")
	if err != nil {
		panic(err)
	}
	return a
})

// TestDFA verifies that dfa has the states of the grammar and accepts the same
// language.
//
// Shows: U01 U02 U03 U04
func TestDFA(t *testing.T) {
	want := grammarOf()
	var got grammar.Automaton
	states := []uint32{accept, cont1, cont2, cont3, afterE0, afterED, afterF0, afterF4, reject}
	for _, s := range states {
		var next [256]int
		for b := range next {
			next[b] = slices.Index(states, dfa[b]>>s&stateBits)
			if next[b] < 0 {
				t.Fatalf("byte %#x leads from state %d to no state", b, s)
			}
		}
		got.Next = append(got.Next, next)
		got.Accept = append(got.Accept, s == accept)
	}
	pairs, err := grammar.Product(&got, want)
	if err != nil {
		t.Fatal(err)
	}
	if pairs != len(want.Next) || len(got.Minimal().Next) != len(states) {
		t.Errorf("%d pairs, %d different states; the grammar has %d", pairs, len(got.Minimal().Next), len(want.Next))
	}
	t.Logf("%d states, %d pairs", len(states), pairs)
}

// TestNext verifies that Next and UnmaskNext, given an input byte by byte, behave
// as the automaton of the grammar.
//
// Shows: U01 U02 U03 U04
func TestNext(t *testing.T) {
	a := grammarOf()
	step := func(s State, b byte) State {
		next := Next(s, bytesOf[b:int(b)+1])
		if p := []byte{b ^ 1}; UnmaskNext(s, p, 1) != next {
			t.Errorf("UnmaskNext of %#x in state %d is not %d", b, s, next)
		}
		return next
	}
	live := func(s State) bool { return s != Invalid }
	whole := func(s State) bool { return s == 0 }
	each(t, func(t *testing.T) {
		got, err := grammar.Explore(State(0), step, live, whole, "A\x80\x90\xA0\xC2\xE0\xF0")
		if err != nil {
			t.Fatal(err)
		}
		pairs, err := grammar.Product(got, a)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Next) != len(a.Next) {
			t.Errorf("%d states, the grammar has %d", len(got.Next), len(a.Next))
		}
		t.Logf("%d states, %d pairs", len(got.Next), pairs)
	})
}
