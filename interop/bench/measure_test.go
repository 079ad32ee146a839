package main

import (
	"math"
	"strings"
	"testing"
	"time"
)

// TestMeasure verifies that the ratio compares the times of implementations
// without their preparation.
func TestMeasure(t *testing.T) {
	var clock time.Time
	now = func() time.Time { return clock }
	defer func() { now = time.Now }()
	rounds := 0.0
	own := implementation{name: ours, run: func(n int) uint64 {
		rounds++ // each one slower than the one before
		clock = clock.Add(time.Duration(float64(n) * 10e3 * rounds))
		return uint64(n)
	}}
	prepared, done := 0, 0
	slow := implementation{
		name: "slow",
		prepare: func(n int) {
			if n > batch {
				t.Errorf("%d operations are prepared at once", n)
			}
			prepared += n
			clock = clock.Add(2 * time.Millisecond)
			sink += uint64(len(make([]byte, 1000)))
		},
		run: func(n int) uint64 {
			done += n
			clock = clock.Add(time.Duration(float64(n) * 30e3 * rounds))
			return uint64(n)
		},
	}
	r := measure([]scenario{{id: "fake", implementations: []implementation{own, slow}}}, effort{rounds: 9, turn: time.Second}, nil)[0].results()
	if rounds < 9 {
		t.Errorf("%v rounds, want 9", rounds)
	}
	if done == 0 || prepared != done {
		t.Errorf("%d operations, %d prepared", done, prepared)
	}
	if x := r[1].Ratio; x < 2.9 || x > 3.1 {
		t.Errorf("ratio %.2f, want 3", x)
	}
	if x := r[1].Longer / r[0].Nanos; x < 1.8 || x > 2.2 {
		t.Errorf("%.2f times longer, want 2", x)
	}
	if r[0].Ratio != 1 || r[0].Longer != 0 {
		t.Errorf("closeframe's ratio to itself is %v, it takes %v ns longer", r[0].Ratio, r[0].Longer)
	}
	if r[1].Allocs != 0 {
		t.Errorf("%v allocations counted that are not its own", r[1].Allocs)
	}
}

// TestCalibrate verifies that one interruption does not make a turn short.
func TestCalibrate(t *testing.T) {
	var clock time.Time
	now = func() time.Time { return clock }
	defer func() { now = time.Now }()
	for interrupted := range 8 {
		calls := 0
		c := implementation{run: func(n int) uint64 {
			clock = clock.Add(time.Duration(n) * time.Microsecond)
			if calls == interrupted {
				clock = clock.Add(10 * time.Millisecond)
			}
			calls++
			return 0
		}}
		if n := c.calibrate(time.Millisecond); n < 900 || n > 1100 {
			t.Errorf("interrupted in call %d: %d operations of a microsecond, want 1,000", interrupted, n)
		}
	}
}

// TestAllocFaults verifies that allocations are counted, and that an allocation
// of closeframe fails a run.
func TestAllocations(t *testing.T) {
	var keep [][]byte
	c := implementation{name: ours, run: func(n int) uint64 {
		for range n {
			keep = append(keep[:0], make([]byte, 64))
		}
		return uint64(len(keep))
	}}
	if n, size := c.allocations(1000); math.Round(n) != 1 || math.Round(size) != 64 {
		t.Errorf("%v allocations of %v bytes, want 1 of 64", n, size)
	}
	for id, faulty := range map[string]bool{"parse-masked/code": true, "handshake/code": true, "handshake/ascii/31": false} {
		got := allocFaults([]result{{Scenario: id, Library: ours, Allocs: 1}, {Scenario: id, Library: gorilla, Allocs: 9}})
		if (got != nil) != faulty {
			t.Errorf("one allocation in %s: %q", id, got)
		}
	}
}

