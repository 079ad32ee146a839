package main

import (
	"math"
	"runtime"
	"time"

	"github.com/closeframe/closeframe/internal/kernel"
)

// batch is how many operations are prepared at once: so few that what they use
// up takes little memory and is still in the cache.
const batch = 32

// bestBackend is what the kernel uses by default.
var bestBackend = func() string {
	all := kernel.Backends()
	return all[len(all)-1]
}()

// now is what time it is, but in a test.
var now = time.Now

// inBatches calls f for n operations in all, each time after they are prepared.
func (c *contender) inBatches(n int, f func(n int)) {
	if c.backend != "" {
		kernel.Use(c.backend)
		defer kernel.Use(bestBackend)
	}
	if c.prepare == nil {
		f(n)
		return
	}
	for ; n > 0; n -= batch {
		m := min(n, batch)
		c.prepare(m)
		f(m)
	}
}

// timed does n operations and returns how long they took.
func (c *contender) timed(n int) (d time.Duration) {
	c.inBatches(n, func(n int) {
		start := now()
		sink += c.run(n)
		d += now().Sub(start)
	})
	return d
}

// calibrate returns how many operations take about as long as turn. Where
// preparing takes longer, they are fewer: so many that the turn and what
// is prepared for it take four times as long.
func (c *contender) calibrate(turn time.Duration) int {
	cost := func(n int) time.Duration {
		start := now()
		d := c.timed(n)
		return max(d, now().Sub(start)/4, 1)
	}
	for n := 1; ; n *= 2 {
		d := cost(n)
		if d >= turn/2 {
			// Another process may have run meanwhile. If that counted, all
			// turns would be too short to be measured.
			d = min(d, cost(n), cost(n))
		}
		if d >= turn/2 || n >= 1<<26 {
			return max(1, int(float64(n)*float64(turn)/float64(d)))
		}
	}
}

// allocations returns how many allocations, and how many bytes, an operation takes:
// the fewer of two times, and none if there is less than one in a hundred operations,
// since the runtime makes some of its own.
func (c *contender) allocations(n int) (count, size float64) {
	count = math.Inf(1)
	for range 2 {
		var mallocs, bytes uint64
		c.inBatches(n, func(n int) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			sink += c.run(n)
			runtime.ReadMemStats(&after)
			mallocs += after.Mallocs - before.Mallocs
			bytes += after.TotalAlloc - before.TotalAlloc
		})
		if x := float64(mallocs) / float64(n); x < count {
			count, size = x, float64(bytes)/float64(n)
		}
	}
	if count < 0.01 {
		return 0, 0
	}
	return count, size
}
