package main

import (
	"bytes"
	"testing"

	"github.com/closeframe/closeframe/testdata"
)

// TestFresh is for the files in testdata/ being what gen writes.
func TestFresh(t *testing.T) {
	for name, want := range files() {
		got, err := testdata.Files.ReadFile(name)
		if err != nil {
			t.Error(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what gen writes: go generate ./internal/vectors", name)
		}
	}
}
