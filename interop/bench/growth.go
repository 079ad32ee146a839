package main

import (
	"unsafe"

	"github.com/closeframe/closeframe/closeevent"
)

// A point is the cost of one length.
type point struct {
	Contender string  `json:"contender"`
	Bytes     int     `json:"bytes"`
	Nanos     float64 `json:"ns_per_op"`
}

// A growth is how cost grows with length, and what it holds for.
type growth struct {
	Payload   []point `json:"masked_close_by_payload"` // a masked Close parsed, Chinese
	Text      []point `json:"text_by_length"`          // Chinese text validated
	Handshake uintptr `json:"handshake_bytes"`         // what a connection costs while it is open
	Empty     float64 `json:"empty_call_ns"`           // a call that does nothing
}

// grow measures how cost grows, with the physical floor: a call that does
// nothing, and a plain copy, which is what the memory can do. All lengths take
// turns, so that a moment in which the machine was slow is no bend in a line.
func grow(e effort) *growth {
	g := &growth{Handshake: unsafe.Sizeof(closeevent.Handshake{})}
	g.Empty = measure(scenario{"growth/empty", 0, []contender{emptyCall()}}, e)[0].Nanos

	var sizes []int
	var all []contender
	points := func() (p []point) {
		for i, r := range measure(scenario{"growth", 0, all}, e) {
			p = append(p, point{r.Contender, sizes[i], r.Nanos})
		}
		sizes, all = nil, nil
		return p
	}
	add := func(n int, c ...contender) {
		for range c {
			sizes = append(sizes, n)
		}
		all = append(all, c...)
	}
	for n := 0; n <= 123; n += 3 {
		pool := closings(texts(named("chinese"), n))
		add(n+2, closeframeParseMasked(pool), gobwasCipherCheck(pool), copyPayload(pool))
	}
	g.Payload = points()
	for n := 16; n <= 16<<20; n *= 2 {
		pool := texts(named("chinese"), n)
		add(n, append(validators(pool), copyText(pool))...)
	}
	g.Text = points()
	return g
}

//go:noinline
func nothing(p []byte) uint64 { return uint64(len(p)) }

func emptyCall() contender {
	return contender{name: "empty call", run: func(n int) (sum uint64) {
		for range n {
			sum += nothing(key[:])
		}
		return sum
	}}
}

func copyText(pool [][]byte) contender {
	buf := make([]byte, len(pool[0])+4) // one of the others may be longer
	return contender{name: "plain copy", run: func(n int) (sum uint64) {
		for i := range n {
			sum += uint64(copy(buf, pool[i%poolSize])) + head(buf)
		}
		return sum
	}}
}

func copyPayload(pool []closing) contender {
	var buf [128]byte
	return contender{name: "plain copy", run: func(n int) (sum uint64) {
		for i := range n {
			m := copy(buf[:], pool[i%poolSize].maskedPayload)
			sum += head(buf[:m])
		}
		return sum
	}}
}
