package browsers

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/interop/browsers/browser"
)

// A fakeT records what a report reports to a test.
type fakeT struct {
	testing.TB
	errors, logs []string
}

func (j *fakeT) Helper()                      {}
func (j *fakeT) Errorf(f string, args ...any) { j.errors = append(j.errors, fmt.Sprintf(f, args...)) }
func (j *fakeT) Logf(f string, args ...any)   { j.logs = append(j.logs, fmt.Sprintf(f, args...)) }

// TestReport verifies that a difference from the profile fails the test at the
// profile's major version, and is only printed at other versions.
func TestReport(t *testing.T) {
	if *record {
		t.Skip("nothing is compared while profiles are written")
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "chromium.json"), []byte(`{
		"client": "chromium", "version": "156.0.8078.79",
		"codes": [
			{"first": 0, "last": 999, "delivered": false, "answer": "880203ea"},
			{"first": 1000, "last": 65535, "delivered": true, "answer": "code"}
		],
		"outcomes": [
			{"id": "race", "code": 1000, "reason": "bye", "wasClean": true, "sent": "8800"},
			{"id": "race", "code": 1006, "reason": "", "wasClean": false, "sent": ""}
		]}`), 0o666); err != nil {
		t.Fatal(err)
	}
	clean := closeevent.Event{Code: 1000, Reason: "bye", WasClean: true}
	for _, test := range []struct {
		name  string
		check func(j *fakeT, r *report)
		want  string // part of the report; "" if there is no difference
	}{
		{"known", func(j *fakeT, r *report) {
			r.check(j, outcome{ID: "race", Event: clean, Sent: "8800"})
		}, ""},
		{"known too", func(j *fakeT, r *report) {
			r.check(j, outcome{ID: "race", Event: closeevent.Event{Code: 1006}})
		}, ""},
		{"another event", func(j *fakeT, r *report) {
			r.check(j, outcome{ID: "race", Event: closeevent.Event{Code: 1005, WasClean: true}, Sent: "8800"})
		}, `1005 "", clean; it sent 8800`},
		{"not clean", func(j *fakeT, r *report) {
			r.check(j, outcome{ID: "race", Event: closeevent.Event{Code: 1000, Reason: "bye"}, Sent: "8800"})
		}, `1000 "bye", not clean`},
		{"another answer", func(j *fakeT, r *report) {
			r.check(j, outcome{ID: "race", Event: clean, Sent: "880203e8"})
		}, "it sent 880203e8"},
		{"an error event", func(j *fakeT, r *report) {
			r.check(j, outcome{ID: "race", Event: clean, Sent: "8800", Error: true})
		}, "error event"},
		{"a message", func(j *fakeT, r *report) {
			r.check(j, outcome{ID: "race", Event: clean, Sent: "8800", Messages: 1})
		}, "1 messages"},
		{"an exception", func(j *fakeT, r *report) {
			r.check(j, outcome{ID: "race", Event: clean, Sent: "8800", Threw: "SyntaxError"})
		}, "close threw SyntaxError"},
		{"a case of its own", func(j *fakeT, r *report) {
			r.check(j, outcome{ID: "new", Event: clean})
		}, "new: not in the profile"},
		{"known code", func(j *fakeT, r *report) {
			r.checkCode(j, 999, "bye", codeOutcome{false, "880203ea"})
			r.checkCode(j, 1000, "bye", codeOutcome{true, "code"})
			r.checkCode(j, 1000, "", codeOutcome{true, "as sent"})
		}, ""},
		{"code delivered", func(j *fakeT, r *report) {
			r.checkCode(j, 999, "bye", codeOutcome{true, "code"})
		}, "code 999"},
		{"code answered otherwise", func(j *fakeT, r *report) {
			r.checkCode(j, 1000, "bye", codeOutcome{true, "as sent"})
		}, "code 1000"},
	} {
		for version, strict := range map[string]bool{"156.0.8078.79": true, "156.0.9000.1": true, "157.0.1.1": false, "15.0": false} {
			j := &fakeT{TB: t}
			r := newReport(j, folder, browser.Program{Name: "chromium", Version: version})
			test.check(j, r)
			said, silent := j.errors, j.logs
			if !strict {
				said, silent = silent, said
			}
			switch {
			case len(silent) != 0 || test.want == "" && (len(said) != 0 || r.unknown != 0 || r.equal != r.cases):
				t.Errorf("%s at %s: errors %q, logs %q", test.name, version, j.errors, j.logs)
			case test.want != "" && (len(said) != 1 || !strings.Contains(said[0], test.want) || r.unknown != 1 || r.equal != 0):
				t.Errorf("%s at %s: %q, %d unknown; want one with %q", test.name, version, said, r.unknown, test.want)
			}
		}
	}
}

// TestClassify verifies that only delivered and rejected Close frames are
// classified as such.
func TestClassify(t *testing.T) {
	event := closeevent.Event{Code: 1001, Reason: "bye", WasClean: true}
	for _, test := range []struct {
		o    outcome
		want codeOutcome
		bad  bool
	}{
		{o: outcome{Event: event, Sent: "880503e9627965"}, want: codeOutcome{true, "as sent"}},
		{o: outcome{Event: event, Sent: "880203e9"}, want: codeOutcome{true, "code"}},
		{o: outcome{Event: event, Sent: "8800"}, want: codeOutcome{true, "empty"}},
		{o: outcome{Event: event}, want: codeOutcome{true, "none"}},
		{o: outcome{Event: closeevent.Event{Code: 1006}, Sent: "880203ea"}, want: codeOutcome{false, "880203ea"}},
		{o: outcome{Event: closeevent.Event{Code: 1001, Reason: "bye"}}, bad: true},
		{o: outcome{Event: closeevent.Event{Code: 1001, WasClean: true}}, bad: true},
		{o: outcome{Event: closeevent.Event{Code: 1006, WasClean: true}}, bad: true},
	} {
		j := &fakeT{TB: t}
		got := classify(j, 1001, "bye", test.o)
		if (len(j.errors) != 0) != test.bad || !test.bad && got != test.want {
			t.Errorf("%v: %v, errors %q; want %v", test.o, got, j.errors, test.want)
		}
	}
}
