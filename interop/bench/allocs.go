package main

import (
	"fmt"
	"strings"
)

// wantAllocs is the number of allocations that closeframe may make in a
// scenario. Only the reason of a CloseEvent is allocated.
func wantAllocs(id string) float64 {
	kind, what, _ := strings.Cut(id, "/")
	switch {
	case kind != "answer" && kind != "handshake", what == "empty", what == "code":
		return 0
	}
	return 1
}

// allocFaults names the scenarios in which closeframe allocates more than it may.
func allocFaults(results []result) (faults []string) {
	for _, r := range results {
		if r.Library == ours && r.Allocs > wantAllocs(r.Scenario) {
			faults = append(faults, fmt.Sprintf("%s: closeframe allocates %.2f times", r.Scenario, r.Allocs))
		}
	}
	return faults
}

// checkAllocs returns the verdict on the goal that nothing allocates except a
// CloseEvent's reason, and whether any scenario for it was measured.
func checkAllocs(results []result) (v verdict, ok bool) {
	const least = "0; 1 for the reason in a CloseEvent"
	v = verdict{Work: "every parse, append, step of a handshake, tap", Against: "allocations", Least: least, Reached: least, Met: "yes"}
	for _, r := range results {
		ok = ok || r.Library == ours
	}
	if faults := allocFaults(results); faults != nil {
		v.Reached, v.Met = fmt.Sprintf("more in %d scenarios", len(faults)), "no"
	}
	return v, ok
}
