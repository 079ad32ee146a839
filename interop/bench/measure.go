package main

import (
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// A contender does the work of a scenario in one library's way.
type contender struct {
	name string // the library
	note string // how its work differs from closeframe's, "" if it does not

	// run does the work n times, for the first n buffers of the pool and then
	// from its beginning again, and returns a number made of all results, so that
	// the compiler can drop none of it. It is the same number for all contenders
	// of a scenario, if they do the same.
	run func(n int) uint64

	// prepare, if not nil, makes ready what the next n operations use up, such as
	// new connections. It is called before each run, with the same n, which is a
	// batch at most; neither its time nor its memory counts.
	prepare func(n int)

	// backend, if not "", is that of closeframe's kernel which run is timed with.
	backend string
}

// A scenario is one piece of work and those who do it, closeframe first.
type scenario struct {
	id         string // kind/content/size, to select by and to refer to
	size       int    // bytes an operation works on, 0 if that says nothing
	contenders []contender

	lengths []int // of each contender's work, where they differ

	// For tests: what there is to do.
	closings []closing
	texts    [][]byte
}

// A result is what one contender reached in one scenario.
type result struct {
	Scenario  string  `json:"-"` // see resultList
	Contender string  `json:"contender"`
	Note      string  `json:"note,omitempty"`
	Bytes     int     `json:"-"`
	Nanos     float64 `json:"ns_per_op"` // median over the rounds
	Spread    float64 `json:"spread"`    // (third quartile - first quartile) / median

	// Of every round, how many times as long as closeframe it took in that round,
	// and how many nanoseconds longer: the medians, since a machine whose clock
	// changes is as fast for both within a round, but not in all rounds.
	Ratio       float64 `json:"ratio"`
	RatioSpread float64 `json:"ratio_spread"`
	Longer      float64 `json:"-"`

	Allocs    float64 `json:"allocs_per_op,omitempty"`
	AllocSize float64 `json:"alloc_bytes_per_op,omitempty"`
}

// effort is how long to measure.
type effort struct {
	rounds int
	turn   time.Duration // of one contender in one round
}

// sink is where all results end.
var sink uint64

// A bout is a scenario being measured.
type bout struct {
	scenario
	lanes   []lane
	rounds  int  // so far
	garbage bool // do rounds leave any
}

// A lane is a contender with what it has reached.
type lane struct {
	contender
	n            int       // operations in a turn
	nanos        []float64 // that one took, by round
	allocs, size float64
}

// start finds out how many operations of each contender are a turn, and how many
// allocations one makes.
func start(s scenario, turn time.Duration) *bout {
	b := &bout{scenario: s, lanes: make([]lane, len(s.contenders))}
	for i := range b.lanes {
		l := &b.lanes[i]
		l.contender = s.contenders[i]
		l.n = l.calibrate(turn)
		l.allocs, l.size = l.allocations(min(l.n, 1000))
		b.garbage = b.garbage || l.prepare != nil || l.allocs > 0
	}
	return b
}

// until lets the contenders take turns until there have been so many rounds.
func (b *bout) until(rounds int) {
	if b.rounds >= rounds {
		return
	}

	// Garbage is collected between the rounds: within one, it would be collected
	// in the turn of somebody else than who made it.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	for first := b.rounds; b.rounds < rounds; b.rounds++ {
		if b.garbage && b.rounds > first {
			runtime.GC()
		}
		for j := range b.lanes {
			l := &b.lanes[(b.rounds+j)%len(b.lanes)] // nobody is always first
			l.nanos = append(l.nanos, float64(l.timed(l.n).Nanoseconds())/float64(l.n))
		}
	}
	runtime.KeepAlive(&sink)
}

// results are what all rounds come to.
func (b *bout) results() []result {
	all := make([]result, len(b.lanes))
	for i, l := range b.lanes {
		ratios, longer := make([]float64, b.rounds), make([]float64, b.rounds)
		for r, own := range b.lanes[0].nanos {
			ratios[r], longer[r] = l.nanos[r]/own, l.nanos[r]-own
		}
		m, ratio := quantile(l.nanos, 0.5), quantile(ratios, 0.5)
		all[i] = result{
			Scenario: b.id, Contender: l.name, Note: l.note, Bytes: b.scenario.size,
			Nanos: rounded(m), Spread: rounded(middleHalf(l.nanos) / m),
			Ratio: rounded(ratio), RatioSpread: rounded(middleHalf(ratios) / ratio), Longer: rounded(quantile(longer, 0.5)),
			Allocs: rounded(l.allocs), AllocSize: rounded(l.size),
		}
	}
	return all
}

// passes is how often all scenarios are gone through, each time for some of the
// rounds. Another machine on the same processor may slow it down for seconds, and not
// every contender by as much: so no scenario has all its rounds in one such time.
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

// middleHalf returns how wide the middle half of x is.
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
