package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/closeframe/closeframe/internal/catalog"
)

// TestUpToDate verifies that the committed pictures are the output of this
// program, and that there are no others.
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

// TestXML verifies that the pictures are well-formed XML with known elements
// only, without references to other files, and with colors for a dark page.
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

// word matches a Latin word outside of tags.
var word = regexp.MustCompile(`>[^<]*?([A-Za-z]{3,})[^<]*<`)

// TestThirdLanguage verifies that a language is one file of the catalog: the
// pictures in a language without Latin letters have no English words but names.
func TestThirdLanguage(t *testing.T) {
	remove, err := catalog.Add("qaa", catalog.Pseudo())
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	files, err := pictures()
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"FIN", "RSV", "MASK", "Close", "Receive", "Fail", "WriteFailed", "open", "closing"}
	for _, name := range []string{"codes.qaa.svg", "frame.qaa.svg", "handshake.qaa.svg"} {
		_, shapes, ok := bytes.Cut(files[name], []byte("</style>"))
		if !ok {
			t.Fatalf("no picture %s", name)
		}
		for _, m := range word.FindAllSubmatch(shapes, -1) {
			if !slices.Contains(names, string(m[1])) {
				t.Errorf("%s has the word %q", name, m[1])
			}
		}
	}
}
