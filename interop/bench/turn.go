package main

import (
	"math"
	"runtime"
	"time"

	"github.com/closeframe/closeframe/internal/kernel"
)

// batch is the number of operations prepared at once. It is small enough that
// the prepared resources stay in the cache.
const batch = 32

// bestBackend is the kernel's default backend.
var bestBackend = func() string {
	all := kernel.Backends()
	return all[len(all)-1]
}()

// now returns the time. Tests replace it.
var now = time.Now

// inBatches calls f for n operations in batches, each after its preparation.
func (c *implementation) inBatches(n int, f func(n int)) {
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

// timed does n operations and returns their duration.
func (c *implementation) timed(n int) (d time.Duration) {
	c.inBatches(n, func(n int) {
		start := now()
		sink += c.run(n)
		d += now().Sub(start)
	})
	return d
}

// calibrate returns the number of operations that take about as long as turn.
// If their preparation takes longer, it returns fewer, so that a turn with its
// preparation takes four times as long.
func (c *implementation) calibrate(turn time.Duration) int {
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

// allocations returns the allocations and bytes per operation. It takes the
// lower of two measurements, and returns 0 for fewer than one allocation in a
// hundred operations, since the runtime allocates too.
func (c *implementation) allocations(n int) (count, size float64) {
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
