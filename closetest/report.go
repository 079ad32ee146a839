package closetest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/closeframe/closeframe/internal/probe"
	"github.com/closeframe/closeframe/internal/vectors"
)

// A suite is one call of a function of this package.
type suite struct {
	config
	t    *testing.T
	name string

	mu     sync.Mutex
	counts map[string]int
	broken map[string][]string // the failures by rule
}

// newSuite applies the options.
func newSuite(t *testing.T, name string, opts []Option) *suite {
	t.Helper()
	s := &suite{t: t, name: name, counts: map[string]int{}, broken: map[string][]string{}}
	for _, o := range opts {
		o(&s.config)
	}
	for _, err := range s.errs {
		t.Errorf("closetest: %v", err)
	}
	if len(s.errs) > 0 {
		t.FailNow()
	}
	return s
}

// done logs how many vectors or scenarios passed, and which rules the others
// break.
func (s *suite) done() {
	s.t.Helper()
	text := fmt.Sprintf("closetest: %s: %d passed, %d known, %d failed", s.name, s.counts["passed"], s.counts["known"], s.counts["failed"])
	for _, more := range []string{"warned", "skipped"} {
		if n := s.counts[more]; n > 0 {
			text += fmt.Sprintf(", %d %s", n, more)
		}
	}
	rules := slices.SortedFunc(maps.Keys(s.broken), func(a, b string) int {
		return cmp.Or(len(s.broken[b])-len(s.broken[a]), strings.Compare(a, b))
	})
	for _, rule := range rules {
		ids := s.broken[rule]
		text += fmt.Sprintf("\n  %s: %d failed, such as %s", rule, len(ids), slices.Min(ids))
	}
	s.t.Log(text)
}

func (s *suite) count(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[what]++
}

// vector runs the check of one vector as a subtest.
func (s *suite) vector(id string, check func() *problem) {
	s.t.Helper()
	if !s.runs(id) {
		return
	}
	s.t.Run(id, func(t *testing.T) {
		t.Helper()
		if p := check(); p != nil {
			s.settle(t, id, ruleName(p.rule), p.String())
		} else {
			s.settle(t, id, "", "")
		}
	})
}

// settle ends a subtest. The text describes the problem, if there is one, and
// rule is the rule that is broken, if it is known.
func (s *suite) settle(t *testing.T, id, rule, text string) {
	t.Helper()
	why, known := s.why(id)
	switch {
	case text == "" && known:
		s.count("failed")
		t.Errorf("%s passes, but is listed as known to fail (%s): remove it from Known", id, why)
	case text == "":
		s.count("passed")
	case known:
		s.count("known")
		t.Logf("known: %s\n%s", why, text)
	default:
		s.count("failed")
		if rule != "" {
			s.mu.Lock()
			s.broken[rule] = append(s.broken[rule], id)
			s.mu.Unlock()
		}
		t.Error(text)
	}
}

// A problem is a vector for which the implementation returned another result.
type problem struct {
	id            string
	bytes         []byte // given, or nil
	given         string // if not bytes
	expected, got string
	rule          string // id in rules.json
	note          string // why another result may be acceptable
}

func (p *problem) String() string {
	var b strings.Builder
	b.WriteString(p.id)
	given := p.given
	if given == "" {
		given = hex(p.bytes)
	}
	line(&b, "given", given)
	line(&b, "expected", p.expected)
	line(&b, "got", p.got)
	line(&b, "rule", ruleName(p.rule)+": "+ruleOf(p.rule).Rule)
	if p.note != "" {
		line(&b, "note", p.note)
	}
	return b.String()
}

func line(b *strings.Builder, label, text string) {
	fmt.Fprintf(b, "\n  %-9s %s", label+":", strings.ReplaceAll(text, "\n", "\n            "))
}

// hex returns b in hexadecimal, and its length.
func hex(b []byte) string {
	switch len(b) {
	case 0:
		return "no bytes"
	case 1:
		return fmt.Sprintf("%x (1 byte)", b)
	}
	return fmt.Sprintf("% x (%d bytes)", b, len(b))
}

// ruleName returns the section, the id and the level of a rule of rules.json.
func ruleName(id string) string {
	r := ruleOf(id)
	where, level := r.Spec, r.Level
	switch {
	case r.Spec == "closeframe":
		where = "closeframe's own reading"
	case r.Section != "":
		where += " §" + r.Section
	}
	if level == "def" {
		level = "definition"
	}
	return fmt.Sprintf("%s (%s, %s)", where, r.ID, level)
}

func ruleOf(id string) vectors.Rule {
	rules := vectors.Rules()
	i := slices.IndexFunc(rules, func(r vectors.Rule) bool { return r.ID == id })
	return rules[i] // the tests of internal/vectors verify that there is one
}

// everyID returns the id of every vector and scenario.
var everyID = sync.OnceValue(func() []string {
	var ids []string
	for _, v := range vectors.Payloads() {
		ids = append(ids, v.ID)
	}
	for _, v := range vectors.Frames() {
		ids = append(ids, v.ID)
	}
	for _, v := range vectors.Encodings() {
		ids = append(ids, v.ID)
	}
	for _, v := range vectors.Texts() {
		ids = append(ids, v.ID)
	}
	for _, sc := range scenarios().Scenarios {
		ids = append(ids, sc.ID)
	}
	return ids
})

// scenarios returns the scenarios of testdata. Load cannot fail: the file is
// embedded, and the tests of internal/probe load it.
var scenarios = sync.OnceValue(func() *probe.Set {
	set, _ := probe.Load()
	return set
})
