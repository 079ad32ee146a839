package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTable verifies that docs/swap-in.md has the table of a new run.
func TestTable(t *testing.T) {
	table, err := run()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("../../docs/swap-in.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(doc), begin+"\n"+table+"\n"+end) {
		t.Errorf("docs/swap-in.md has another table; run go run ./downstream -doc ../docs/swap-in.md in interop\n%s", table)
	}
}

// TestPatch verifies that an edit that does not fit is an error.
func TestPatch(t *testing.T) {
	for _, tt := range []struct {
		edit edit
		want string // of the file, or "" if there is an error
	}{
		{edit{"a.go", "func Mask(", "func originalMask("}, "func originalMask()\nfunc F()\nfunc F()\n"},
		{edit{"a.go", "func Gone(", "func originalGone("}, ""},
		{edit{"a.go", "func F(", "func G("}, ""},
		{edit{"b.go", "func Mask(", "func originalMask("}, ""},
		{edit{file: "b.go"}, ""},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "a.go")
		if err := os.WriteFile(file, []byte("func Mask()\nfunc F()\nfunc F()\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		err := patch(dir, []edit{tt.edit})
		got, readErr := os.ReadFile(file)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if (err != nil) != (tt.want == "") || err == nil && string(got) != tt.want {
			t.Errorf("%v: %q, %v", tt.edit, got, err)
		}
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "a.go")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := patch(dir, []edit{{file: "a.go"}}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the file is not removed: %v", err)
	}
}
