package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTranslation verifies that each Chinese document has the structure of the
// English one. The commands and the code are equal, except for output and the
// comments of commands. The links are equal, or lead to a translation.
// Headings, rows and list items are in the same order, and the numbers in the
// tables are equal. No line is broken between two Chinese characters.
func TestTranslation(t *testing.T) {
	translations := 0
	for _, en := range documents(t) {
		zh := strings.TrimSuffix(en, ".md") + ".zh-CN.md"
		if _, err := os.Stat(zh); err == nil {
			translations++
			t.Run(filepath.Base(zh), func(t *testing.T) { testTranslation(t, en, zh) })
		}
	}
	if translations < 4 {
		t.Errorf("found %d Chinese documents, want at least 4", translations)
	}
}

func testTranslation(t *testing.T, enPath, zhPath string) {
	en, zh := read(t, enPath), read(t, zhPath)

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
			switch {
			case strings.HasPrefix(block, "```text\n"):
				block = "```text" // output is in the language of the document
			case strings.HasPrefix(block, "```sh\n"):
				block = regexp.MustCompile(` +# .*`).ReplaceAllString(block, "")
			}
			list = append(list, block)
		}
		return list
	}
	compare("code", code(zh), code(en))
	compare("markers", comment.FindAllString(zh, -1), comment.FindAllString(en, -1))

	// A translated sentence may have its links in another order. A Chinese
	// document links to the Chinese one where there is one, and marks links to
	// English ones.
	targets := func(text string) []string {
		var list []string
		for _, l := range links(text) {
			path, _, _ := strings.Cut(l, "#") // the headings have other names
			path = strings.NewReplacer(".zh-Hans.svg", ".svg", ".zh-CN.md", ".md").Replace(path)
			if path != "" && path != filepath.Base(enPath) {
				list = append(list, path)
			}
		}
		slices.Sort(list)
		return list
	}
	compare("links", targets(zh), targets(en))
	for _, m := range link.FindAllStringSubmatchIndex(zh, -1) {
		path, _, _ := strings.Cut(zh[m[2]:m[3]], "#")
		if !strings.HasSuffix(path, ".md") || strings.Contains(path, ":") || path == filepath.Base(enPath) {
			continue
		}
		translated := strings.HasSuffix(path, ".zh-CN.md")
		marked := strings.HasPrefix(zh[m[1]:], "（英文）")
		_, err := os.Stat(filepath.Join(filepath.Dir(zhPath), strings.TrimSuffix(path, ".md")+".zh-CN.md"))
		switch {
		case !translated && err == nil:
			t.Errorf("%s is linked in English, and there is a translation", path)
		case translated == marked:
			t.Errorf("%s: the mark （英文） is wrong or missing", path)
		}
	}

	// shape returns the kinds of all lines that are not running text.
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

	// A browser shows a line break between two Chinese characters as a space.
	for _, m := range regexp.MustCompile(`.{0,9}\p{Han}\n *\p{Han}.{0,9}`).FindAllString(fence.ReplaceAllString(zh, ""), -1) {
		t.Errorf("a line is broken between two Chinese characters: %q; break it after punctuation", m)
	}
}
