package main

import (
	"testing"
	"time"
)

// BenchmarkAll runs every scenario and implementation for benchstat, one after
// the other, whereas go run ./bench alternates them. The figures do not include
// the preparation of connections.
func BenchmarkAll(b *testing.B) {
	for _, s := range scenarios() {
		for _, c := range s.implementations {
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

// TestScenarios verifies that every implementation does its work, that
// closeframe is first and does not allocate, and that every goal has its
// scenario.
func TestScenarios(t *testing.T) {
	seen := map[string]bool{}
	var all []result
	for _, s := range scenarios() {
		if seen[s.id] {
			t.Errorf("two scenarios are called %s", s.id)
		}
		seen[s.id] = true
		if s.implementations[0].name != ours {
			t.Errorf("%s: %s is first", s.id, s.implementations[0].name)
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
	for _, v := range checkGoals(all) {
		if v.Scenario != "" && !seen[v.Scenario] {
			t.Errorf("no scenario has the goal %s", v.Work)
		}
	}
}
