package lab

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
	"github.com/closeframe/closeframe/internal/catalog"
)

// found returns the matches of the first group of the pattern in a text.
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

// scriptText returns the text of all scripts of the page.
func scriptText(t *testing.T) string {
	t.Helper()
	all := ""
	for _, file := range scripts {
		all += read(t, "page/"+file)
	}
	return all
}

// TestWords verifies that the catalog has exactly the texts of the page. The
// tests of the catalog compare the languages.
func TestWords(t *testing.T) {
	l := catalog.In("en")
	used := map[string]bool{}
	use := func(prefix string, keys map[string]bool) {
		for key := range keys {
			used[prefix+key] = true
		}
	}
	use("page.", found(read(t, "page/index.html"), `\.Text\.(\w+)`))

	// Some keys of texts are in variables. Their values are string literals of
	// the script or of the server.
	script := scriptText(t)
	use("script.", found(script, `say\("([^"]+)"`))
	literals := found(script, `"([A-Za-z-]+)"`)
	for key := range l.Section("lab.script") {
		if literals[key] {
			used["script."+key] = true
		}
	}
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
			use("script.", found(string(b), `note\("([^"]+)"`))
		}
	}
	for _, status := range []string{dissect.Valid, dissect.Invalid, dissect.Incomplete, dissect.Other} {
		used["script."+status] = true
	}
	for _, c := range slices.Concat(cases, ownCases) {
		for _, key := range []string{"group." + c.Group, "case." + c.ID + ".name", "case." + c.ID + ".why"} {
			used[key] = true
		}
	}
	for name := range shared {
		delete(used, "script."+name)
	}
	delete(used, "script.oneByte")
	for key := range used {
		if !l.Has("lab." + key) {
			t.Errorf("%q has no text", key)
		}
	}
	for key := range l.Section("lab") {
		kind, _, _ := strings.Cut(key, ".")
		if slices.Contains([]string{"page", "script", "group", "case"}, kind) && !used[key] {
			t.Errorf("%q is not used", key)
		}
	}
}

// TestScriptMakesNoHTML verifies that the script uses no API that parses text
// as HTML or as a script. The page's policy forbids them too.
func TestScriptMakesNoHTML(t *testing.T) {
	script := scriptText(t)
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

// TestProfiles verifies that each profile has an event for every case, in the
// page's format.
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
