// Package rulebook has the sentences of the specifications that the command
// quotes. They are those of testdata/rules.json.
package rulebook

import (
	"encoding/json"
	"strings"
	"sync"

	"github.com/closeframe/closeframe/closetap"
	"github.com/closeframe/closeframe/frame"
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

// names has the names of violations, which are those of the test vectors.
var names = map[error]string{
	frame.ErrReservedBits:  "reserved_bits",
	frame.ErrFragmented:    "fragmented",
	frame.ErrMasked:        "masked",
	frame.ErrUnmasked:      "unmasked",
	frame.ErrTooLong:       "too_long",
	frame.ErrShort:         "short",
	frame.ErrInvalidCode:   "invalid_code",
	frame.ErrInvalidUTF8:   "invalid_utf8",
	closetap.ErrAfterClose: "after_close",
}

// Name returns the name of a violation, such as "too_long".
func Name(violation error) string { return names[violation] }

// broken has the IDs of the rules that violations break, by name. Those that
// follow the names above are found by autopsy alone.
var broken = map[string]string{
	"reserved_bits":   "R06",
	"fragmented":      "R13",
	"masked":          "R03",
	"unmasked":        "R02",
	"too_long":        "R13",
	"short":           "R14",
	"invalid_code":    "R47",
	"invalid_utf8":    "R23",
	"after_close":     "R17",
	"reserved_opcode": "R07",
	"invalid_text":    "R23",
	"interleaved":     "R62",
	"continuation":    "R63",
}

// Broken returns the rule that the violation with the given name breaks.
func Broken(name string) Rule { return Of(broken[name]) }

// Section returns the section that the violation with the given name breaks.
func Section(name string) string {
	switch name {
	case "invalid_code":
		return "RFC 6455 §7.4" // the subsection depends on the code
	case "bad_accept":
		return "RFC 6455 §4.1"
	}
	return Broken(name).Section
}

// Href returns the address of the section of a rule, or "".
func Href(section string) string {
	if n, ok := strings.CutPrefix(section, "RFC 6455 §"); ok {
		return "https://www.rfc-editor.org/rfc/rfc6455#section-" + n
	}
	return ""
}
