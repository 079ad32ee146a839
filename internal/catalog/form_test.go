package catalog

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestForm verifies that no text has superfluous spaces or invalid characters.
func TestForm(t *testing.T) {
	check := func(where, text string) {
		switch {
		case text == "" && !strings.HasSuffix(where, "word.space"):
			t.Errorf("%s is empty", where)
		case strings.TrimSpace(text) != text && !strings.Contains(where, "word."):
			t.Errorf("%s begins or ends with space: %q", where, text)
		case strings.ContainsAny(text, "\t\r") || strings.Contains(text, "  "):
			t.Errorf("%s has stray space: %q", where, text)
		case !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError):
			t.Errorf("%s is not UTF-8: %q", where, text)
		}
	}
	for _, tag := range Languages() {
		l := In(tag)
		for key, text := range l.texts {
			check(tag+": "+key, text)
		}
		for key, d := range descriptions(l) {
			for field, text := range fields(d) {
				check(tag+": "+key+": "+field, text)
			}
		}
	}
}

// TestFiles verifies that no object of a file has a duplicate key, which a
// decoder would not report.
func TestFiles(t *testing.T) {
	for _, tag := range Languages() {
		f, err := files.Open(tag + ".json")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		d := json.NewDecoder(f)
		if err := noDuplicates(d, tag); err != nil {
			t.Error(err)
		}
		if d.More() {
			t.Errorf("%s: bytes after the JSON object", tag)
		}
	}
}

func noDuplicates(d *json.Decoder, at string) error {
	tok, err := d.Token()
	if err != nil {
		return err
	}
	switch tok {
	case json.Delim('{'):
		seen := make(map[string]bool)
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return err
			}
			name := path.Join(at, key.(string))
			if seen[name] {
				return fmt.Errorf("%s occurs twice", name)
			}
			seen[name] = true
			if err := noDuplicates(d, name); err != nil {
				return err
			}
		}
		_, err = d.Token()
	case json.Delim('['):
		for d.More() {
			if err := noDuplicates(d, at); err != nil {
				return err
			}
		}
		_, err = d.Token()
	}
	return err
}
