package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/closeframe/closeframe/testdata"
)

// TestFresh verifies that the files in testdata/ are the output of gen.
func TestFresh(t *testing.T) {
	for name, want := range files() {
		got, err := testdata.Files.ReadFile(name)
		if err != nil {
			t.Error(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from the output of gen: run go generate ./internal/vectors", name)
		}
	}
}

// TestChangelog verifies that the changelog has the version of the files.
func TestChangelog(t *testing.T) {
	b, err := os.ReadFile("../../../testdata/CHANGELOG.md")
	if err != nil || !bytes.Contains(b, []byte("\n## "+testdata.Version+"\n")) {
		t.Errorf("CHANGELOG.md has no section for version %s (%v)", testdata.Version, err)
	}
}
