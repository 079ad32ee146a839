package main

import (
	"testing"
	"time"
)

// BenchmarkAll runs every scenario and contender for benchstat, which wants
// them one after the other; go run ./bench lets them take turns. What is prepared
// takes no part in the figures, but in how long the benchmark runs.
func BenchmarkAll(b *testing.B) {
	for _, s := range scenarios() {
		for _, c := range s.contenders {
			b.Run(s.id+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				allocs, size := c.allocations(min(b.N, 1000))
				b.ResetTimer()
				d := c.timed(b.N)
				b.ReportMetric(float64(d.Nanoseconds())/float64(b.N), "ns/op")
				b.ReportMetric(allocs, "allocs/op")
				b.ReportMetric(size, "B/op")
				if s.size >= 31 {
					b.ReportMetric(float64(s.size)*float64(b.N)/d.Seconds()/1e6, "MB/s")
				}
			})
		}
	}
}

// Every contender does its work, closeframe stands first and does not allocate,
// and every goal has its scenario.
func TestScenarios(t *testing.T) {
	seen := map[string]bool{}
	var all []result
	for _, s := range scenarios() {
		if seen[s.id] {
			t.Errorf("two scenarios are called %s", s.id)
		}
		seen[s.id] = true
		if s.contenders[0].name != ours {
			t.Errorf("%s: %s stands first", s.id, s.contenders[0].name)
		}
		for _, fault := range faults(s) {
			t.Error(fault)
		}
		b := start(s, 20*time.Microsecond)
		b.until(1)
		all = append(all, b.results()...)
	}
	for _, fault := range allocFaults(all) {
		t.Error(fault)
	}
	for _, g := range goals {
		if !seen[g.scenario] {
			t.Errorf("no scenario measures the goal %s", g.scenario)
		}
	}
	for _, v := range judge(all) {
		if v.Scenario != "" && !seen[v.Scenario] {
			t.Errorf("the goal %s is of no scenario", v.Work)
		}
	}
}
