package main

import (
	"encoding/binary"
	"unicode/utf8"
)

func stdValid(pool [][]byte) implementation {
	return implementation{name: "unicode/utf8", run: func(n int) (sum uint64) {
		for i := range n {
			if utf8.Valid(pool[i&(len(pool)-1)]) {
				sum++
			}
		}
		return sum
	}}
}

// stdWhole validates a text in one call, as a stack that buffers whole messages
// can.
func stdWhole(pool [][]byte) implementation {
	c := stdValid(pool)
	c.note = "the whole text at once, not in chunks"
	return c
}

func stdStreamMasked(pool [][]byte) implementation {
	buf := make([]byte, streamed+4) // the rest of a text may need a few bytes more
	return implementation{
		name: "unicode/utf8",
		note: "XOR of eight bytes at a time, then the whole text at once",
		run: func(n int) (sum uint64) {
			var twice [8]byte
			copy(twice[:], key[:])
			copy(twice[4:], key[:])
			k := binary.LittleEndian.Uint64(twice[:])
			for i := range n {
				p, to := pool[i%poolSize], buf
				for len(p) >= 8 && len(to) >= 8 {
					binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(p)^k)
					p, to = p[8:], to[8:]
				}
				for j := range p {
					to[j] = p[j] ^ key[j&3]
				}
				if utf8.Valid(buf[:len(pool[i%poolSize])]) {
					sum++
				}
			}
			return sum
		},
	}
}
