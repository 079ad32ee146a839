package browsers

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/closeframe/closeframe/interop/browsers/browser"
)

var record = flag.Bool("record", false, "write what is seen to the profiles instead of comparing it with them")

// profiles is the directory of the profiles.
const profiles = "../../testdata/profiles"

// A profile has the known behavior of a client.
type profile struct {
	About    string      `json:"about"`
	Client   string      `json:"client"`
	Version  string      `json:"version,omitempty"`
	Codes    []codeRange `json:"codes"`
	Outcomes []outcome   `json:"outcomes"`
}

// A codeRange has the outcome of a Close frame with one of the codes.
type codeRange struct {
	First uint16 `json:"first"`
	Last  uint16 `json:"last"`
	codeOutcome
}

// A codeOutcome is the outcome of a Close frame with a code, for any reason.
// Delivered reports whether the event is clean and has the code and the reason
// that were sent. Otherwise it is 1006, not clean, without a reason.
type codeOutcome struct {
	Delivered bool   `json:"delivered"`
	Answer    string `json:"answer"` // "as sent", "code", "empty", "none", or the frame
}

// of returns o for a Close frame with the given reason. Without a reason, an
// answer with the code and a copy of the frame are the same.
func (o codeOutcome) of(reason string) codeOutcome {
	if reason == "" && o.Answer == "code" {
		o.Answer = "as sent"
	}
	return o
}

func (o codeOutcome) String() string {
	if o.Delivered {
		return "delivered as it was sent, answer: " + o.Answer
	}
	return "1006, not clean, answer: " + o.Answer
}

// A report compares the behavior of a client with its profile, and counts the
// results.
type report struct {
	program  browser.Program
	known    profile
	path     string
	strict   bool // a difference is a failure
	outcomes map[string][]outcome
	codes    []codeOutcome // by code; nil if the profile has none

	mu                    sync.Mutex
	cases, equal, unknown int
	ours, otherwise       int // CloseEvents equal to this module's, and others
	seen                  []outcome
	seenCodes             map[uint16]codeOutcome
}

// newReport reads the profile of the running program from the directory.
func newReport(t testing.TB, folder string, program browser.Program) *report {
	t.Helper()
	r := &report{
		program:   program,
		path:      filepath.Join(folder, program.Name+".json"),
		outcomes:  map[string][]outcome{},
		seenCodes: map[uint16]codeOutcome{},
	}
	b, err := os.ReadFile(r.path)
	if err == nil {
		err = json.Unmarshal(b, &r.known)
	}
	if err != nil && !(*record && errors.Is(err, fs.ErrNotExist)) {
		t.Fatal(err)
	}
	known := browser.Program{Name: program.Name, Version: r.known.Version}
	r.strict = known.Major() == program.Major() && !*record
	if *record && r.known.Version != program.Version {
		r.known = profile{Client: program.Name, Version: program.Version}
	}
	for _, o := range r.known.Outcomes {
		r.outcomes[o.ID] = append(r.outcomes[o.ID], o)
	}
	for _, c := range r.known.Codes {
		if int(c.First) != len(r.codes) || c.Last < c.First {
			t.Fatalf("%s: codes %d to %d are out of order", r.path, c.First, c.Last)
		}
		for range int(c.Last) - int(c.First) + 1 {
			r.codes = append(r.codes, c.codeOutcome)
		}
	}
	if len(r.codes) != 1<<16 && !*record {
		t.Fatalf("%s: %d codes", r.path, len(r.codes))
	}
	return r
}

// difference reports that a case differs from the profile.
func (r *report) difference(t testing.TB, format string, args ...any) {
	t.Helper()
	r.unknown++
	if r.strict {
		t.Errorf(format, args...)
	} else if !*record {
		t.Logf(format, args...)
	}
}

// check compares an outcome with those in the profile for the same case. There
// may be several, because some endings are races.
func (r *report) check(t testing.TB, got outcome) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cases++
	r.seen = append(r.seen, got)
	known := r.outcomes[got.ID]
	if slices.Contains(known, got) {
		r.equal++
		return
	}
	if len(known) == 0 {
		r.difference(t, "%s: not in the profile (-record adds it)\n\tgot  %v", got.ID, got)
		return
	}
	want := make([]string, len(known))
	for i, k := range known {
		want[i] = k.String()
	}
	r.difference(t, "%s:\n\tgot  %v\n\twant %s", got.ID, got, strings.Join(want, "\n\tor   "))
}

