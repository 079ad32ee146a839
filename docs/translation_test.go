package docs_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTranslation demands that README.zh-CN.md says what README.md says, as
// far as a test can see: the same commands and code, but for the comments of
// commands, the same links (to a translation where there is one), as many
// headings, rows and points in the same order, and the same numbers in the
// tables.
func TestTranslation(t *testing.T) {
	en, zh := read(t, "../README.md"), read(t, "../README.zh-CN.md")

	compare := func(what string, got, want []string) {
		t.Helper()
		for i := range max(len(got), len(want)) {
			switch {
			case i >= len(got):
				t.Errorf("%s: %q is missing", what, want[i])
			case i >= len(want):
				t.Errorf("%s: %q is in the translation alone", what, got[i])
			case got[i] != want[i]:
				t.Errorf("%s: got %q, want %q", what, got[i], want[i])
			default:
				continue
			}
			return
		}
	}
	code := func(text string) (list []string) {
		for _, block := range fence.FindAllString(text, -1) {
			if strings.HasPrefix(block, "```sh\n") {
				block = regexp.MustCompile(` +# .*`).ReplaceAllString(block, "")
			}
			list = append(list, block)
		}
		return list
	}
	compare("code", code(zh), code(en))
	compare("markers", comment.FindAllString(zh, -1), comment.FindAllString(en, -1))

	// Sentences may have their links in another order.
	targets := func(text string, others ...string) []string {
		var list []string
		for _, l := range links(text) {
			l = strings.Replace(l, ".zh-Hans.svg", ".svg", 1)
			path, _, _ := strings.Cut(l, "#") // the headings have other names
			if path != "" && !slices.Contains(others, path) {
				list = append(list, path)
			}
		}
		slices.Sort(list)
		return list
	}
	compare("links", targets(zh, "README.md"), targets(en, "README.zh-CN.md"))

	// What kind of line each is, where it is not running text.
	shape := func(text string) []string {
		var list []string
		for line := range strings.Lines(fence.ReplaceAllString(text, "")) {
			if kind := regexp.MustCompile(`^(#+ |- |\| |\d+\. )`).FindString(line); kind != "" {
				if kind == "| " {
					kind += strings.Join(regexp.MustCompile(`[0-9]+([.,][0-9]+)*`).FindAllString(line, -1), " ")
				}
				list = append(list, kind)
			}
		}
		return list
	}
	compare("lines", shape(zh), shape(en))
}
