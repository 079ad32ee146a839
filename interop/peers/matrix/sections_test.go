package main

import (
	"os"
	"strings"
	"testing"
)

// TestSections verifies that docs/peers.md has the sections that do not come
// from the runs of this command, and that writing it again keeps the table.
func TestSections(t *testing.T) {
	*doc = "../../../docs/peers.md"
	text, err := os.ReadFile(*doc)
	if err != nil {
		t.Fatal(err)
	}
	section := closetestSection()
	if !strings.Contains(section, "| gobwas/ws |") {
		t.Errorf("the table is lost:\n%s", section)
	}
	for _, part := range []string{section, wssSection, furtherMarkdown()} {
		if !strings.Contains(string(text), wrap(part)) {
			t.Errorf("%s does not have, as it is here:\n%s", *doc, wrap(part))
		}
	}
}
