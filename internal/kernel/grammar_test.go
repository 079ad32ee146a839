package kernel

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/closeframe/closeframe/internal/check/proof/grammar"
)

// syntaxOf returns the smallest automaton of RFC 3629's grammar, whose text is in package grammar: it shares nothing
// with the tables under test.
var syntaxOf = sync.OnceValue(func() *grammar.Automaton {
	a, err := grammar.Compile(grammar.UTF8, "UTF8-octets")
	if err != nil {
		panic(err)
	}
	return a
})

// TestMachine is for the machine that the Go kernel runs having the states of the
// grammar, and accepting the same language.
//
// Shows: U01 U02 U03 U04
func TestMachine(t *testing.T) {
	want := syntaxOf()
	var got grammar.Automaton
	states := []uint32{accept, tail1, tail2, tail3, afterE0, afterED, afterF0, afterF4, broken}
	for _, s := range states {
		var next [256]int
		for b := range next {
			next[b] = slices.Index(states, machine[b]>>s&31)
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
		t.Errorf("%d pairs, %d states that differ; the grammar has %d", pairs, len(got.Minimal().Next), len(want.Next))
	}
	t.Logf("%d states, %d pairs", len(states), pairs)
}

// TestSequence is for the one step that takes a whole sequence at once giving the same
// as the grammar, for four bytes of every kind.
//
// Shows: U01 U02 U03 U04
func TestSequence(t *testing.T) {
	a := syntaxOf()
	kinds := kindsOf(a)
	n := 0
	for _, b0 := range kinds {
		for _, b1 := range kinds {
			for _, b2 := range kinds {
				for _, b3 := range kinds {
					n++
					quad := []byte{b0, b1, b2, b3}
					want := 0
					for k := 2; k <= 4 && want == 0; k++ {
						// Well-formed from the lead on, and not before it is whole.
						if b0 >= 0x80 && a.Accept[a.Run(0, quad[:k]...)] {
							want = k
						}
					}
					w := uint32(b0) | uint32(b1)<<8 | uint32(b2)<<16 | uint32(b3)<<24
					if got := sequence(w); got != want {
						t.Fatalf("sequence(% x) = %d, want %d", quad, got, want)
					}
				}
			}
		}
	}
	t.Logf("%d words", n)
}

// kindsOf returns one byte of each kind that the grammar or the tables tell apart, and the first
// and the last byte of each run of them.
func kindsOf(a *grammar.Automaton) (kinds []byte) {
	seen := map[string]bool{}
	last := ""
	for b := range 256 {
		var column []int
		for s := range a.Next {
			column = append(column, a.Next[s][b])
		}
		key := fmt.Sprint(column, lead(byte(b)), tables.groups[b>>4], b>>4)
		if !seen[key] || key != last {
			kinds = append(kinds, byte(b))
		}
		if b > 0 && key != last && kinds[max(0, len(kinds)-2)] != byte(b-1) {
			kinds = append(kinds, byte(b-1))
		}
		seen[key], last = true, key
	}
	return append(kinds, 0xFF)
}

// TestWindows proves the tables that the vector kernels judge by. A kernel judges
// each byte by itself and the three before it. So there are few enough windows to try them all: every byte after
// every three bytes that can stand together in a text, whatever the state of the text before them.
//
// A byte that no text holds is judged when the next byte comes, or by Tail; that
// is a part of what is compared.
//
// Shows: U01 U02 U03 U04
func TestWindows(t *testing.T) {
	a := syntaxOf()
	dead := a.Dead()
	never := func(b byte) bool { return b == 0xC0 || b == 0xC1 || b >= 0xF5 }
	for b := range 256 {
		refused := !slices.ContainsFunc(a.Next, func(next [256]int) bool { return next[b] != dead })
		if refused != never(byte(b)) {
			t.Fatalf("%#x: some text holds it: %v", b, !refused)
		}
	}

	// For the three bytes before, one of each kind. Two bytes are of one kind if
	// neither the grammar nor the tables tell them apart.
	kinds := map[string]byte{}
	for b := range 256 {
		var column []int
		for s := range a.Next {
			column = append(column, a.Next[s][b])
		}
		kinds[fmt.Sprint(column, lead(byte(b)), tables.high[b>>4], tables.low[b&15], b >= 0xE0, b >= 0xF0)] = byte(b)
	}
	windows := 0
	states := map[string]int{}
	for state := range a.Next {
		for _, p3 := range kinds {
			for _, p2 := range kinds {
				for _, p1 := range kinds {
					before := a.Run(state, p3, p2, p1)
					if never(p1) && state != dead && a.Run(state, p3, p2) == 0 {
						before = dead // every byte is refused now
					} else if before == dead {
						continue // was found out before
					} else {
						// The three bytes alone tell the state.
						key := string([]byte{p3, p2, p1})
						if was, ok := states[key]; ok && was != before {
							t.Fatalf("after % x the text is in one of two states", key)
						}
						states[key] = before
					}
					x1, x2, x3 := lead(p1), lead(p2), lead(p3)
					for i := range 256 {
						windows++
						b := byte(i)
						want := a.Next[before][b] == dead
						if never(b) {
							want = before != 0 // it is refused after it, but stands where a lead can stand
						}
						y := tables.groups[b>>4]
						first := x1&y != 0 || (x1&need1|x2&need2|x3&need3 != 0) == (y&notTail != 0)
						tail := b >= 0x80 && lead(b) == 0
						short := x1&tables.tails[b&63] != 0 || (x1&need1|x2&need2|x3&need3 != 0) != tail
						second := refusedByNibbles(p3, p2, p1, b)
						third := refusedByComparing(p3, p2, p1, b)
						if first != want || short != want || second != want || third != want {
							t.Fatalf("%#x after % x: refused by the first way: %v, with the y of tails: %v, by the second: %v, by the third: %v; by the grammar: %v",
								b, []byte{p3, p2, p1}, first, short, second, third, want)
						}
					}
				}
			}
		}
	}
	t.Logf("%d kinds of bytes, %d windows", len(kinds), windows)
}

// TestNext explores each backend as it takes a text byte by byte, and finds the
// automaton of the grammar. What it keeps of the text is its last bytes, so this leaves
// open whether more of them matter than they should: all windows of borders follow, and
// with -exhaustive 4 all windows.
//
// Shows: U01 U02 U03 U04
func TestNext(t *testing.T) {
	a := syntaxOf()
	each(t, func(t *testing.T) {
		got, err := grammar.Explore(bytewise{}, bytewise.step, bytewise.live, bytewise.whole, "A\x80\x90\xA0\xC2\xE0\xF0")
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

		before := []byte(borders)
		firsts := before
		if *exhaustive == 4 {
			before = nil
			for b := range 256 {
				before = append(before, byte(b))
			}
			firsts = parts(t)
		}
		var wg sync.WaitGroup
		var next, windows atomic.Int64
		for range runtime.GOMAXPROCS(0) {
			wg.Go(func() {
				for i := int(next.Add(1)) - 1; i < len(firsts) && !t.Failed(); i = int(next.Add(1)) - 1 {
					windows.Add(int64(windowsAfter(t, a, firsts[i], before)))
					if *exhaustive > 0 && i%32 == 31 {
						fmt.Printf("%s: %d of %d\n", t.Name(), i+1, len(firsts))
					}
				}
			})
		}
		wg.Wait()
		t.Logf("%d states, %d pairs, %d windows", len(got.Next), pairs, windows.Load())
	})
}

// bytewise is text as Next sees it that comes byte by byte.
type bytewise struct {
	prev   uint32
	failed bool
}

func (s bytewise) step(b byte) bytewise {
	text := bytesOf[b : int(b)+1]
	ok := Next(s.prev, text)
	prev, last := Tail(s.prev, text)
	return bytewise{prev, s.failed || !ok || !last}
}

func (s bytewise) live() bool  { return !s.failed }
func (s bytewise) whole() bool { return !s.failed && Missing(s.prev) == 0 }

// bytesOf has every byte.
var bytesOf = func() string {
	var all [256]byte
	for i := range all {
		all[i] = byte(i)
	}
	return string(all[:])
}()

// windowsAfter tries every byte after every p3, p2 and p1 of the given bytes, p3 first, in
// every state of the text before them, and returns how many that were.
func windowsAfter(t *testing.T, a *grammar.Automaton, p3 byte, before []byte) (windows int) {
	dead := a.Dead()
	for first, access := range a.Access() {
		if a.Run(first, p3) == dead {
			continue
		}
		var s bytewise
		for _, b := range []byte(access) {
			s = s.step(b)
		}
		s = s.step(p3)
		for _, p2 := range before {
			s := s.step(p2)
			if a.Run(first, p3, p2) == dead {
				continue
			}
			for _, p1 := range before {
				at := a.Run(first, p3, p2, p1)
				if at == dead {
					continue
				}
				s := s.step(p1)
				for b, next := range a.Next[at] {
					windows++
					if got := s.step(byte(b)); got.failed != (next == dead) || got.whole() != a.Accept[next] {
						t.Errorf("after %+q % x, %#x: %+v", access, []byte{p3, p2, p1}, b, got)
						return windows
					}
				}
			}
		}
	}
	return windows
}
