package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/internal/catalog"
	"github.com/closeframe/closeframe/internal/probe"
	"github.com/closeframe/closeframe/testdata"
)

func TestFile(t *testing.T) {
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	got, err := testdata.Files.ReadFile("scenarios.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("testdata/scenarios.json is not what go run ./internal/probe/gen prints")
	}
}

// TestTexts verifies that the catalog has exactly the titles of the scenarios
// but "Close N", and all rules that are not quoted, with the text of rules.json.
func TestTexts(t *testing.T) {
	set, err := probe.Load()
	if err != nil {
		t.Fatal(err)
	}
	titles := catalog.In("en").Section("scenario")
	for _, sc := range set.Scenarios {
		if _, ok := titles[sc.ID]; !ok && !regexp.MustCompile(`^Close \d+$`).MatchString(sc.Title) {
			t.Errorf("no title of %s in the catalog", sc.ID)
		}
		delete(titles, sc.ID)
	}
	for id := range titles {
		t.Errorf("the catalog has a title of %s, which is not a scenario", id)
	}
	texts := catalog.In("en").Section("probe.rule")
	for id, r := range set.Rules {
		want := r.Text
		if strings.HasPrefix(want, "“") {
			want = ""
		}
		if texts[id] != want {
			t.Errorf("rule %s in the catalog is %q, want %q", id, texts[id], want)
		}
	}
}
