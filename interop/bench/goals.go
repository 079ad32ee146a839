package main

import "fmt"

// A goal is a ratio that closeframe has set itself: so many times faster than
// a rival, at the least and as an aim.
type goal struct {
	scenario, rival string
	least, aim      float64
}

var goals = append(
	goalsFor("validate/ascii/%d", "unicode/utf8", 2.5, 3, 8, 16, 31, 32, 48, 64),
	goal{"validate/ascii/123", "unicode/utf8", 1.7, 2.3},
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

func goalsFor(scenario, rival string, least, aim float64, sizes ...int) []goal {
	var all []goal
	for _, n := range sizes {
		all = append(all, goal{fmt.Sprintf(scenario, n), rival, least, aim})
	}
	return all
}

// A verdict is how a goal was met.
type verdict struct {
	Work    string `json:"work"`
	Against string `json:"against"`
	Reached string `json:"reached"`
	Least   string `json:"at_least"`
	Aim     string `json:"aim,omitempty"`
	Met     string `json:"met"` // "aim", "least", "no"; "yes" or "no" where there is no aim

	// The scenario whose ratio it is, if it is one's.
	Scenario string  `json:"scenario,omitempty"`
	Ratio    float64 `json:"ratio,omitempty"`
}

// judge compares the results with the goals that were measured.
func judge(results []result) []verdict {
	var all []verdict
	for _, g := range goals {
		for _, r := range results {
			if r.Scenario != g.scenario || r.Contender != g.rival {
				continue
			}
			v := verdict{
				Work: "`" + g.scenario + "`", Against: g.rival, Reached: times(r.Ratio), Least: times(g.least), Aim: times(g.aim),
				Met: "no", Scenario: g.scenario, Ratio: r.Ratio,
			}
			switch {
			case r.Ratio >= g.aim:
				v.Met = "aim"
			case r.Ratio >= g.least:
				v.Met = "least"
			}
			all = append(all, v)
		}
	}
	all = append(all, judgeBackends(results)...)
	if v, ok := judgeAllocs(results); ok {
		all = append(all, v)
	}
	return all
}
