package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/closeframe/closeframe/internal/probe"
)

// markdown returns docs/peers.md with the results of the runs.
func markdown(set *probe.Set, suites []*suite) []byte {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	p(`# How other libraries close

<!-- Written by interop/peers/run doc. Do not edit. -->

Each library below was run as its registry provides it, as a server and as a client where it has both, and used as
its own documentation shows. [closeframe probe](../testdata/scenarios.json) played its scenarios against it, and
closeframe's [reference stack](../examples/stack) closed connections with it from both sides. Every cell is from those
runs; nothing was taken from reading code or reports. All of these libraries carry real traffic every day. The
differences are details of RFC 6455's rules about closing, as seen at these versions, on Linux, over loopback.

CI runs the libraries of the first table for every change and fails if a result differs, so their
results are of the commit that this page is in. No result depends on the processor.

To run everything again, in the folder ` + "`" + `interop` + "`" + `:

    ./peers/run

To see every finding about one library: ` + "`" + `go run ./peers/matrix -peers '^ws$' -v` + "`" + `. To see one scenario byte by byte,
against a server of your own: ` + "`" + `closeframe probe -run '^one-byte-03$' -v ws://localhost:8080/` + "`" + `.

## Who was run

| library | version | from | roles | tells its application | used as in |
|---|---|---|---|---|---|
`)
	byPeer := [][]*suite{}
	for _, s := range suites {
		if n := len(byPeer); n > 0 && byPeer[n-1][0].peer == s.peer {
			byPeer[n-1] = append(byPeer[n-1], s)
		} else {
			byPeer = append(byPeer, []*suite{s})
		}
	}
	for _, g := range byPeer {
		s := g[0]
		p("| %s (%s) | %s | %s | %s | %s | [%s](../interop/peers/%s) |\n", s.peer.Name, s.peer.Language, s.version, s.peer.Source, roles(g), s.peer.Tells, s.peer.File, s.peer.File)
	}
	p("\nlesismal/nbio is not among them: it was tested [with closetest](#go-libraries-with-closetest) alone.\n")

	p("\n## Counts\n\nFAIL breaks a MUST. WARN breaks a SHOULD or a convention. SKIP could not be played: the library has no compression, or\ncannot be told to close.\n\n")
	p("| library | role | PASS | WARN | FAIL | SKIP |\n|---|---|--:|--:|--:|--:|\n")
	for _, s := range suites {
		if s.report == nil {
			continue
		}
		c := s.report.Counts
		p("| %s | %s | %d | %d | %d | %d |\n", s.peer.Name, s.role, c[probe.Pass], c[probe.Warn], c[probe.Fail], c[probe.Skip])
	}

	p("\n## Rules × libraries\n\nA row is a rule that scenarios are about. ✓: all scenarios PASS. ~: some WARN. ✗ n/m: n of m scenarios FAIL. –: not\nplayed. S and C mark the server and the client where they differ.\n\n")
	p("| rule | ")
	for _, g := range byPeer {
		p("%s | ", g[0].peer.Name)
	}
	p("\n|---|%s\n", strings.Repeat("---|", len(byPeer)))
	used := map[string]bool{}
	for _, sc := range set.Scenarios {
		if used[sc.Rule] {
			continue
		}
		used[sc.Rule] = true
		r := set.Rules[sc.Rule]
		p("| %s, %s: %s | ", strings.TrimPrefix(r.Section, "RFC 6455 "), r.Level, rowTitle[sc.Rule])
		for _, g := range byPeer {
			p("%s | ", cell(set, g, sc.Rule))
		}
		p("\n")
	}

	p("\n## Findings\n")
	for _, g := range byPeer {
		s := g[0]
		p("\n### %s %s\n\n", s.peer.Name, s.version)
		if s.peer.Note != "" {
			p("%s\n\n", s.peer.Note)
		}
		p("`go run ./peers/matrix -peers '^%s$' -v`\n\n", s.peer.Name)
		none := true
		for _, line := range findings(set, g) {
			none = false
			p("- %s\n", line)
		}
		if none {
			p("No FAIL, and no difference.\n")
		}
	}
	p("%s", furtherMarkdown())
	return []byte(wrap(b.String()))
}

