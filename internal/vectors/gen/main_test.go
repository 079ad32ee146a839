package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
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
	i := slices.IndexFunc(entries, func(e vectors.Entry) bool { return e.Code == 1015 }) + 1
	entries = slices.Insert(entries, i, vectors.Entry{Code: 1016, Name: "Moved elsewhere", OnWire: true, Reference: []string{"RFC1"}}, vectors.Entry{Code: 1017, Name: "Never sent"})
	entries = append(entries, vectors.Entry{Code: 3009, Name: "Gone", OnWire: true})
	got := constants(code, entries)
	for _, want := range []string{
		"1015 // RFC 6455 §7.4.1, local: the TLS handshake failed\n\tMovedElsewhere          Code = 1016 // IANA, RFC1\n\tNeverSent               Code = 1017 // IANA\n",
		"408\n\tGone         Code = 3009 // IANA\n)\n",
		"last  = NeverSent\n",
		"1<<(BadGateway-first) |\n\t1<<(MovedElsewhere-first)\n",
		"1<<(TLSHandshake-first) |\n\t1<<(NeverSent-first)\n",
		"{MovedElsewhere, \"Moved elsewhere\", \"MovedElsewhere\", \"\"},\n\t{NeverSent, \"Never sent\", \"NeverSent\", \"\"},\n\t{Unauthorized,",
		"{Gone, \"Gone\", \"Gone\", \"\"},\n}\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("code.go would not contain %q", want)
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
