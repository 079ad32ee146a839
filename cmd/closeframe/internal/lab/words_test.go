package lab

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
)

// found returns what the first group of the pattern matches in a text.
func found(text, pattern string) map[string]bool {
	m := map[string]bool{}
	for _, s := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		m[s[1]] = true
	}
	return m
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := fs.ReadFile(files, file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// same compares the keys of texts with those that are used.
func same(t *testing.T, what string, texts map[string]string, used map[string]bool) {
	t.Helper()
	for key := range used {
		if texts[key] == "" {
			t.Errorf("%s: %q has no text", what, key)
		}
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("%s: %q is not used", what, key)
		}
	}
}

// TestWords checks that every text which the page asks for is there, in every
// language, and no other.
func TestWords(t *testing.T) {
	html, script := read(t, "page/index.html"), read(t, "page/lab.js")

	// The script asks for some by a variable. Those are literals of the
	// script all the same, or of the server.
	said := found(script, `say\("([^"]+)"`)
	literals := found(script, `"([A-Za-z-]+)"`)
	notes := map[string]bool{}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range sources {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") {
			maps.Copy(notes, found(string(b), `note\("([^"]+)"`))
		}
	}
	maps.Copy(said, notes)
	for _, status := range []string{dissect.Valid, dissect.Invalid, dissect.Incomplete, dissect.Other} {
		said[status] = true
	}
	groups, fields := map[string]bool{}, map[string]bool{}
	for _, c := range cases {
		groups[c.Group] = true
	}
	for _, f := range []dissect.Field{dissect.FIN, dissect.RSV, dissect.Opcode, dissect.MASK, dissect.Length, dissect.ExtLength, dissect.Key,
		dissect.Code, dissect.Reason, dissect.Excess, dissect.Payload} {
		fields[string(f)] = true
	}
	types := map[string]bool{}
	for op := range 16 {
		types[dissect.Bytes([]byte{byte(0x80 | op), 0}, dissect.Options{}).Frames[0].Type] = true
	}

	en := wordsOf("en")
	for _, tag := range tags {
		w := wordsOf(tag)
		if w.Name == "" {
			t.Errorf("%s has no name", tag)
		}
		same(t, tag+" page", w.Page, found(html, `\.W\.Page\.(\w+)`))
		same(t, tag+" groups", w.Groups, groups)
		same(t, tag+" fields", w.Fields, fields)
		same(t, tag+" types", w.Types, types)
		used := maps.Clone(said)
		for key := range w.Script {
			if literals[key] {
				used[key] = true
			}
		}
		same(t, tag+" script", w.Script, used)
		for key, text := range w.Script {
			want, got := placeholders(en.Script[key]), placeholders(text)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q has %v, want %v", tag, key, got, want)
			}
		}
		if len(w.Cases) != len(cases) {
			t.Errorf("%s: %d cases, want %d", tag, len(w.Cases), len(cases))
		}
		for _, c := range cases {
			if text := w.Cases[c.ID]; text.Name == "" || text.Why == "" {
				t.Errorf("%s: %s has no text", tag, c.ID)
			} else if end := map[string]string{"en": ".", "zh-Hans": "。"}[tag]; !strings.HasSuffix(text.Why, end) {
				t.Errorf("%s: %q is no sentence", tag, text.Why)
			}
		}
	}
}

// placeholders returns the names that a text has between braces.
func placeholders(text string) []string {
	return slices.Sorted(maps.Keys(found(text, `\{(\w+)\}`)))
}

// TestScriptMakesNoHTML checks that the script has none of the doors through
// which a text becomes HTML or script. The page's policy shuts them too.
func TestScriptMakesNoHTML(t *testing.T) {
	script := read(t, "page/lab.js")
	for _, door := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "setHTML", "createContextualFragment",
		"eval(", "new Function", "srcdoc", "javascript:"} {
		if strings.Contains(script, door) {
			t.Errorf("the script has %s", door)
		}
	}
	html := read(t, "page/index.html")
	if m := regexp.MustCompile(`(?i)\son\w+=|\sstyle=|<style|<script>`).FindString(html); m != "" {
		t.Errorf("the page has %q, which its policy forbids", m)
	}
}

// TestProfiles checks that each profile has an event, in the form in which the
// page writes one, for every case.
func TestProfiles(t *testing.T) {
	var f struct {
		Profiles []struct {
			Kind, Name, Version string
			Events              map[string][]string
		}
	}
	if err := json.Unmarshal([]byte(read(t, "profiles.json")), &f); err != nil {
		t.Fatal(err)
	}
	event := regexp.MustCompile(`^[0-9]+ ".*" wasClean (true|false)$`)
	for _, p := range f.Profiles {
		if p.Kind == "" || p.Name == "" || p.Version == "" || len(p.Events) != len(cases) {
			t.Errorf("%s: %q %q has events of %d cases, want %d", p.Kind, p.Name, p.Version, len(p.Events), len(cases))
		}
		for _, c := range cases {
			if len(p.Events[c.ID]) == 0 {
				t.Errorf("%s: no event of %s", p.Kind, c.ID)
			}
			for _, e := range p.Events[c.ID] {
				if !event.MatchString(e) {
					t.Errorf("%s: %s: %q is no event", p.Kind, c.ID, e)
				}
			}
		}
	}
}