// inWords names the two sides of a close, stack and peer, for readers.
var inWords = strings.NewReplacer(
	"stack closes with", "closeframe closes with",
	"stack drops TCP", "closeframe drops TCP",
	"peer closes with", "it closes with",
	"peer is told to close with", "it is told to close with",
	"peer drops TCP", "it drops TCP",
)

// rowTitle maps a rule to a short description.
var rowTitle = map[string]string{
	"R02": "unmasked frames fail", "R04": "masked frames fail", "R06": "reserved bits fail", "R07": "reserved opcodes fail",
	"R08": "lengths are minimal", "R11": "Close within a message", "R62": "fragments in order", "R63": "a continuation needs a first fragment", "R13": "control frames: whole, at most 125 bytes",
	"R14": "a code has two bytes", "R15": "reasons in UTF-8 are accepted", "R18": "a Close is answered", "R20": "after both Closes, TCP is closed", "R21": "both close at once",
	"R23": "invalid UTF-8 fails", "R26": "who closes TCP", "R29": "closing by itself", "R32": "TCP is closed without a Close",
	"R37": "to fail closes TCP", "R39": "nothing is processed after failing", "R47": "1005, 1006, 1015 are not sent", "R48": "1004 is reserved",
	"R51": "ranges of codes", "R54": "codes below 1000 and above 4999", "I01": "codes of the registry", "R55": "nothing after a Close", "R56": "no compressed Close",
}

func roles(g []*suite) string {
	var w []string
	for _, s := range g {
		w = append(w, string(s.role))
	}
	return strings.Join(w, ", ")
}

// cell is one library's outcome in the scenarios about one rule.
func cell(set *probe.Set, g []*suite, rule string) string {
	ids := map[string]bool{}
	for _, sc := range set.Scenarios {
		if sc.Rule == rule {
			ids[sc.ID] = true
		}
	}
	var cells []string
	for _, s := range g {
		failed, warned, n := 0, 0, 0
		if s.report != nil {
			for _, r := range s.report.Results {
				if !ids[r.ID] || r.Verdict == probe.Skip {
					continue
				}
				n++
				switch r.Verdict {
				case probe.Fail:
					failed++
				case probe.Warn:
					warned++
				}
			}
		}
		c := "✓"
		switch {
		case n == 0:
			c = "–"
		case failed > 0:
			c = fmt.Sprintf("✗ %d/%d", failed, n)
		case warned > 0:
			c = "~"
		}
		cells = append(cells, c)
	}
	if len(cells) == 1 || cells[0] == cells[1] || cells[1] == "–" {
		return cells[0]
	}
	if cells[0] == "–" {
		return cells[1]
	}
	letter := map[probe.Role]string{probe.Server: "S ", probe.Client: "C "}
	return letter[g[0].role] + cells[0] + ", " + letter[g[1].role] + cells[1]
}

// findings returns a library's divergences, similar ones in one line.
func findings(set *probe.Set, g []*suite) []string {
	type like struct{ rule, what string }
	var order []like
	causes := map[string]string{} // what the first scenario with each cause showed
	ids := map[like][]string{}
	in := map[like]map[probe.Role]bool{}
	for _, s := range g {
		for _, d := range s.divergences() {
			l := like{d.Rule, d.What}
			if d.Cause != "" {
				if first, ok := causes[d.Cause]; ok {
					l.what = first
				} else {
					causes[d.Cause] = l.what
				}
			}
			name := "`" + d.ID + "`"
			if d.In == "close" {
				l.rule = ""
				l.what = d.ID
				if len(d.Cases) > 0 {
					l.what += " " + strings.Join(d.Cases, ", ")
				}
				l.what += ": " + d.What
				name = ""
			}
			if ids[l] == nil {
				order = append(order, l)
				in[l] = map[probe.Role]bool{}
			}
			if !slices.Contains(ids[l], name) {
				ids[l] = append(ids[l], name)
			}
			in[l][s.role] = true
		}
	}
	var lines []string
	for _, l := range order {
		as := ""
		if len(g) == 2 && len(in[l]) == 1 {
			as = "as client: "
			if in[l][probe.Server] {
				as = "as server: "
			}
		}
		if l.rule == "" {
			lines = append(lines, as+inWords.Replace(l.what)+".")
			continue
		}
		lines = append(lines, fmt.Sprintf("%s%s (%s, %s) in %s", as, l.what, set.Rules[l.rule].Section, set.Rules[l.rule].Level, strings.Join(ids[l], ", ")))
	}
	return lines
}
