package main

import "testing"

// BenchmarkAll runs every scenario and contender for benchstat, which wants
// them one after the other; go run ./bench lets them take turns.
func BenchmarkAll(b *testing.B) {
	for _, s := range scenarios() {
		for _, c := range s.contenders {
			b.Run(s.id+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				if s.size > 0 {
					b.SetBytes(int64(s.size))
				}
				sink += c.run(b.N)
			})
		}
	}
}

// Every contender works, and closeframe does not allocate.
func TestScenarios(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range scenarios() {
		if seen[s.id] {
			t.Errorf("two scenarios are called %s", s.id)
		}
		seen[s.id] = true
		for i, r := range measure(s, effort{rounds: 1}) {
			if i == 0 && r.Contender != ours {
				t.Errorf("%s: %s stands first", s.id, r.Contender)
			}
			if want := wantAllocs(s.id); r.Contender == ours && r.Allocs > want {
				t.Errorf("%s: %.2f allocations, want %v at most", s.id, r.Allocs, want)
			}
		}
	}
	for _, g := range goals {
		if !seen[g.scenario] {
			t.Errorf("no scenario measures the goal %s", g.scenario)
		}
	}
}
