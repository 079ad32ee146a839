package main

import "github.com/bytedance/sonic/utf8"

func sonicValid(pool [][]byte) implementation {
	return implementation{name: "bytedance/sonic", run: func(n int) (sum uint64) {
		for i := range n {
			if utf8.Validate(pool[i&(len(pool)-1)]) {
				sum++
			}
		}
		return sum
	}}
}
