package grammar

import (
	"fmt"
	"slices"
)

// An Automaton is deterministic, starts in state 0, and has a transition from
// every state for every byte.
type Automaton struct {
	Next   [][256]int
	Accept []bool
}

// Minimal returns the minimal automaton that accepts the same inputs. Its
// states are in the order in which a walk finds them.
func (a *Automaton) Minimal() *Automaton {
	// Start with two classes of states, and split them until each byte leads
	// all states of a class to the same class.
	class := make([]int, len(a.Next))
	for i, ok := range a.Accept {
		if ok {
			class[i] = 1
		}
	}
	for classes := 0; ; {
		number := map[string]int{}
		next := make([]int, len(class))
		for i := range a.Next {
			var to [256]int
			for b, n := range a.Next[i] {
				to[b] = class[n]
			}
			key := fmt.Sprint(class[i], to)
			if _, ok := number[key]; !ok {
				number[key] = len(number)
			}
			next[i] = number[key]
		}
		class = next
		if len(number) == classes {
			break
		}
		classes = len(number)
	}

	var m Automaton
	order := []int{0} // a state of a for each state of m
	for i := 0; i < len(order); i++ {
		var to [256]int
		for b, n := range a.Next[order[i]] {
			to[b] = slices.IndexFunc(order, func(s int) bool { return class[s] == class[n] })
			if to[b] < 0 {
				to[b] = len(order)
				order = append(order, n)
			}
		}
		m.Next = append(m.Next, to)
		m.Accept = append(m.Accept, a.Accept[order[i]])
	}
	return &m
}

// Run returns the state after text, starting in the given state.
func (a *Automaton) Run(state int, text ...byte) int {
	for _, b := range text {
		state = a.Next[state][b]
	}
	return state
}

// Dead returns the state of a minimal automaton from which no input is
// accepted, or -1.
func (a *Automaton) Dead() int {
	for i, next := range a.Next {
		if !a.Accept[i] && !slices.ContainsFunc(next[:], func(n int) bool { return n != i }) {
			return i
		}
	}
	return -1
}

// Access returns a shortest input that leads to each state.
func (a *Automaton) Access() []string {
	text := make([]string, len(a.Next))
	found := make([]bool, len(a.Next))
	found[0] = true
	for queue := []int{0}; len(queue) > 0; queue = queue[1:] {
		for b, n := range a.Next[queue[0]] {
			if !found[n] {
				found[n] = true
				text[n] = text[queue[0]] + string([]byte{byte(b)})
				queue = append(queue, n)
			}
		}
	}
	return text
}

// Product walks both automata at once through every reachable pair of states.
// It returns the number of pairs. If one automaton accepts an input that the
// other rejects, the error has that input. Without an error, both accept the
// same inputs of any length.
func Product(a, b *Automaton) (pairs int, err error) {
	type pair struct{ a, b int }
	seen := map[pair]string{{0, 0}: ""}
	for queue := []pair{{0, 0}}; len(queue) > 0; queue = queue[1:] {
		p := queue[0]
		text := seen[p]
		if a.Accept[p.a] != b.Accept[p.b] {
			return len(seen), fmt.Errorf("%+q: one accepts it: %v, the other: %v", text, a.Accept[p.a], b.Accept[p.b])
		}
		for c := range 256 {
			next := pair{a.Next[p.a][c], b.Next[p.b][c]}
			if _, ok := seen[next]; !ok {
				seen[next] = text + string([]byte{byte(c)})
				queue = append(queue, next)
			}
		}
	}
	return len(seen), nil
}

// Explore derives the automaton of code that reads an input byte by byte. S is
// the state that the code keeps between bytes. live reports whether more bytes
// can make the input valid, and accept whether it is valid now.
//
// S may have more values than there are states. Two values count as one state
// if no input of up to three bytes distinguishes them: every single byte, and
// every two or three of the bytes in probes. That no longer input distinguishes
// them must be shown by other means.
func Explore[S any](start S, step func(S, byte) S, live, accept func(S) bool, probes string) (*Automaton, error) {
	const limit = 64
	var a Automaton
	var values []S
	number := map[string]int{}
	add := func(s S) int {
		key := behavior(s, step, live, accept, probes)
		n, ok := number[key]
		if !ok {
			n = len(values)
			number[key] = n
			values = append(values, s)
			a.Accept = append(a.Accept, accept(s))
			a.Next = append(a.Next, [256]int{})
		}
		return n
	}
	add(start)
	for i := 0; i < len(values); i++ {
		if len(values) > limit {
			return nil, fmt.Errorf("more than %d states", limit)
		}
		for b := range 256 {
			n := add(step(values[i], byte(b)))
			a.Next[i][b] = n
		}
	}
	return &a, nil
}

// behavior returns the visible behavior of s for these inputs.
func behavior[S any](s S, step func(S, byte) S, live, accept func(S) bool, probes string) string {
	var key []byte
	see := func(s S) {
		var b byte
		if live(s) {
			b |= 1
		}
		if accept(s) {
			b |= 2
		}
		key = append(key, b)
	}
	see(s)
	for b := range 256 {
		see(step(s, byte(b)))
	}
	for i := range len(probes) {
		s1 := step(s, probes[i])
		for j := range len(probes) {
			s2 := step(s1, probes[j])
			see(s2)
			for k := range len(probes) {
				see(step(s2, probes[k]))
			}
		}
	}
	return string(key)
}