func TestVerdicts(t *testing.T) {
	library := func(id string, ratio, longer float64) result {
		return result{Scenario: id, Library: "unicode/utf8", Ratio: ratio, Longer: longer}
	}
	for _, test := range []struct {
		results []result
		want    string // work and verdict
	}{
		{[]result{library("validate/ascii/8", 3, 9)}, "`validate/ascii/8` aim"},
		{[]result{library("validate/ascii/8", 2.9, 9)}, "`validate/ascii/8` least"},
		{[]result{library("validate/ascii/8", 2.4, 9)}, "`validate/ascii/8` no"},
		{[]result{library("validate-go/ascii/8", 1.2, 1)}, "`validate-go/ascii/8`, the worst of 1 yes"},
		{[]result{library("validate-go/a/1", 1.2, 1), library("validate-go/a/2", 1.1, 1)}, "`validate-go/a/2`, the worst of 2 yes"},
		// A difference of only 0.5 ns or of only 3 % is noise.
		{[]result{library("validate-go/a/1", 0.9, -0.4), library("validate-go/a/2", 1, 0)}, "`validate-go/a/1`, the worst of 2 yes"},
		{[]result{library("validate-go/a/1", 0.98, -4)}, "`validate-go/a/1`, the worst of 1 yes"},
		{[]result{library("validate-go/a/1", 0.7, -0.4), library("validate-go/a/2", 0.96, -0.6)}, "`validate-go/a/2`, the worst of 2 no"},
		{[]result{library("validate-go/a/1", 1.5, 2), library("validate-avx2/a/1", 1.4, 2)},
			"`validate-go/a/1`, the worst of 1 yes; `validate-avx2/a/1`, the worst of 1 yes"},
		// Invalid inputs have a separate verdict, and may take 3 ns longer.
		{[]result{library("validate-go/a/1", 0.98, 0), library("validate-go/a-fault-at-end/1", 0.9, -2.9)},
			"`validate-go/a/1`, the worst of 1 yes; `validate-go/a-fault-at-end/1`, the worst of 1 yes"},
		{[]result{library("validate-go/a-fault-at-end/1", 0.9, -3.1)}, "`validate-go/a-fault-at-end/1`, the worst of 1 no"},
		// A limit applies to the inverse ratio.
		{[]result{{Scenario: "tap/125", Library: copyName, Ratio: 0.34}}, "`tap/125` aim"},
		{[]result{{Scenario: "tap/125", Library: copyName, Ratio: 0.17}}, "`tap/125` least"},
		{[]result{{Scenario: "tap/125", Library: copyName, Ratio: 0.16}}, "`tap/125` no"},
	} {
		var got []string
		for _, v := range checkGoals(test.results) {
			got = append(got, v.Work+" "+v.Met)
		}
		if s := strings.Join(got, "; "); s != test.want {
			t.Errorf("%v: got %s, want %s", test.results, s, test.want)
		}
	}
	for allocs, want := range map[float64]string{0: "yes", 1: "no"} {
		v := checkGoals([]result{{Scenario: "parse-masked/code", Library: ours, Allocs: allocs}})
		if len(v) != 1 || v[0].Met != want {
			t.Errorf("%v allocations: %v, want %s", allocs, v, want)
		}
	}
}

// TestWorstGoal verifies that the goal with the smallest margin is named.
func TestWorstGoal(t *testing.T) {
	std := func(id string, ratio float64) result {
		return result{Scenario: id, Library: stdName, Ratio: ratio, Longer: 9}
	}
	for _, test := range []struct {
		results []result
		worst   string
		good    int
	}{
		{[]result{std("validate/ascii/8", 2.6), std("validate/ascii/123", 1.75)}, "`validate/ascii/123`", 2},
		{[]result{std("validate/ascii/8", 2.4), std("validate/ascii/123", 1.75)}, "`validate/ascii/8`", 1},
		{[]result{std("validate/ascii/8", 2.6), {Scenario: "tap/125", Library: copyName, Ratio: 1 / 6.1}}, "`tap/125`", 1},
		{[]result{std("validate/ascii/8", 2.6), std("validate-go/a/1", 0.99)}, "`validate-go/a/1`, the worst of 1", 2},
	} {
		worst, good, ok := worstGoal(checkGoals(test.results))
		if !ok || worst.Work != test.worst || good != test.good {
			t.Errorf("%v: %s, %d met, want %s, %d", test.results, worst.Work, good, test.worst, test.good)
		}
	}
	if _, _, ok := worstGoal(nil); ok {
		t.Error("the worst of no goals is named")
	}
}

// TestMemory verifies that exactly the memory kept by a connection is counted.
func TestMemory(t *testing.T) {
	for _, k := range []struct {
		open   func(int) func()
		lo, hi float64
	}{
		{keep(func() *[1 << 10]byte { return new([1 << 10]byte) }), 1000, 1100},
		{keep(func() *[]byte { sink += uint64(len(make([]byte, 1000))); return nil }), -20, 20},
	} {
		fill := k.open(1000)
		before := live()
		fill()
		if got := (live() - before) / 1000; got < k.lo || got > k.hi {
			t.Errorf("%.1f bytes a connection, want %v to %v", got, k.lo, k.hi)
		}
		fill()
	}
}
