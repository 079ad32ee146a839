package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is there to be read is what the last run with -write found: the tables, the plots,
// and the figures in the README.
func TestWritten(t *testing.T) {
	read := func(name ...string) []byte {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(name...))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var rep report
	if err := json.Unmarshal(read("results.json"), &rep); err != nil {
		t.Fatal(err)
	}
	var md bytes.Buffer
	rep.markdown(&md)
	if !bytes.Equal(md.Bytes(), read("results.md")) {
		t.Error("results.md has other figures than results.json")
	}
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		if !strings.Contains(string(read("..", "..", name)), "<!-- bench -->\n"+rep.summary()+"<!-- /bench -->") {
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
