package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/closeframe/closeframe/internal/probe"
)

// probeFormats are the values of probe's flag -format.
var probeFormats = []string{"text", "json", "junit", "tap", "github"}

// The elements of a JUnit report that probe uses.
type (
	junitSuites struct {
		XMLName  xml.Name   `xml:"testsuites"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Time     string     `xml:"time,attr"`
		Suite    junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Skipped *junitSkipped `xml:"skipped"`
		Failure *junitFailure `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// junit prints the report as JUnit XML, which most CI systems display.
func (r *probeReport) junit(w io.Writer) {
	seconds := fmt.Sprintf("%.3f", r.took.Seconds())
	s := junitSuite{Name: "closeframe probe " + r.Peer, Tests: len(r.Results), Skipped: r.Counts[probe.Skip], Time: seconds}
	for i := range r.Results {
		res := &r.Results[i]
		c := junitCase{Class: "closeframe." + string(r.Role), Name: res.ID, Time: fmt.Sprintf("%.3f", res.Millis/1000)}
		why, bad := r.bad(res)
		switch {
		case bad:
			s.Failures++
			c.Failure = &junitFailure{Message: why, Type: string(res.Verdict), Text: r.details(res)}
		case res.Verdict == probe.Skip:
			c.Skipped = &junitSkipped{res.Skipped}
		case res.Verdict != probe.Pass:
			c.Out = string(res.Verdict) + "\n" + r.details(res)
		}
		s.Cases = append(s.Cases, c)
	}
	io.WriteString(w, xml.Header)
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	e.Encode(junitSuites{Tests: s.Tests, Failures: s.Failures, Time: seconds, Suite: s})
	io.WriteString(w, "\n")
}

// details returns the findings of a result as lines of text.
func (r *probeReport) details(res *probe.Result) string {
	var b strings.Builder
	fmt.Fprintln(&b, res.Title)
	for _, f := range res.Findings() {
		fmt.Fprintf(&b, "%s\n  got: %s\n  expected: %s\n  rule: %s (%s, %s)\n", f.Verdict, f.Got, f.Expected, f.Sentence, f.Section, f.Level)
	}
	if res.Skipped != "" {
		fmt.Fprintln(&b, res.Skipped)
	}
	return b.String()
}

// tap prints the report in the Test Anything Protocol, version 13.
func (r *probeReport) tap(w io.Writer) {
	fmt.Fprintf(w, "TAP version 13\n1..%d\n", len(r.Results))
	for i := range r.Results {
		res := &r.Results[i]
		status := "ok"
		if _, bad := r.bad(res); bad {
			status = "not ok"
		}
		directive := ""
		if res.Verdict == probe.Skip {
			directive = " # SKIP " + res.Skipped
		}
		fmt.Fprintf(w, "%s %d - %s%s\n", status, i+1, res.ID, directive)
		findings := res.Findings()
		if len(findings) == 0 && status == "ok" {
			continue
		}
		fmt.Fprintf(w, "  ---\n  title: %q\n  verdict: %s\n", res.Title, res.Verdict)
		if len(findings) > 0 {
			f := findings[0]
			fmt.Fprintf(w, "  got: %q\n  expected: %q\n  rule: %q\n", f.Got, f.Expected, fmt.Sprintf("%s (%s, %s)", f.Sentence, f.Section, f.Level))
		}
		fmt.Fprint(w, "  ...\n")
	}
}

// github prints workflow commands that annotate a GitHub Actions run: an error
// for each cause of a FAIL, a warning for each of a WARN. With a baseline, it
// prints an error for each change.
func (r *probeReport) github(w io.Writer) {
	note := func(kind, title, text string) {
		fmt.Fprintf(w, "::%s title=%s::%s\n", kind, escapeProperty(title), escapeData(text))
	}
	if r.known != nil {
		for i := range r.Results {
			if why, bad := r.bad(&r.Results[i]); bad {
				note("error", "closeframe probe: "+r.Results[i].ID, why+"\n"+r.details(&r.Results[i]))
			}
		}
	} else {
		for _, g := range r.Groups() {
			kind := "warning"
			if g.Verdict == probe.Fail || r.strict {
				kind = "error"
			}
			note(kind, fmt.Sprintf("closeframe probe: %s %s", g.Verdict, g.IDs[0]),
				fmt.Sprintf("got: %s\nexpected: %s\nrule: %s (%s, %s)\nscenarios: %s", g.Got, g.Expected, g.Sentence, g.Section, g.Level, strings.Join(g.IDs, " ")))
		}
	}
	r.recap(w)
}

// escapeData escapes the message of a workflow command.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// escapeProperty escapes a property of a workflow command.
func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
