package main

import (
	"os"
	"strings"
	"testing"
)

// TestMatrix verifies every combination.
func TestMatrix(t *testing.T) {
	table, err := run()
	if err != nil {
		t.Error(err)
	}
	if rows := strings.Count(table, "\n") - 2; rows != len(clients())*len(servers()) {
		t.Errorf("%d rows, want %d", rows, len(clients())*len(servers()))
	}
	if want := between(t, "../../docs/proxies.md", begin); table != want {
		t.Errorf("docs/proxies.md has\n%s\nbut the table is\n%s", want, table)
	}
}

// between returns the text of a document between the marks.
func between(t *testing.T, file, begin string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(b), begin+"\n")
	text, _, ok2 := strings.Cut(rest, "\n"+end)
	if !ok || !ok2 {
		t.Fatalf("%s: no marks", file)
	}
	return text
}

// TestRelay verifies that docs/relay.md has the output of closeframe relay
// between a real browser and a real server.
func TestRelay(t *testing.T) {
	got, err := runRelay()
	if err != nil {
		t.Fatal(err)
	}
	if want := between(t, "../../docs/relay.md", beginRelay); "```text\n"+got+"```\n" != want {
		t.Errorf("docs/relay.md has\n%s\nbut closeframe relay prints\n%s", want, got)
	}
}
