package main

import (
	"bytes"
	"testing"

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
