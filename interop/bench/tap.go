package main

import (
	"bytes"

	"github.com/closeframe/closeframe/closetap"
)

// The scenarios in which closeframe observes a connection of other programs.
const (
	tapKind       = "tap"
	tapMaskedKind = "tap-masked"
)

const (
	tapPayload = 125      // of a frame
	tapBytes   = 64 << 10 // of an operation, rounded down to whole frames
	tapPool    = 8        // different buffers: more than the L1 cache
)

// tapped returns a pool of buffers full of Binary frames of tapPayload bytes.
func tapped(masked bool) [][]byte {
	frame := []byte{0x82, tapPayload}
	if masked {
		frame[1] |= 0x80
		frame = append(frame, key[:]...)
	}
	frame = append(frame, make([]byte, tapPayload)...)
	pool := make([][]byte, tapPool)
	for i := range pool {
		pool[i] = bytes.Repeat(frame, tapBytes/len(frame))
	}
	return pool
}

// closeframeTap observes frames that continue in the next buffer.
func closeframeTap(pool [][]byte, masked bool) implementation {
	return implementation{name: ours, run: func(n int) (sum uint64) {
		var tap closetap.Tap
		if masked {
			tap = closetap.NewClient()
		}
		for i := range n {
			tap.Write(pool[i%tapPool])
			if tap.AtBoundary() && tap.Err() == nil {
				sum++
			}
		}
		return sum
	}}
}

// plainCopy copies the same bytes.
func plainCopy(pool [][]byte) implementation {
	buf := make([]byte, len(pool[0]))
	return implementation{name: copyName, run: func(n int) (sum uint64) {
		for i := range n {
			if copy(buf, pool[i%tapPool]) == len(buf) {
				sum++
			}
		}
		wrote = buf
		return sum
	}}
}
