// Package grammar builds automata from grammars and compares automata. It is
// used to prove the UTF-8 validators.
package grammar

import (
	"fmt"
	"strconv"
	"strings"
)

// UTF8 is the syntax of UTF-8 octet streams, copied from RFC 3629 §4.
const UTF8 = `
UTF8-octets = *( UTF8-char )
UTF8-char   = UTF8-1 / UTF8-2 / UTF8-3 / UTF8-4
UTF8-1      = %x00-7F
UTF8-2      = %xC2-DF UTF8-tail
UTF8-3      = %xE0 %xA0-BF UTF8-tail / %xE1-EC 2( UTF8-tail ) /
              %xED %x80-9F UTF8-tail / %xEE-EF 2( UTF8-tail )
UTF8-4      = %xF0 %x90-BF 2( UTF8-tail ) / %xF1-F3 3( UTF8-tail ) /
              %xF4 %x80-8F 2( UTF8-tail )
UTF8-tail   = %x80-BF
`

// Compile returns the minimal automaton for the rule with the given name in an
// ABNF grammar (RFC 5234). It supports the part of ABNF that RFC 3629 §4 uses,
// without recursion.
func Compile(abnf, rule string) (*Automaton, error) {
	c := compiler{rules: map[string][]string{}}
	name := ""
	for line := range strings.Lines(abnf) {
		words := strings.Fields(line)
		if len(words) > 1 && words[1] == "=" {
			name, words = words[0], words[2:]
		}
		c.rules[name] = append(c.rules[name], words...)
	}
	begin, end := c.state(), c.state()
	if err := c.name(rule, begin, end); err != nil {
		return nil, err
	}
	return c.determine(begin, end).Minimal(), nil
}

// A compiler builds a nondeterministic automaton with empty transitions.
type compiler struct {
	rules map[string][]string
	moves [][]move // of each state
}

type move struct {
	lo, hi int // the bytes; lo > hi for a move without one
	to     int
}

func (c *compiler) state() int {
	c.moves = append(c.moves, nil)
	return len(c.moves) - 1
}

func (c *compiler) move(from, lo, hi, to int) {
	c.moves[from] = append(c.moves[from], move{lo, hi, to})
}

func (c *compiler) free(from, to int) { c.move(from, 1, 0, to) }

// name adds the transitions of a rule between two states.
func (c *compiler) name(name string, from, to int) error {
	words := c.rules[name]
	if len(words) == 0 {
		return fmt.Errorf("there is no rule %q", name)
	}
	rest, err := c.alternatives(words, from, to)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%s: unexpected %q", name, rest)
	}
	return err
}

func (c *compiler) alternatives(words []string, from, to int) ([]string, error) {
	for {
		at := from
		for len(words) > 0 && words[0] != "/" && words[0] != ")" {
			next := c.state()
			var err error
			if words, err = c.element(words, at, next); err != nil {
				return nil, err
			}
			at = next
		}
		c.free(at, to)
		if len(words) == 0 || words[0] != "/" {
			return words, nil
		}
		words = words[1:]
	}
}

func (c *compiler) element(words []string, from, to int) (rest []string, err error) {
	word := words[0]
	if digits, ok := strings.CutPrefix(word, "%x"); ok {
		first, last, ok := strings.Cut(digits, "-")
		if !ok {
			last = first
		}
		lo, err1 := strconv.ParseUint(first, 16, 8)
		hi, err2 := strconv.ParseUint(last, 16, 8)
		if err1 != nil || err2 != nil || lo > hi {
			return nil, fmt.Errorf("%q is not a range of bytes", word)
		}
		c.move(from, int(lo), int(hi), to)
		return words[1:], nil
	}
	count, ok := strings.CutSuffix(word, "(")
	if !ok {
		return words[1:], c.name(word, from, to)
	}
	n, loop := 1, count == "*"
	if count != "" && !loop {
		if n, err = strconv.Atoi(count); err != nil || n < 1 {
			return nil, fmt.Errorf("%q is not a number of repetitions", count)
		}
	}
	for range n {
		next := c.state()
		if rest, err = c.alternatives(words[1:], from, next); err != nil {
			return nil, err
		}
		if len(rest) == 0 {
			return nil, fmt.Errorf("%q is not closed", word)
		}
		if loop {
			c.free(next, from)
			next = from
		}
		from = next
	}
	c.free(from, to)
	return rest[1:], nil
}

// determine returns a deterministic automaton whose states are sets of states.
func (c *compiler) determine(begin, end int) *Automaton {
	var a Automaton
	number := map[string]int{}
	var sets [][]bool
	add := func(set []bool) int {
		for again := true; again; {
			again = false
			for s, in := range set {
				for _, m := range c.moves[s] {
					if in && m.lo > m.hi && !set[m.to] {
						set[m.to], again = true, true
					}
				}
			}
		}
		key := fmt.Sprint(set)
		n, ok := number[key]
		if !ok {
			n = len(sets)
			number[key] = n
			sets = append(sets, set)
			a.Accept = append(a.Accept, set[end])
			a.Next = append(a.Next, [256]int{})
		}
		return n
	}
	first := make([]bool, len(c.moves))
	first[begin] = true
	add(first)
	for i := 0; i < len(sets); i++ {
		for b := range 256 {
			next := make([]bool, len(c.moves))
			for s, in := range sets[i] {
				for _, m := range c.moves[s] {
					if in && m.lo <= b && b <= m.hi {
						next[m.to] = true
					}
				}
			}
			n := add(next)
			a.Next[i][b] = n
		}
	}
	return &a
}
