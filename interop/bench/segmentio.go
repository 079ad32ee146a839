package main

import "github.com/segmentio/asm/utf8"

func segmentioValid(pool [][]byte) implementation {
	return implementation{name: "segmentio/asm", run: func(n int) (sum uint64) {
		for i := range n {
			if utf8.Valid(pool[i&(len(pool)-1)]) {
				sum++
			}
		}
		return sum
	}}
}
