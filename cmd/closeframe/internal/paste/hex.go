package paste

import (
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var hexDigits = recognizer{
	read: readRuns,
	samples: []sample{
		{"88 02 03 e8", "880203e8"},
		{"880203e8", "880203e8"},
		{"88:02:03:e8", "880203e8"},
		{"[88][02][03][E8]", "880203e8"},
		{"0x88 0x02 0x03 0xe8", "880203e8"},
		{"88h 02h 03h 0E8h", "880203e8"},
		{"[2020-05-15 22:01:32] [devel] Processing Bytes: 88 02 03 E8", "880203e8"},
	},
}

// readRuns reads groups of hex digits, alone or in log lines.
func readRuns(t *text, opt Options, r *result) {
	s := t.norm
	arrays := t.arraySpans()
	all := outside(runs(t), arrays)
	plain := isPlain(t)
	if x, ok := wrapped(t); ok {
		r.add(x)
		return
	}
	if len(all) == 0 {
		if plain && len(arrays) == 0 {
			r.fail(t, s, firstDigit(s), natural, "odd", clip(token(s[firstDigit(s):])))
		}
		return
	}
	for _, l := range t.lines {
		if strings.TrimSpace(l.s) == "*" {
			r.fail(t, s, l.from, marked, "star")
			return
		}
	}
	strong := 0
	for _, x := range all {
		if x.strong {
			strong++
		}
	}
	var pool []run
	if strong == 0 {
		if !plain {
			return // numbers in prose
		}
		pool = all
	} else {
		perLine := make([]int, len(t.lines))
		for _, x := range all {
			perLine[x.line]++
		}
		for _, x := range all {
			if x.strong || perLine[x.line] == 1 && x.units[0].to-x.units[0].from >= 2 && !alphabeticUnits(x.units) {
				pool = append(pool, x)
			}
		}
	}
	for _, x := range pool {
		if u := x.units[0].s; len(u) >= 4 && len(x.units) > 1 && strings.Trim(u, "0") == "" {
			r.fail(t, s, x.from, marked, "dump-line") // an offset of a dump that readDump did not read
			return
		}
		if x.torn {
			r.fail(t, s, x.at, natural, "odd", clip(token(s[x.at:])))
			return
		}
		if m := elisionRE.FindString(s[x.to:]); m != "" && (opt.Payload || true) {
			rest := s[x.to+len(m):]
			if k := len(strings.TrimLeft(rest, " ")); k > 0 && isHex(rest[len(rest)-k]) {
				r.fail(t, s, x.to, natural, "elided")
				return
			}
		}
	}
	if plain {
		// All of the text must be in the runs.
		at := 0
		for _, x := range all {
			if i := strings.IndexFunc(s[at:x.from], func(r rune) bool { return r < 0x80 && isHex(byte(r)) }); i >= 0 && !t.silent(at+i) && strings.ToLower(strings.TrimSpace(s[at:x.from])) != "db" { // an assembler's
				r.fail(t, s, at+i, natural, "odd", clip(token(s[at+i:])))
				return
			}
			at = x.to
		}
	}
	if rest := withoutSingles(pool); len(rest) > 0 && len(rest) < len(pool) && fit(runBytes(rest), opt) == envelope.Complete {
		addRuns(t, opt, r, rest, false)
		return
	}
	addRuns(t, opt, r, pool, plain)
	if sensible(r, opt) {
		return
	}
	// Only one of several runs of a line may be data.
	for _, choose := range []func(a, b run) bool{
		func(a, b run) bool { return true },
		func(a, b run) bool { return len(b.units) > len(a.units) },
		func(a, b run) bool { return false },
	} {
		var picked []run
		for _, x := range pool {
			if n := len(picked); n > 0 && picked[n-1].line == x.line {
				if choose(picked[n-1], x) {
					picked[n-1] = x
				}
				continue
			}
			picked = append(picked, x)
		}
		if len(picked) < len(pool) {
			addRuns(t, opt, r, picked, false)
		}
	}
}

// withoutSingles returns the runs without those of one byte in a line with
// longer ones, such as the connection in "[C1] read 4 bytes: 880203e8".
func withoutSingles(pool []run) []run {
	longest := make([]int, pool[len(pool)-1].line+1)
	for _, x := range pool {
		longest[x.line] = max(longest[x.line], x.size())
	}
	var rest []run
	for _, x := range pool {
		if x.size() > 1 || longest[x.line] == 1 {
			rest = append(rest, x)
		}
	}
	return rest
}

func runBytes(pool []run) []byte { return hexBytes(string(joinUnits(pool))) }

// wrapped reads digits that were wrapped in the middle of a byte: lines of the
// same odd length, and a last one.
func wrapped(t *text) (Reading, bool) {
	out := Reading{Form: "hex", of: t.norm, rank: natural}
	var digits []byte
	width := 0
	for n, l := range t.lines {
		s := strings.TrimSpace(l.s)
		if s == "" || strings.Trim(s, "`") == "" {
			continue
		}
		if strings.TrimLeft(s, "0123456789abcdefABCDEF") != "" || n > 0 && width > 0 && len(digits)%width != 0 {
			return out, false
		}
		if width == 0 {
			width, out.at = len(s), l.from+strings.Index(l.s, s)
		}
		if width < len(s) {
			return out, false
		}
		digits = append(digits, s...)
		out.used = append(out.used, span{l.from, l.from + len(l.s)})
	}
	if width < 16 || width%2 == 0 || len(out.used) < 2 || len(digits)%2 != 0 {
		return out, false
	}
	out.Chunks = []envelope.Chunk{{Data: hexBytes(string(digits))}}
	return out, true
}

// arraySpans returns where arrays with commas are, whose numbers are not
// digits of one run.
func (t *text) arraySpans() []span {
	var all []span
	for _, l := range t.lists() {
		if l.fault < 0 && !l.unclosed && len(l.elements) > 1 && (l.commas || l.open == "<<") {
			all = append(all, l.span)
		}
	}
	return all
}

// outside returns the runs that are in none of the spans.
func outside(all []run, spans []span) []run {
	if len(spans) == 0 {
		return all
	}
	var kept []run
	for _, x := range all {
		if !within(spans, x.from) || !within(spans, x.to-1) {
			kept = append(kept, x)
		}
	}
	return kept
}

func sensible(r *result, opt Options) bool {
	for _, x := range r.readings {
		if envelope.Open(x.Chunks).Fits(opt.Payload) >= envelope.Partial {
			return true
		}
	}
	return false
}

// isPlain reports whether a text is digits and separators, without words
// around them.
func isPlain(t *text) bool {
	any := false
	for n, quiet := range t.quiet {
		quiet = quiet[:t.ends[n]]
		for _, w := range strings.FieldsFunc(quiet, func(r rune) bool { return strings.ContainsRune(" \t,;:-[]{}()<>|\"'`\x01", r) }) {
			w = strings.TrimSuffix(strings.ToLower(w), ".")
			w = strings.TrimPrefix(w, "0x")
			if w == "" {
				continue
			}
			hex := 0
			for i := range len(w) {
				if isHex(w[i]) {
					hex++
				}
			}
			// A word with a digit and exactly one letter that is not a hex
			// digit is treated as mistyped digits.
			if hex < len(w) && !(strings.ContainsAny(w, "0123456789") && len(w) <= 2) {
				return false
			}
			any = true
		}
	}
	return any
}

// firstDigit returns the index of the first group of s that is not a byte.
func firstDigit(s string) int {
	i := strings.IndexFunc(s, func(r rune) bool { return !(r == ' ' || r == '\n' || r == '\t' || r == '\r') })
	return max(i, 0)
}
