// Package docs_test tests the documentation: its examples, and its links.
package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// documents returns the paths of all documents, from the root of the module.
func documents(t *testing.T) []string {
	t.Helper()
	var docs []string
	for _, glob := range []string{"../*.md", "*.md", "../testdata/*.md", "../interop/*.md", "../fuzz/*.md"} {
		m, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, m...)
	}
	if len(docs) < 5 {
		t.Fatalf("found the documents %q only", docs)
	}
	return docs
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var goBlock = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")

// TestExamples verifies that every Go snippet in these documents is a part of a
// test in this directory, of the recipes in interop, which have tests there, or
// of the tests named.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, tested := range []string{"../interop/peers/swapin/*.go", "../interop/migration/*.go", "../examples/echo/*.go", "../examples/echo/ownframing/*.go"} {
		more, err := filepath.Glob(tested)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	files = append(files, "../closetest/testdata/newcomer/close_test.go", "../examples/stack/closetest_test.go")
	var tests strings.Builder
	for _, f := range files {
		tests.WriteString(read(t, f))
	}
	blocks := 0
	for _, doc := range documents(t) {
		if filepath.Dir(doc) != "." && !strings.HasPrefix(doc, "../README") {
			continue
		}
		for _, m := range goBlock.FindAllStringSubmatch(read(t, doc), -1) {
			blocks++
			if !strings.Contains(tests.String(), m[1]) {
				line, _, _ := strings.Cut(m[1], "\n")
				t.Errorf("%s: the code that begins %q is in no test of this directory", doc, line)
			}
		}
	}
	if blocks < 4 {
		t.Errorf("found %d blocks of code, want 4 at least", blocks)
	}
}

// TestLines verifies the numbers of lines that the documents state, and that the
// READMEs are short.
func TestLines(t *testing.T) {
	for path, most := range map[string]int{
		"../README.md": 200, "../README.zh-CN.md": 200,
		"../examples/echo/main.go": 119, "../examples/echo/ownframing/main.go": 119, // embedding.md
		"../examples/proxy/main.go": 350, // proxies.md
	} {
		if n := strings.Count(read(t, path), "\n"); n > most {
			t.Errorf("%s has %d lines, want at most %d", path, n, most)
		}
	}
}
