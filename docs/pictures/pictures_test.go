package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestUpToDate demands that the committed pictures are what this program
// makes, and that there are no others.
func TestUpToDate(t *testing.T) {
	files, err := pictures()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for name, svg := range files {
		want = append(want, name)
		got, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, svg) {
			t.Errorf("%s is out of date: run go generate ./docs/pictures", name)
		}
	}
	slices.Sort(want)
	got, err := filepath.Glob("*.svg")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the pictures here are %q, want %q", got, want)
	}
}

// TestXML demands pictures that every viewer can read, and nothing in them
// but what an img element shows: no script, and nothing to fetch.
func TestXML(t *testing.T) {
	files, err := pictures()
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"svg", "title", "desc", "style", "rect", "text", "path"}
	for name, svg := range files {
		d := xml.NewDecoder(bytes.NewReader(svg))
		for {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if e, ok := tok.(xml.StartElement); ok && !slices.Contains(known, e.Name.Local) {
				t.Errorf("%s has the element %s", name, e.Name.Local)
			}
		}
		for _, ban := range []string{"url(", "href", "@import"} {
			if bytes.Contains(svg, []byte(ban)) {
				t.Errorf("%s has %s in it", name, ban)
			}
		}
		if !bytes.Contains(svg, []byte("prefers-color-scheme:dark")) {
			t.Errorf("%s has no colors for a dark page", name)
		}
	}
}
