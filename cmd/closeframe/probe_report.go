package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
	"github.com/closeframe/closeframe/internal/catalog"
	"github.com/closeframe/closeframe/internal/probe"
)

// A probeReport is a report with its output options.
type probeReport struct {
	*probe.Report
	probeFlags
	known map[string]probe.Verdict // of -baseline, by id; nil without it
	style style
	lang  *catalog.Language
	took  time.Duration
}

// readBaseline reads the verdicts of a report that -format json printed.
func readBaseline(name string) (map[string]probe.Verdict, error) {
	if name == "" {
		return nil, nil
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var rep probe.Report
	if err := json.Unmarshal(b, &rep); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(rep.Results) == 0 {
		return nil, fmt.Errorf("%s: no results: want a report of -format json", name)
	}
	m := map[string]probe.Verdict{}
	for _, r := range rep.Results {
		m[r.ID] = r.Verdict
	}
	return m, nil
}

// bad reports whether a result makes the run fail, and the reason in one line.
func (r *probeReport) bad(res *probe.Result) (string, bool) {
	if r.known != nil {
		was, ok := r.known[res.ID]
		if !ok {
			was = "unknown"
		}
		return r.say("probe.report.changed", res.ID, was, res.Verdict), was != res.Verdict
	}
	return fmt.Sprintf("got %s, expected %s", res.Got, res.Expected),
		res.Verdict == probe.Fail || res.Verdict == probe.Warn && r.strict
}

// failed reports whether the run failed.
func (r *probeReport) failed() bool {
	for i := range r.Results {
		if _, bad := r.bad(&r.Results[i]); bad {
			return true
		}
	}
	return false
}

func (r *probeReport) say(key string, args ...any) string { return probe.Say(r.lang, key, args...) }

// in returns the text of the catalog with a key, or text if there is none.
func (r *probeReport) in(key, text string) string {
	if r.lang.Has(key) {
		return r.lang.Text(key)
	}
	return text
}

// titleIn returns the title of a scenario in a language. The catalog has no
// titles such as "Close 1000", which are the same in all languages.
func titleIn(l *catalog.Language, id, title string) string {
	if key := "scenario." + id; l.Has(key) {
		return l.Text(key)
	}
	return title
}

// print prints the report in its format.
func (r *probeReport) print(s *session) {
	switch r.format {
	case "json":
		s.json(r.Report)
	case "junit":
		r.junit(s.stdout)
	case "tap":
		r.tap(s.stdout)
	case "github":
		r.github(s.stdout)
	default:
		r.text(s.stdout)
	}
}

func (r *probeReport) color(v probe.Verdict) string {
	switch v {
	case probe.Pass:
		return r.style.green(string(v))
	case probe.Warn:
		return r.style.yellow(string(v))
	case probe.Fail:
		return r.style.red(string(v))
	}
	return r.style.dim(string(v))
}

// text prints an entry for each cause of a FAIL or a WARN, or with -all and -v
// one for each scenario; then the failures again, and the counts.
func (r *probeReport) text(w io.Writer) {
	fmt.Fprintf(w, "%s %s\n", r.say("probe."+string(r.Role)), r.Peer)
	if r.all || r.verbose {
		for i := range r.Results {
			r.scenario(w, &r.Results[i])
		}
	} else {
		for _, g := range r.Groups() {
			r.entry(w, g.Verdict, strings.Join(g.IDs, " "))
			r.finding(w, &g.Finding, g.Differ)
		}
	}
	fmt.Fprintln(w)
	r.recap(w)
}

// recap prints the failures, the skipped scenarios, and the counts.
func (r *probeReport) recap(w io.Writer) {
	var failed []string
	for _, res := range r.Results {
		if res.Verdict == probe.Fail {
			failed = append(failed, res.ID)
		}
		if len(res.Verdicts) > 1 {
			var counts []string
			for v, n := range res.Verdicts {
				counts = append(counts, fmt.Sprintf("%d %s", n, v))
			}
			sort.Strings(counts)
			fmt.Fprintln(w, r.say("probe.report.repeated", res.ID, strings.Join(counts, ", ")))
		}
	}
	if len(failed) > 0 {
		r.entry(w, probe.Fail, strings.Join(failed, " "))
	}
	skips := r.Skips()
	var reasons []string
	for why := range skips {
		reasons = append(reasons, why)
	}
	sort.Strings(reasons)
	for _, why := range reasons {
		text := r.say("probe.report.skipped", len(skips[why]), why)
		if len(skips[why]) == 1 {
			text = r.say("probe.report.skipped_1", skips[why][0], why)
		}
		r.entry(w, probe.Skip, text)
	}
	if r.known != nil {
		same := true
		for i := range r.Results {
			if text, bad := r.bad(&r.Results[i]); bad {
				same = false
				fmt.Fprintln(w, text)
			}
		}
		if same {
			fmt.Fprintln(w, r.say("probe.report.unchanged", r.baseline))
		}
	}
	c := r.Counts
	counts := "probe.report.counts"
	if one := counts + ".one"; len(r.Results) == 1 && r.lang.Has(one) {
		counts = one
	}
	fmt.Fprintln(w, r.say(counts, len(r.Results), c[probe.Pass], c[probe.Warn], c[probe.Fail], c[probe.Skip], r.took))
}

// entry prints a verdict and its subject.
func (r *probeReport) entry(w io.Writer, v probe.Verdict, text string) {
	label := r.color(v)
	for _, line := range wrap(text, screen-6) {
		fmt.Fprintf(w, "%s  %s\n", label, line)
		label = "    "
	}
}

// field prints a line of an entry.
func (r *probeReport) field(w io.Writer, label, text string) {
	label = pad(label, 10)
	for _, line := range wrap(text, screen-6-10) {
		fmt.Fprintf(w, "      %s%s\n", r.style.dim(label), line)
		label = strings.Repeat(" ", 10)
	}
}

// finding prints what was received, what was expected, and the rule.
func (r *probeReport) finding(w io.Writer, f *probe.Finding, differ bool) {
	got := f.Got
	if differ {
		got = r.say("probe.report.others", got)
	}
	r.field(w, r.say("probe.report.got"), got)
	r.field(w, r.say("probe.report.expected"), f.Expected)
	// The sentences of specifications are quoted in English.
	sentence := r.in("probe.rule."+f.Rule, f.Sentence)
	level := r.in("probe.level."+f.Level, f.Level)
	r.field(w, r.say("probe.report.rule"), r.say("probe.report.quote", sentence, f.Section, level))
}

// scenario prints all details of one scenario.
func (r *probeReport) scenario(w io.Writer, res *probe.Result) {
	if (res.Verdict == probe.Pass || res.Verdict == probe.Skip) && !r.all {
		return
	}
	r.entry(w, res.Verdict, r.say("probe.report.scenario", res.ID, titleIn(r.lang, res.ID, res.Title)))
	if res.Verdict == probe.Skip {
		r.field(w, "", res.Skipped)
		return
	}
	for _, f := range res.Findings() {
		r.finding(w, &f, false)
	}
	if r.verbose {
		printEvents(w, r.style, r.lang, r.Role, res.Events)
		return
	}
	r.field(w, r.say("probe.report.sent"), res.Sent)
	r.field(w, r.say("probe.report.received"), res.Received)
}

// printEvents prints everything that was sent and received in a scenario, each
// frame byte by byte.
func printEvents(w io.Writer, st style, l *catalog.Language, peer probe.Role, events []probe.Event) {
	for _, e := range events {
		arrow, from := "→", dissect.Client
		if (e.By == "peer") == (peer == probe.Server) {
			from = dissect.Server
		}
		if e.By == "peer" {
			arrow = "←"
		}
		fmt.Fprintf(w, "\n%8.1f ms %s %s\n", e.At, arrow, st.bold(e.What))
		p := renderer{w: w, st: st, l: l, width: 2, columns: screen, perRow: 8}
		frames := dissect.Bytes(e.Bytes, dissect.Options{Lang: l.Tag(), From: from}).Frames
		for i := range frames {
			p.spans(&frames[i])
		}
	}
	fmt.Fprintln(w)
}
