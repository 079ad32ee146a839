package main

import "fmt"

// A goal is a ratio for closeframe to reach: the time of a library divided by
// that of closeframe, as a minimum and as an aim.
type goal struct {
	scenario, library string
	least, aim        float64
}

// A limit is the time of closeframe divided by that of something else, as a
// maximum and as an aim.
type limit struct {
	scenario, other string
	most, aim       float64
}

var limits = []limit{
	{"tap/125", copyName, 6, 3},
	{"tap-masked/125", copyName, 8, 4},
}

var goals = append(
	goalsFor("validate/ascii/%d", "unicode/utf8", 2.5, 3, 8, 16, 31, 32, 48, 64),
	goal{"validate/ascii/123", "unicode/utf8", 1.7, 2.3},
	goal{"validate/ascii/" + mixedName, "unicode/utf8", 2, 2.3},
	goal{"validate/chinese/31", "unicode/utf8", 4, 5},
	goal{"validate/chinese/64", "unicode/utf8", 5, 8},
	goal{"validate/chinese/123", "unicode/utf8", 12, 15},
	goal{"validate/latin/123", "unicode/utf8", 18, 22},
	goal{"validate/cyrillic/123", "unicode/utf8", 18, 22},
	goal{"stream/chinese", "unicode/utf8", 20, 28},
	goal{"parse-masked/chinese/123", gobwas, 10, 14},
	goal{"append-masked/chinese/123", gorilla, 10, 20},
	goal{"append-masked/chinese/123", gwsName, 10, 20},
	goal{"append-masked/chinese/123", gobwas, 10, 20},
)

func goalsFor(scenario, library string, least, aim float64, sizes ...int) []goal {
	var all []goal
	for _, n := range sizes {
		all = append(all, goal{fmt.Sprintf(scenario, n), library, least, aim})
	}
	return all
}

// A verdict is the result for a goal.
type verdict struct {
	Work    string `json:"work"`
	Against string `json:"against"`
	Reached string `json:"reached"`
	Least   string `json:"at_least"`
	Aim     string `json:"aim,omitempty"`
	Met     string `json:"met"` // "aim", "least", "no"; "yes" or "no" where there is no aim

	// The scenario of the ratio, if it is a single one.
	Scenario string  `json:"scenario,omitempty"`
	Ratio    float64 `json:"ratio,omitempty"`

	// Margin is the reached value divided by the required one, so that 1 is
	// just enough and less is too little. It is 0 for goals without a value.
	Margin float64 `json:"margin,omitempty"`
}

// met returns the verdict on a reached value.
func met(reached, least, aim float64) string {
	switch {
	case reached >= aim:
		return "aim"
	case reached >= least:
		return "least"
	}
	return "no"
}

// worstGoal returns the number of verdicts that are met, and the verdict with
// the smallest or most negative margin. It returns false if none has a margin.
func worstGoal(all []verdict) (worst verdict, good int, ok bool) {
	for _, v := range all {
		if v.Met != "no" {
			good++
		}
		if v.Margin != 0 && (!ok || v.Margin < worst.Margin) {
			worst, ok = v, true
		}
	}
	return worst, good, ok
}

// checkGoals compares the results with the goals that were measured.
func checkGoals(results []result) []verdict {
	var all []verdict
	for _, g := range goals {
		for _, r := range results {
			if r.Scenario != g.scenario || r.Library != g.library {
				continue
			}
			all = append(all, verdict{
				Work: "`" + g.scenario + "`", Against: g.library, Reached: times(r.Ratio), Least: times(g.least), Aim: times(g.aim),
				Met: met(r.Ratio, g.least, g.aim), Scenario: g.scenario, Ratio: r.Ratio, Margin: rounded(r.Ratio / g.least),
			})
		}
	}
	for _, l := range limits {
		for _, r := range results {
			if r.Scenario != l.scenario || r.Library != l.other {
				continue
			}
			takes := 1 / r.Ratio
			all = append(all, verdict{
				Work: "`" + l.scenario + "`", Against: l.other, Reached: "takes " + times(takes),
				Least: "at most " + times(l.most), Aim: "at most " + times(l.aim),
				Met: met(r.Ratio, 1/l.most, 1/l.aim), Scenario: l.scenario, Ratio: r.Ratio, Margin: rounded(l.most / takes),
			})
		}
	}
	all = append(all, checkBackends(results)...)
	if v, ok := checkAllocs(results); ok {
		all = append(all, v)
	}
	return all
}
