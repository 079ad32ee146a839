package main

import (
	"fmt"
	"strings"
)

// The limits for noise. A backend is slower than unicode/utf8, or for appending
// than the next simpler backend, if the ratio is less than leastRatio and the
// difference more than mostLonger nanoseconds. The limit for invalid input is
// higher.
const (
	leastRatio        = 0.97
	mostLonger        = 0.5
	mostLongerInvalid = 3
)

// slower reports whether closeframe is slower than the implementation with
// result r.
func slower(r result) bool {
	return r.Ratio < leastRatio && -r.Longer > longest(r)
}

// isFault reports whether the texts of r are invalid.
func isFault(r result) bool { return strings.Contains(r.Scenario, "-fault-") }

// longest returns the number of nanoseconds by which closeframe may be slower.
func longest(r result) float64 {
	if isFault(r) {
		return mostLongerInvalid
	}
	return mostLonger
}

// checkBackends returns two verdicts for each backend that validates, for the
// worst of its valid and of its invalid inputs, and one for each backend that
// appends.
func checkBackends(results []result) []verdict {
	type worst struct {
		result
		kind       string
		of, slower int
	}
	var all []worst
	for _, r := range results {
		kind, _, _ := strings.Cut(r.Scenario, "/")
		if !strings.HasPrefix(kind, validateOn) && !strings.HasPrefix(kind, appendOn) || r.Library == ours {
			continue
		}
		if isFault(r) {
			kind += " invalid"
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
			Work: fmt.Sprintf("`%s`, the worst of %d", w.Scenario, w.of), Against: w.Library,
			Reached: fmt.Sprintf("%s, %+.2f ns", times(w.Ratio), -w.Longer),
			Least:   fmt.Sprintf("%s or %+.1f ns", times(leastRatio), longest(w.result)),
			Met:     "yes", Scenario: w.Scenario, Ratio: w.Ratio, Margin: rounded(w.Ratio / leastRatio),
		}
		if w.slower == 0 {
			v.Margin = max(v.Margin, 1)
		}
		if w.slower > 0 {
			v.Reached += fmt.Sprintf("; %d too slow", w.slower)
			v.Met = "no"
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}
