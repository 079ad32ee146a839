package main

import (
	"runtime"
	"slices"
	"time"
)

// A contender does the work of a scenario in one library's way.
type contender struct {
	name string // the library
	note string // how its work differs from closeframe's, "" if it does not

	// run does the work n times and returns a number made of all results, so
	// that the compiler can drop none of it.
	run func(n int) uint64

	// base, if not nil, is what run has to do besides, such as making a new
	// connection: its time is taken in the same rounds and subtracted.
	base func(n int) uint64
}

// A scenario is one piece of work and those who do it, closeframe first.
type scenario struct {
	id         string // kind/content/size, to select by and to refer to
	size       int    // bytes an operation works on, 0 if that says nothing
	contenders []contender
}

// A result is what one contender reached in one scenario.
type result struct {
	Scenario  string  `json:"scenario"`
	Contender string  `json:"contender"`
	Note      string  `json:"note,omitempty"`
	Bytes     int     `json:"bytes,omitempty"`
	Nanos     float64 `json:"ns_per_op"` // median over the rounds
	Spread    float64 `json:"spread"`    // (third quartile - first quartile) / median
	Ratio     float64 `json:"ratio"`     // to closeframe's median: 2 is twice as slow
	Allocs    float64 `json:"allocs_per_op"`
	AllocSize float64 `json:"alloc_bytes_per_op"`
}

// effort is how long to measure.
type effort struct {
	rounds int
	turn   time.Duration // of one contender in one round
}

// sink is where all results end.
var sink uint64

// measure lets the contenders of s take turns.
func measure(s scenario, e effort) []result {
	type lane struct {
		run    func(int) uint64
		n      int
		nanos  []float64
		allocs float64
		size   float64
	}
	// Lane 2i is contender i, lane 2i+1 its base, which may be nil.
	lanes := make([]lane, 2*len(s.contenders))
	for i, c := range s.contenders {
		lanes[2*i].run, lanes[2*i+1].run = c.run, c.base
	}
	for i := range lanes {
		l := &lanes[i]
		if l.run == nil {
			continue
		}
		sink += l.run(poolSize) // touch everything once
		l.n = calibrate(l.run, e.turn)
		l.allocs, l.size = allocations(l.run, min(l.n, 1000))
	}
	runtime.GC()
	for r := range e.rounds {
		for j := range lanes {
			l := &lanes[(r+j)%len(lanes)] // nobody is always first
			if l.run == nil {
				continue
			}
			start := time.Now()
			sink += l.run(l.n)
			l.nanos = append(l.nanos, float64(time.Since(start).Nanoseconds())/float64(l.n))
		}
	}

	runtime.KeepAlive(&sink)

	results := make([]result, len(s.contenders))
	for i, c := range s.contenders {
		own, base := &lanes[2*i], &lanes[2*i+1]
		if base.run != nil {
			b := quantile(base.nanos, 0.5)
			for j := range own.nanos {
				own.nanos[j] -= b
			}
			own.allocs -= base.allocs
			own.size -= base.size
		}
		m := quantile(own.nanos, 0.5)
		results[i] = result{
			Scenario: s.id, Contender: c.name, Note: c.note, Bytes: s.size,
			Nanos: m, Spread: (quantile(own.nanos, 0.75) - quantile(own.nanos, 0.25)) / m,
			Allocs: own.allocs, AllocSize: own.size,
		}
		results[i].Ratio = m / results[0].Nanos
	}
	return results
}

// calibrate returns how many operations take about as long as turn.
func calibrate(run func(int) uint64, turn time.Duration) int {
	for n := 1; ; n *= 2 {
		start := time.Now()
		sink += run(n)
		if d := time.Since(start); d >= turn/2 || n >= 1<<26 {
			return max(1, int(float64(n)*float64(turn)/float64(d)))
		}
	}
}

// allocations returns how many allocations, and how many bytes, an operation takes.
func allocations(run func(int) uint64, n int) (count, size float64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	sink += run(n)
	runtime.ReadMemStats(&after)
	// Less than one in a hundred operations is the runtime's own.
	per := func(a, b uint64) float64 {
		x := float64(b-a) / float64(n)
		if x < 0.01 {
			return 0
		}
		return x
	}
	return per(before.Mallocs, after.Mallocs), per(before.TotalAlloc, after.TotalAlloc)
}

// quantile returns the q-quantile of x by linear interpolation.
func quantile(x []float64, q float64) float64 {
	s := slices.Sorted(slices.Values(x))
	at := q * float64(len(s)-1)
	i := int(at)
	if i+1 >= len(s) {
		return s[len(s)-1]
	}
	return s[i] + (at-float64(i))*(s[i+1]-s[i])
}
