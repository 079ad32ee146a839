package main

import (
	"os"
	"strings"
	"testing"
)

// TestWrap verifies that only paragraphs and list items are wrapped, and that
// code is not.
func TestWrap(t *testing.T) {
	long := strings.Repeat("word ", 20)
	in := "# " + long + "\n\n" + long + "`in code`, end\n\n| " + long + "|\n\n    " + long + "\n- " + long + "end\n- item\n"
	want := "# " + long + "\n\n" + strings.TrimSuffix(long, " ") + "\n`in code`, end\n\n| " + long + "|\n\n    " + long + "\n- " +
		strings.TrimSuffix(strings.Repeat("word ", 19), " ") + "\n  word end\n- item\n"
	if got := wrap(in); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestWrapped verifies that docs/peers.md is wrapped.
func TestWrapped(t *testing.T) {
	text, err := os.ReadFile("../../../docs/peers.md")
	if err != nil {
		t.Fatal(err)
	}
	if wrap(string(text)) != string(text) {
		t.Error("docs/peers.md is not as written by this command")
	}
}
