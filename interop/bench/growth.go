package main

import (
	"fmt"
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
// nothing, and a plain copy, which is what the memory can do.
func grow(e effort) *growth {
	g := &growth{Handshake: unsafe.Sizeof(closeevent.Handshake{})}
	empty := measure(scenario{"growth/empty", 0, []contender{emptyCall()}}, e)
	g.Empty = empty[0].Nanos

	for n := 0; n <= 123; n += 3 {
		pool := closings(texts(named("chinese"), n))
		s := scenario{fmt.Sprintf("growth/payload/%d", n+2), n + 2,
			[]contender{closeframeParseMasked(pool), gobwasCipherCheck(pool), copyPayload(pool)}}
		for _, r := range measure(s, e) {
			g.Payload = append(g.Payload, point{r.Contender, r.Bytes, r.Nanos})
		}
	}
	for n := 16; n <= 16<<20; n *= 2 {
		pool := texts(named("chinese"), n)
		s := scenario{fmt.Sprintf("growth/text/%d", n), n, append(validators(pool), copyText(pool))}
		for _, r := range measure(s, e) {
			g.Text = append(g.Text, point{r.Contender, r.Bytes, r.Nanos})
		}
	}
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
