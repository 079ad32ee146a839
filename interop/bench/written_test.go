package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWritten verifies that the tables, the charts and the figures in the
// documents are those of results.json, which the last run with -write wrote, and
// that encode is the inverse of decode.
func TestWritten(t *testing.T) {
	read := func(name ...string) []byte {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(name...))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	file := read("results.json")
	rep, err := decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := rep.encode(); err != nil || !bytes.Equal(again, file) {
		t.Errorf("results.json is not as encode writes it (%v)", err)
	}
	var md bytes.Buffer
	rep.markdown(&md)
	if !bytes.Equal(md.Bytes(), read("results.md")) {
		t.Error("results.md has other figures than results.json")
	}
	blocks := map[string]string{"docs/performance.md": rep.chapter()}
	for name, s := range readmes {
		blocks[name] = rep.summary(s)
		if rows := strings.Count(blocks[name], "\n| ") - 1; rows > 8 {
			t.Errorf("%s has %d rows of figures, want at most 8", name, rows)
		}
	}
	for name, block := range blocks {
		if !strings.Contains(string(read("..", "..", name)), "<!-- bench -->\n"+block+"<!-- /bench -->") {
			t.Errorf("%s has other figures than results.json", name)
		}
	}
	dir := t.TempDir()
	if err := rep.plots(dir); err != nil {
		t.Fatal(err)
	}
	plots, err := os.ReadDir(dir)
	if err != nil || len(plots) == 0 {
		t.Fatal("no plots", err)
	}
	for _, p := range plots {
		if !bytes.Equal(read(dir, p.Name()), read("..", "..", "docs", "bench", p.Name())) {
			t.Errorf("%s is drawn from other figures than those in results.json", p.Name())
		}
	}
}

// TestStyle verifies that a chart looks like the other pictures: every rule of
// its style, except those for its lines, is also in their style.
func TestStyle(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "pictures", "frame.svg"))
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(b), "@media")
	ourLight, ourDark, ok2 := strings.Cut(style, "@media")
	if !ok || !ok2 {
		t.Fatal("no colors for a dark page")
	}
	own := regexp.MustCompile(`^\.(k\d?|floor|grid)\{`)
	for _, pair := range [][2]string{{ourLight, light}, {ourDark, dark}} {
		for rule := range strings.Lines(pair[0]) {
			name, _, _ := strings.Cut(rule, "{")
			if own.MatchString(rule) || name == ".line" && pair[0] == ourDark {
				continue // the pictures set the color of .line together with others
			}
			if !strings.Contains(pair[1], rule) {
				t.Errorf("the pictures do not have the rule %s", rule)
			}
		}
	}
}
