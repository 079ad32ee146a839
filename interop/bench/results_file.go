package main

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// The file results.json has the data of results.md, the charts and the README.
// It has one line per scenario.

// encode returns the contents of results.json.
func (rep *report) encode() ([]byte, error) {
	b, err := json.Marshal(rep)
	if err != nil {
		return nil, err
	}
	return append(breakLines(b, 2), '\n'), nil
}

// decode returns the report in the contents of results.json.
func decode(b []byte) (*report, error) {
	rep := new(report)
	return rep, json.Unmarshal(b, rep)
}

// breakLines puts every value of compact JSON that is nested at most depth deep
// on a line of its own.
func breakLines(compact []byte, depth int) []byte {
	var b bytes.Buffer
	level, quoted, escaped := 0, false, false
	newline := func() {
		b.WriteByte('\n')
		for range level {
			b.WriteByte('\t')
		}
	}
	for _, c := range compact {
		if c == '"' && !escaped {
			quoted = !quoted
		}
		escaped = c == '\\' && !escaped
		if !quoted && (c == '}' || c == ']') {
			if level--; level < depth {
				newline()
			}
		}
		b.WriteByte(c)
		switch {
		case quoted:
		case c == '{' || c == '[':
			if level++; level <= depth {
				newline()
			}
		case c == ',' && level <= depth:
			newline()
		}
	}
	return b.Bytes()
}

// A resultList is written as one list of results per scenario.
type resultList []result

// A scenarioResults has the results of one scenario, without its name.
type scenarioResults struct {
	Scenario string   `json:"scenario"`
	Bytes    int      `json:"bytes,omitempty"`
	Results  []result `json:"results"`
}

// MarshalJSON groups the results by scenario.
func (l resultList) MarshalJSON() ([]byte, error) {
	var groups []scenarioResults
	for _, r := range l {
		if n := len(groups); n == 0 || groups[n-1].Scenario != r.Scenario {
			groups = append(groups, scenarioResults{Scenario: r.Scenario, Bytes: r.Bytes})
		}
		g := &groups[len(groups)-1]
		g.Results = append(g.Results, r)
	}
	return json.Marshal(groups)
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (l *resultList) UnmarshalJSON(b []byte) error {
	var groups []scenarioResults
	if err := json.Unmarshal(b, &groups); err != nil {
		return err
	}
	*l = nil
	for _, g := range groups {
		for _, r := range g.Results {
			r.Scenario, r.Bytes = g.Scenario, g.Bytes
			*l = append(*l, r)
		}
	}
	return nil
}

// rounded returns x rounded to eight significant digits, the precision of the
// file.
func rounded(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 8, 64), 64)
	if err != nil {
		panic(err) // FormatFloat wrote it
	}
	return y
}
