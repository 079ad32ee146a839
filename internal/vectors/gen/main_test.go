package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/closeframe/closeframe/internal/vectors"
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

// TestConstants verifies that code.go has every code of the registry, and that
// new ones are added to it at the right places.
func TestConstants(t *testing.T) {
	b, err := os.ReadFile("../../../closecode/code.go")
	if err != nil {
		t.Fatal(err)
	}
	code := string(b)
	entries, _ := vectors.Registry()
	if constants(code, entries) != code {
		t.Error("code.go lacks a code: run go generate ./internal/vectors")
	}
	i := slices.IndexFunc(entries, func(e vectors.Entry) bool { return e.Code >= 3000 })
	last, end := entries[i-1], entries[len(entries)-1]
	moved := vectors.Entry{Code: last.Code + 1, Name: "Moved test", OnWire: true, Reference: []string{"RFC1"}}
	never := vectors.Entry{Code: last.Code + 2, Name: "Never test"}
	gone := vectors.Entry{Code: end.Code + 1, Name: "Gone test", OnWire: true}
	entries = append(slices.Insert(entries, i, moved, never), gone)
	got := constants(code, entries)
	for _, want := range []string{
		fmt.Sprintf(`%d //.*\n\tMovedTest +Code = %d // IANA, RFC1\n\tNeverTest +Code = %d // IANA\n`, last.Code, moved.Code, never.Code),
		fmt.Sprintf(`%d //.*\n\tGoneTest +Code = %d // IANA\n\)\n`, end.Code, gone.Code),
		`last  = NeverTest\n`,
		fmt.Sprintf(`, %d and 3000–4999\.\n`, moved.Code),
		`const sendable = (1<<.* \|\n\t)+1<<\(MovedTest-first\)\n`,
		`const local = (1<<.* \|\n\t)+1<<\(NeverTest-first\)\n`,
		`\t{MovedTest, "Moved test", "MovedTest", ""},\n\t{NeverTest, "Never test", "NeverTest", ""},\n\t{[A-Z]`,
		`\t{GoneTest, "Gone test", "GoneTest", ""},\n}\n`,
	} {
		if !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("code.go would not match %q", want)
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
