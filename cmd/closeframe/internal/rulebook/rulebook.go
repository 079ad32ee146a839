// Package rulebook has the sentences of the specifications that the command
// quotes. They are those of testdata/rules.json.
package rulebook

import (
	"encoding/json"
	"strings"
	"sync"

	"github.com/closeframe/closeframe/testdata"
)

// A Rule is a sentence of a specification.
type Rule struct {
	Section string // such as "RFC 6455 §5.5.1"
	Quote   string // the exact sentence
}

var rules = sync.OnceValue(func() map[string]Rule {
	var v struct {
		Rules []struct{ ID, Spec, Section, Quote string }
	}
	if err := json.Unmarshal(testdata.Rules, &v); err != nil {
		panic("rulebook: " + err.Error()) // the file is embedded
	}
	m := make(map[string]Rule, len(v.Rules))
	for _, r := range v.Rules {
		m[r.ID] = Rule{r.Spec + " §" + r.Section, r.Quote}
	}
	return m
})

// Of returns the rule with an ID of testdata/rules.json. It panics for any other
// ID, and for a rule without a quote.
func Of(id string) Rule {
	r := rules()[id]
	if r.Quote == "" {
		panic("rulebook: no quote for " + id)
	}
	return r
}

// Href returns the address of the section of a rule, or "".
func Href(section string) string {
	if n, ok := strings.CutPrefix(section, "RFC 6455 §"); ok {
		return "https://www.rfc-editor.org/rfc/rfc6455#section-" + n
	}
	return ""
}
