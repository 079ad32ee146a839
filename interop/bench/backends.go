package main

import (
	"fmt"
	"strings"
)

// A backend is not to be slower than unicode/utf8 on the same machine, beyond
// noise: for so little of the time, or for so few nanoseconds, it may look so.
const (
	leastRatio = 0.97
	mostLonger = 0.5
)

// slower reports whether closeframe is slower than the rival whose result r is.
func slower(r result) bool { return r.Ratio < leastRatio && -r.Longer > mostLonger }

// judgeBackends returns a verdict for each backend: on the worst of its texts.
func judgeBackends(results []result) []verdict {
	type worst struct {
		result
		kind       string
		of, slower int
	}
	var all []worst
	for _, r := range results {
		kind, _, _ := strings.Cut(r.Scenario, "/")
		if !strings.HasPrefix(kind, onBackend) || r.Contender == ours {
			continue
		}
		if len(all) == 0 || all[len(all)-1].kind != kind {
			all = append(all, worst{result: r, kind: kind})
		}
		w := &all[len(all)-1]
		w.of++
		if slower(r) {
			w.slower++
		}
		if slower(r) && !slower(w.result) || slower(r) == slower(w.result) && r.Ratio < w.Ratio {
			w.result = r
		}
	}
	var verdicts []verdict
	for _, w := range all {
		v := verdict{
			Work: fmt.Sprintf("`%s`, the worst of %d", w.Scenario, w.of), Against: w.Contender,
			Reached: fmt.Sprintf("%s, %+.2f ns", times(w.Ratio), -w.Longer), Least: fmt.Sprintf("%s or %+.1f ns", times(leastRatio), mostLonger),
			Met: "yes", Scenario: w.Scenario, Ratio: w.Ratio,
		}
		if w.slower > 0 {
			v.Reached += fmt.Sprintf("; %d too slow", w.slower)
			v.Met = "no"
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}
