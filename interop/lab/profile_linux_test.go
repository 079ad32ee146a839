package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/closeframe/closeframe/interop/browsers/browser"
)

var record = flag.Bool("record", false, "write the events of all cases to the profiles instead of comparing them")

// differs reports that a browser differs from its profile.
func differs(t testing.TB, program browser.Program, id, got string, want []string) {
	t.Helper()
	for _, p := range profiles(t) {
		known := browser.Program{Name: p.Kind, Version: p.Version}
		if p.Kind == program.Name && known.Major() == program.Major() {
			t.Errorf("%v: %s: %s, want %s", program, id, got, strings.Join(want, " or "))
			return
		}
	}
	t.Logf("%v, a version without a profile: %s: %s, was %s", program, id, got, strings.Join(want, " or "))
}

// A table is the result of all cases, as the lab saves it.
type table struct {
	Browser string
	Cases   []struct {
		Case, Verdict string
		Event         event
		Expected      []event // by the rules
		Known         bool    // to the browser's profile
	}
}

// An event is a CloseEvent.
type event struct {
	Code     int
	Reason   string
	WasClean bool
}

// String returns the event as it is written in a profile.
func (e event) String() string {
	return fmt.Sprintf("%d %q wasClean %t", e.Code, e.Reason, e.WasClean)
}

// A profile has the known events of a browser.
type profile struct {
	Kind    string              `json:"kind"`
	Name    string              `json:"name"` // with the major version
	Version string              `json:"version"`
	Events  map[string][]string `json:"events"` // by case; several if a race decides
}

// profilesFile is the file with the profiles that the page compares a browser
// with.
const profilesFile = "../../cmd/closeframe/internal/lab/profiles.json"

// profiles reads the file again, because another test may have written it.
func profiles(t testing.TB) []*profile {
	t.Helper()
	b, err := os.ReadFile(profilesFile)
	if err != nil {
		t.Fatal(err)
	}
	var f struct{ Profiles []*profile }
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	return f.Profiles
}

// path returns the page that runs all cases by itself.
func path() string {
	if testing.Short() {
		return "/?all=quick"
	}
	return "/?all"
}

const done = `document.getElementById("all").dataset.done === "true"`

func TestAllInChromium(t *testing.T) {
	t.Parallel() // to Firefox: it waits most of the time
	p := open(t, desktop)
	p.visit(path())
	p.wait(done)
	compare(t, chromium.program, eval[table](p, "table"))
	if s := p.text("#all-status"); !strings.Contains(s, "22 ") && !strings.Contains(s, "23 ") {
		t.Errorf("it says %q", s)
	}
	p.overflow("all cases")
}

// TestAllInFirefox and TestAllInWebKitGTK need no driver: the page runs all
// cases by itself, and the lab saves the table.
func TestAllInFirefox(t *testing.T)   { allIn(t, browser.Firefox) }
func TestAllInWebKitGTK(t *testing.T) { allIn(t, browser.WebKitGTK) }

func allIn(t *testing.T, name string) {
	t.Parallel()
	program, err := browser.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "table.json")
	server := start(t, "-save", file)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	b, err := program.Start(ctx, server.url+path())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Stop()
	select {
	case line := <-server.lines:
		if want := "saved " + file; line != want {
			t.Fatalf("the lab printed %q, want %q", line, want)
		}
	case <-b.Exited():
		t.Fatalf("the browser ended:\n%s", b.Stderr())
	case <-ctx.Done():
		t.Fatalf("%v; the last lines of the browser's standard error:\n%s", ctx.Err(), b.Stderr())
	}
	saved, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all table
	if err := json.Unmarshal(saved, &all); err != nil {
		t.Fatalf("%s: %v", saved, err)
	}
	if want := names[name]; !strings.HasPrefix(all.Browser, want) {
		t.Errorf("the page calls the browser %q, want %s", all.Browser, want)
	}
	compare(t, program, all)
}

// names maps the browsers to their names on the page.
var names = map[string]string{browser.Chromium: "Chromium", browser.Firefox: "Firefox", browser.WebKitGTK: "WebKitGTK"}

// compare compares the table of all cases with the browser's profile, or writes
// the profile.
func compare(t *testing.T, program browser.Program, all table) {
	t.Helper()
	want := 23
	if testing.Short() {
		want--
	}
	if len(all.Cases) != want {
		t.Errorf("%v: %d cases, want %d", program, len(all.Cases), want)
	}
	if *record {
		write(t, program, all)
		return
	}
	same, other := 0, 0
	for _, p := range profiles(t) {
		if p.Kind != program.Name {
			continue
		}
		for _, r := range all.Cases {
			if slices.Contains(p.Events[r.Case], r.Event.String()) {
				same++
				if want := map[bool]string{true: "same", false: "different"}[slices.Contains(r.Expected, r.Event)]; r.Verdict != want || !r.Known {
					t.Errorf("%s: the verdict is %s, known: %t; want %s", r.Case, r.Verdict, r.Known, want)
				}
				continue
			}
			other++
			differs(t, program, r.Case, r.Event.String(), p.Events[r.Case])
		}
	}
	if same+other != len(all.Cases) {
		t.Errorf("%v has no profile", program)
	}
	t.Logf("%v: %d cases, %d equal to the profile, %d unknown differences", program, len(all.Cases), same, other)
}

var writing sync.Mutex

// write adds the results to the profile, or starts a new one if this is another
// version.
func write(t *testing.T, program browser.Program, all table) {
	t.Helper()
	writing.Lock()
	defer writing.Unlock()
	f := struct {
		Profiles []*profile `json:"profiles"`
	}{profiles(t)}
	name := names[program.Name] + " " + program.Major()
	i := slices.IndexFunc(f.Profiles, func(p *profile) bool { return p.Kind == program.Name })
	if i < 0 {
		i = len(f.Profiles)
		f.Profiles = append(f.Profiles, &profile{Kind: program.Name})
	}
	p := f.Profiles[i]
	if p.Version != program.Version {
		*p = profile{Kind: program.Name, Name: name, Version: program.Version, Events: map[string][]string{}}
	}
	for _, r := range all.Cases {
		events := append(p.Events[r.Case], r.Event.String())
		if len(r.Expected) > 1 { // a race decides, and the outcome may differ in another run
			for _, e := range r.Expected {
				events = append(events, e.String())
			}
		}
		slices.Sort(events)
		p.Events[r.Case] = slices.Compact(events)
	}
	slices.SortFunc(f.Profiles, func(a, b *profile) int { return strings.Compare(a.Kind, b.Kind) })
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	if err := e.Encode(f); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(profilesFile, out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}
