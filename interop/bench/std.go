package main

import "unicode/utf8"

func stdValid(pool [][]byte) contender {
	return contender{name: "unicode/utf8", run: func(n int) (sum uint64) {
		for i := range n {
			if utf8.Valid(pool[i%poolSize]) {
				sum++
			}
		}
		return sum
	}}
}

// stdWhole checks a text in one go, which a stack can do that has room for the
// whole message.
func stdWhole(pool [][]byte) contender {
	c := stdValid(pool)
	c.note = "the whole text at once, not in pieces"
	return c
}

func stdStreamMasked(pool [][]byte) contender {
	buf := make([]byte, streamed)
	return contender{
		name: "unicode/utf8",
		note: "a plain XOR loop, then the whole text at once",
		run: func(n int) (sum uint64) {
			for i := range n {
				p := pool[i%poolSize]
				for j := range p {
					buf[j] = p[j] ^ key[j&3]
				}
				if utf8.Valid(buf[:len(p)]) {
					sum++
				}
			}
			return sum
		},
	}
}
