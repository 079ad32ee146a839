package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// verb matches a verb of package fmt, with its explicit argument index.
var verb = regexp.MustCompile(`%(?:\[([0-9]+)\])?[+#0-9.-]*([a-zA-Z%])`)

// verbs returns the verbs of a text with the index of the argument of each, in
// the order of the arguments.
func verbs(text string) []string {
	var list []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		list = append(list, fmt.Sprintf("%d%s", next, m[2]))
		next++
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// TestSameTexts verifies that all languages have the same keys, and that their
// texts use the same arguments. Only English must have singular forms.
func TestSameTexts(t *testing.T) {
	english := In("en")
	for _, tag := range Languages() {
		l := In(tag)
		for key, text := range l.texts {
			en, ok := english.texts[key]
			if !ok {
				t.Errorf("%s: English has no text %q", tag, key)
				continue
			}
			if got, want := verbs(text), verbs(en); !slices.Equal(got, want) {
				t.Errorf("%s: %s: the arguments are %q, in English %q", tag, key, got, want)
			}
		}
		for key := range english.texts {
			plural, singular := strings.CutSuffix(key, ".one")
			if _, ok := english.texts[plural]; singular && !ok {
				t.Errorf("%s has no plural", key)
			}
			if !l.Has(key) && !(singular && tag != "en") {
				t.Errorf("%s: no text %q", tag, key)
			}
		}
	}
}