// checkCode compares the outcome of a Close frame with the code.
func (r *report) checkCode(t testing.TB, code uint16, reason string, got codeOutcome) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cases++
	if before, ok := r.seenCodes[code]; ok && got.of(reason) != before.of(reason) {
		t.Errorf("code %d, reason %q: %v; with another reason: %v", code, reason, got, before)
	}
	if reason != "" {
		r.seenCodes[code] = got
	}
	if r.codes == nil {
		return // recorded for the first time
	}
	if want := r.codes[code].of(reason); got.of(reason) != want {
		r.difference(t, "code %d, reason %q:\n\tgot  %v\n\twant %v", code, reason, got, want)
		return
	}
	r.equal++
}

// compareOurs counts whether the client's event is equal to this module's.
func (r *report) compareOurs(same bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if same {
		r.ours++
	} else {
		r.otherwise++
	}
}

// summary has a line for each finished report, to be printed at the end.
var summary struct {
	sync.Mutex
	lines []string
}

// finish prints the counts, or writes the profile.
func (r *report) finish(t testing.TB) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if *record {
		r.write(t)
		return
	}
	s := fmt.Sprintf("%s: %d cases, %d equal to the profile", strings.TrimSpace(r.program.String()), r.cases, r.equal)
	if r.known.Version != r.program.Version {
		s += " (of version " + r.known.Version + ")"
	}
	s += fmt.Sprintf(", %d unknown differences", r.unknown)
	if r.ours+r.otherwise > 0 {
		s += fmt.Sprintf("; CloseEvents as from closeframe's client: %d, others: %d", r.ours, r.otherwise)
	}
	summary.Lock()
	defer summary.Unlock()
	summary.lines = append(summary.lines, s)
}

// writing is held while a profile is written: two tests may have seen the same browser.
var writing sync.Mutex

// write writes the new outcomes, and the previous ones of the same version.
func (r *report) write(t testing.TB) {
	t.Helper()
	writing.Lock()
	defer writing.Unlock()
	var before profile
	if b, err := os.ReadFile(r.path); err == nil {
		if err := json.Unmarshal(b, &before); err != nil {
			t.Fatal(err)
		}
	}
	if before.Version == r.known.Version {
		r.known.Outcomes = before.Outcomes
	}
	p := profile{
		About:    "What " + r.known.Client + " makes of Close frames and other ends: see README.md.",
		Client:   r.known.Client,
		Version:  r.known.Version,
		Outcomes: slices.Clone(r.known.Outcomes),
	}
	for _, o := range r.seen {
		if !slices.Contains(p.Outcomes, o) {
			p.Outcomes = append(p.Outcomes, o)
		}
	}
	slices.SortStableFunc(p.Outcomes, func(a, b outcome) int { return cmp.Compare(a.ID, b.ID) })
	for code := range 1 << 16 {
		o, ok := r.seenCodes[uint16(code)]
		if !ok && len(r.codes) > code {
			o, ok = r.codes[code], true
		}
		if !ok {
			t.Logf("code %d was not seen: the profile gets no codes", code)
			p.Codes = nil
			break
		}
		if n := len(p.Codes); n > 0 && p.Codes[n-1].codeOutcome == o {
			p.Codes[n-1].Last = uint16(code)
		} else {
			p.Codes = append(p.Codes, codeRange{uint16(code), uint16(code), o})
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n \"about\": %s,\n \"client\": %s,\n \"version\": %s,\n",
		line(t, p.About), line(t, p.Client), line(t, p.Version))
	fmt.Fprintf(&b, " \"codes\": [%s\n ],\n", lines(t, p.Codes))
	fmt.Fprintf(&b, " \"outcomes\": [%s\n ]\n}\n", lines(t, p.Outcomes))
	if err := os.WriteFile(r.path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d outcomes are in %s", len(p.Outcomes), r.path)
}

// line returns v as JSON on one line, and lines each element of s on its own.
func line(t testing.TB, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

func lines[T any](t testing.TB, s []T) string {
	t.Helper()
	var b strings.Builder
	for i, v := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n  " + line(t, v))
	}
	return b.String()
}
