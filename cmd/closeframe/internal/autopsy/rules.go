package autopsy

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

//go:embed rules.json
var rulesJSON []byte

// A ruleFile is the content of rules.json, the conclusions from facts.
type ruleFile struct {
	About string            `json:"about"`
	Facts map[string]string `json:"facts"` // the meaning of each fact
	Rules []rule            `json:"rules"`
}

// A rule applies if each of its conditions holds: the fact is equal to the
// value, is one of a list, or is within a minimum and a maximum.
type rule struct {
	ID         string          `json:"id"`
	When       map[string]test `json:"when"`
	Confidence string          `json:"confidence"`
	Side       string          `json:"side"`     // the fact that names the side concerned
	Evidence   []string        `json:"evidence"` // the facts to show
	Source     string          `json:"source"`   // why the conclusion holds
	Next       []string        `json:"next"`     // what to do next
	Headline   bool            `json:"headline"` // it explains more than the sentence about the end
}

// A test is a condition on a fact.
type test struct {
	any      []any // the allowed values
	absent   bool
	present  bool
	min, max *float64
}

func (t *test) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		t.absent = true
	case []any:
		t.any = v
	case map[string]any:
		t.present = true
		for name, bound := range v {
			n, ok := bound.(float64)
			if !ok {
				return fmt.Errorf("%s is %v, expected a number", name, bound)
			}
			switch name {
			case "min":
				t.min = &n
			case "max":
				t.max = &n
			default:
				return fmt.Errorf("%q is no bound", name)
			}
		}
	default:
		t.any = []any{v}
	}
	return nil
}

// holds reports whether the fact passes the test.
func (t test) holds(v any, ok bool) bool {
	switch {
	case t.absent:
		return !ok
	case !ok:
		return false
	case len(t.any) > 0:
		return slices.ContainsFunc(t.any, func(w any) bool { return v == w || number(v) == number(w) && isNumber(v) && isNumber(w) })
	case t.present && !isNumber(v):
		return t.min == nil && t.max == nil
	}
	n := number(v)
	return (t.min == nil || n >= *t.min) && (t.max == nil || n <= *t.max)
}

func isNumber(v any) bool {
	switch v.(type) {
	case int, float64:
		return true
	}
	return false
}

func number(v any) float64 {
	switch v := v.(type) {
	case int:
		return float64(v)
	case float64:
		return v
	}
	return 0
}

var rules = sync.OnceValue(func() ruleFile {
	var f ruleFile
	if err := json.Unmarshal(rulesJSON, &f); err != nil {
		panic("autopsy: rules.json: " + err.Error())
	}
	return f
})

// applyRules applies the rules in order.
func (c *Connection) applyRules() {
	c.idleTimeout()
	for _, r := range rules().Rules {
		if !r.applies(c.facts) {
			continue
		}
		f := Finding{Rule: r.ID, Confidence: r.Confidence, Evidence: map[string]any{}, next: r.Next, args: r.Evidence, headline: r.Headline}
		if s, ok := c.facts[r.Side].(string); ok {
			f.Side = Side(s)
		}
		for _, name := range r.Evidence {
			if v, ok := c.facts[name]; ok {
				f.Evidence[name] = v
			}
		}
		c.Findings = append(c.Findings, f)
	}
}

func (r *rule) applies(f facts) bool {
	for name, t := range r.When {
		v, ok := f[name]
		if !t.holds(v, ok) {
			return false
		}
	}
	return true
}
