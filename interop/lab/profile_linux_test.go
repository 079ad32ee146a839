package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/closeframe/closeframe/internal/lab"
	"github.com/closeframe/closeframe/interop/browsers/browser"
)

var record = flag.Bool("record", false, "write the events of all cases to the profiles instead of comparing them")

const folder = "../../internal/lab"

func profiles(t testing.TB) []lab.Profile {
	t.Helper()
	all, err := lab.Profiles()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// differs tells that a browser does not do what its profile says.
func differs(t testing.TB, program browser.Program, id, got string, want []string) {
	t.Helper()
	for _, p := range profiles(t) {
		if major, _, _ := strings.Cut(p.Version, "."); p.Kind == program.Name && major == program.Major() {
			t.Errorf("%v: %s: %s, want %s", program, id, got, strings.Join(want, " or "))
			return
		}
	}
	t.Logf("%v, a version that was not seen yet: %s: %s, was %s", program, id, got, strings.Join(want, " or "))
}

// A row is what the page's table of all cases has of one.
type row struct {
	Case, Event, Verdict string
	Expected             []string // by the rules
}

// rows is what the page is asked for, once the table is done.
const rows = `[...document.querySelectorAll("#all tbody tr")].map((r) => ({Case: r.dataset.case, Event: r.dataset.event, Verdict: r.dataset.verdict, Expected: JSON.parse(r.dataset.expected)}))`

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
	compare(t, chromium.program, eval[[]row](p, rows))
	if s := p.text("#all-status"); !strings.Contains(s, "22 ") && !strings.Contains(s, "23 ") {
		t.Errorf("it says %q", s)
	}
	p.overflow("all cases")
}

// Firefox needs no driver: the script that it gets ends with lines that send
// the table here.
func TestAllInFirefox(t *testing.T) {
	t.Parallel()
	program, err := browser.Find(browser.Firefox)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan []byte, 1)
	h := lab.Handler(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/seen":
			b, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			seen <- b
		case "/lab.js":
			h.ServeHTTP(&longer{w, `
new MutationObserver(() => {
	if (` + done + `) fetch("/seen", {method: "POST", body: JSON.stringify(` + rows + `)});
}).observe(document.getElementById("all"), {attributes: true, attributeFilter: ["data-done"]});
`}, r)
		default:
			h.ServeHTTP(w, r)
		}
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	b, err := program.Start(ctx, server.URL+path())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Stop()
	select {
	case got := <-seen:
		var all []row
		if err := json.Unmarshal(got, &all); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		compare(t, program, all)
	case <-b.Exited():
		t.Fatalf("the browser ended:\n%s", b.Stderr())
	case <-ctx.Done():
		t.Fatalf("%v; the browser's last words:\n%s", ctx.Err(), b.Stderr())
	}
}

// A longer response has more at its end.
type longer struct {
	http.ResponseWriter
	more string
}

func (l *longer) WriteHeader(status int) {
	l.Header().Del("Content-Length")
	l.ResponseWriter.WriteHeader(status)
}

func (l *longer) Write(b []byte) (int, error) {
	n, err := l.ResponseWriter.Write(b)
	if more := l.more; err == nil && bytes.HasSuffix(b, []byte("\n")) {
		l.more = ""
		_, err = io.WriteString(l.ResponseWriter, more)
	}
	return n, err
}

// compare compares the table of all cases with the browser's profile, or writes
// that.
func compare(t *testing.T, program browser.Program, all []row) {
	t.Helper()
	want := 23
	if testing.Short() {
		want--
	}
	if len(all) != want {
		t.Errorf("%v: %d cases, want %d", program, len(all), want)
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
		for _, r := range all {
			if slices.Contains(p.Events[r.Case], r.Event) {
				same++
				if r.Verdict != "same" {
					t.Errorf("%s: the page says %s", r.Case, r.Verdict)
				}
				continue
			}
			other++
			differs(t, program, r.Case, r.Event, p.Events[r.Case])
		}
	}
	if same+other != len(all) {
		t.Errorf("%v has no profile", program)
	}
	t.Logf("%v: %d cases, %d equal to the profile, %d unknown differences", program, len(all), same, other)
}

var writing sync.Mutex

// write adds what was seen to the profile, or begins a new one if this is
// another version.
func write(t *testing.T, program browser.Program, all []row) {
	t.Helper()
	writing.Lock()
	defer writing.Unlock()
	file := filepath.Join(folder, lab.ProfilesFile)
	b, err := os.ReadFile(file) // not what is embedded: the other browser may just have been written
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Profiles []*lab.Profile `json:"profiles"`
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	name := map[string]string{browser.Chromium: "Chromium ", browser.Firefox: "Firefox "}[program.Name] + program.Major()
	i := slices.IndexFunc(f.Profiles, func(p *lab.Profile) bool { return p.Kind == program.Name })
	if i < 0 {
		i = len(f.Profiles)
		f.Profiles = append(f.Profiles, &lab.Profile{Kind: program.Name})
	}
	p := f.Profiles[i]
	if p.Version != program.Version {
		*p = lab.Profile{Kind: program.Name, Name: name, Version: program.Version, Events: map[string][]string{}}
	}
	for _, r := range all {
		events := append(p.Events[r.Case], r.Event)
		if len(r.Expected) > 1 { // a race decides, and not always as it did today
			events = append(events, r.Expected...)
		}
		slices.Sort(events)
		p.Events[r.Case] = slices.Compact(events)
	}
	slices.SortFunc(f.Profiles, func(a, b *lab.Profile) int { return strings.Compare(a.Kind, b.Kind) })
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	if err := e.Encode(f); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}
