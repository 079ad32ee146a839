package main

import (
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// An implementation does the work of a scenario with one library.
type implementation struct {
	name string // the library
	note string // how its work differs from closeframe's; "" if it does not

	// run does the work n times, cycling through the buffers of the pool. It
	// returns a number computed from all results, so that the compiler cannot
	// remove any work. The number is the same for all implementations of a
	// scenario that do the same work.
	run func(n int) uint64

	// prepare, if not nil, makes the resources for the next n operations, such
	// as new connections. It is called before each run with the same n, which
	// is at most a batch. Neither its time nor its memory counts.
	prepare func(n int)

	// backend, if not "", is the backend of closeframe's kernel to use for run.
	backend string
}

// A scenario is a task with its implementations, closeframe first.
type scenario struct {
	id              string // kind/content/size, to select by and to refer to
	size            int    // bytes per operation; 0 if that is meaningless
	implementations []implementation

	lengths []int // of each implementation's work, where they differ

	// For tests: the inputs.
	closings []closing
	texts    [][]byte
}

// A result is the measurement of one implementation in one scenario.
type result struct {
	Scenario string  `json:"-"` // see resultList
	Library  string  `json:"library"`
	Note     string  `json:"note,omitempty"`
	Bytes    int     `json:"-"`
	Nanos    float64 `json:"ns_per_op"` // median over the rounds
	Spread   float64 `json:"spread"`    // (third quartile - first quartile) / median

	// The medians over the rounds of the ratio to closeframe's time in the same
	// round, and of the difference in nanoseconds. The clock frequency may
	// change between rounds, but hardly within one.
	Ratio       float64 `json:"ratio"`
	RatioSpread float64 `json:"ratio_spread"`
	Longer      float64 `json:"longer,omitempty"`

	Allocs    float64 `json:"allocs_per_op,omitempty"`
	AllocSize float64 `json:"alloc_bytes_per_op,omitempty"`
}

// effort is the duration of the measurement.
type effort struct {
	rounds int
	turn   time.Duration // of one implementation in one round
}

// sink receives all results.
var sink uint64

// A bout is the measurement of a scenario.
type bout struct {
	scenario
	lanes   []lane
	rounds  int  // so far
	garbage bool // whether a round leaves garbage
}

// A lane is an implementation with its measurements.
type lane struct {
	implementation
	n            int       // operations in a turn
	nanos        []float64 // nanoseconds per operation, by round
	allocs, size float64
}

// start determines the number of operations in a turn of each implementation,
// and the allocations per operation.
func start(s scenario, turn time.Duration) *bout {
	b := &bout{scenario: s, lanes: make([]lane, len(s.implementations))}
	for i := range b.lanes {
		l := &b.lanes[i]
		l.implementation = s.implementations[i]
		l.n = l.calibrate(turn)
		l.allocs, l.size = l.allocations(min(l.n, 1000))
		b.garbage = b.garbage || l.prepare != nil || l.allocs > 0
	}
	return b
}

// until runs the implementations in turn until the given number of rounds is
// reached.
func (b *bout) until(rounds int) {
	if b.rounds >= rounds {
		return
	}

	// Garbage is collected between rounds. Otherwise it might be collected in
	// the turn of another implementation.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	for first := b.rounds; b.rounds < rounds; b.rounds++ {
		if b.garbage && b.rounds > first {
			runtime.GC()
		}
		for j := range b.lanes {
			l := &b.lanes[(b.rounds+j)%len(b.lanes)] // each implementation is first in turn
			l.nanos = append(l.nanos, float64(l.timed(l.n).Nanoseconds())/float64(l.n))
		}
	}
	runtime.KeepAlive(&sink)
}

// results summarizes all rounds.
func (b *bout) results() []result {
	all := make([]result, len(b.lanes))
	for i, l := range b.lanes {
		ratios, longer := make([]float64, b.rounds), make([]float64, b.rounds)
		for r, own := range b.lanes[0].nanos {
			ratios[r], longer[r] = l.nanos[r]/own, l.nanos[r]-own
		}
		m, ratio := quantile(l.nanos, 0.5), quantile(ratios, 0.5)
		all[i] = result{
			Scenario: b.id, Library: l.name, Note: l.note, Bytes: b.scenario.size,
			Nanos: rounded(m), Spread: rounded(middleHalf(l.nanos) / m),
			Ratio: rounded(ratio), RatioSpread: rounded(middleHalf(ratios) / ratio), Longer: rounded(quantile(longer, 0.5)),
			Allocs: rounded(l.allocs), AllocSize: rounded(l.size),
		}
	}
	return all
}

// passes is the number of passes over all scenarios. Each pass has a part of
// the rounds, because another virtual machine may slow the processor down for
// seconds, and not every implementation alike.
const passes = 6

// measure measures all the scenarios.
func measure(scenarios []scenario, e effort, p *progress) (all []*bout) {
	for pass := range passes {
		for i, s := range scenarios {
			p.show(pass*len(scenarios)+i+1, passes*len(scenarios), s.id)
			if pass == 0 {
				all = append(all, start(s, e.turn))
			}
			all[i].until((pass + 1) * e.rounds / passes)
		}
	}
	p.done()
	return all
}

// middleHalf returns the interquartile range of x.
func middleHalf(x []float64) float64 { return quantile(x, 0.75) - quantile(x, 0.25) }

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
