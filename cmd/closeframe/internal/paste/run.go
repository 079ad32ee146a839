package paste

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

// A run is groups of digits in a line, with separators between them.
type run struct {
	span
	line   int
	units  []cell
	strong bool // more than a number with another purpose in a log
	torn   bool // the adjacent text looks like digits too
	clear  bool // it is surrounded by only a label and a comment
	at     int  // the index where it is interrupted
}

var (
	// unitRE matches a group of hex digits.
	unitRE = regexp.MustCompile(`^(?:0[xX][0-9a-fA-F]+|[0-9a-fA-F]+[hH]?|&[hH][0-9a-fA-F]+)`)
	// separatorRE matches the separators between two groups.
	separatorRE = regexp.MustCompile(`^(?:[ \t]*\]\[[ \t]*|[ \t]*[,;:|][ \t]*|-|[ \t]+)`)
	elisionRE   = regexp.MustCompile(`^\s*(?:\.\.\.|…)`)
	hexWordRE   = regexp.MustCompile(`(?i)hex`)
	behindRE    = regexp.MustCompile(`^[\s\])}>,;.|"'` + "`" + `)!?]*$`)
	prefixedRE  = regexp.MustCompile(`(?:[:=\]>|<$#)("'` + "`" + `*✓]|^|\x01[^\w]*|→|←|- )\s*$`)
)

// runs finds the groups of hex digits of a text.
func runs(t *text) []run {
	var all []run
	for n, l := range t.lines {
		quiet := t.quiet[n]
		end := comment(quiet)
		for i := 0; i < end; {
			c := quiet[i]
			if !isHex(c) && c != '&' || i > 0 && (isWord(quiet[i-1]) || strings.IndexByte(`.-/\%=&$@`, quiet[i-1]) >= 0 && !(quiet[i-1] == '=' || quiet[i-1] == '-' && i > 1 && isSpace(quiet[i-2]))) {
				i++
				continue
			}
			x, next := runAt(quiet[:end], i)
			if len(x.units) == 0 {
				i = max(i+1, next)
				for i < end && isWord(quiet[i]) {
					i++
				}
				continue
			}
			x.line = n
			rest := quiet[x.to:end]
			x.torn, x.at = tornBehind(rest, x.to)
			if before := strings.TrimRight(quiet[:x.from], " \t"); !x.torn && before != "" {
				k := len(before)
				for k > 0 && isHex(before[k-1]) {
					k--
				}
				if d := len(before) - k; d > 0 && d%2 != 0 && d < 3 && (k == 0 || isSpace(before[k-1])) {
					x.torn, x.at = true, k
				}
			}
			x.clear = prefixedRE.MatchString(quiet[:x.from]) && behindRE.MatchString(rest)
			x.strong = strongUnits(x.units) || len(x.units) == 1 && len(x.units[0].s) >= 4 && hexWordRE.MatchString(l.s)
			next = x.to
			x.from += l.from
			x.to += l.from
			x.at += l.from
			for k := range x.units {
				x.units[k].from += l.from
				x.units[k].to += l.from
			}
			all = append(all, x)
			i = next
		}
	}
	return all
}

// runAt returns the run that starts at s[i], and the index to continue at if
// there is none.
func runAt(s string, i int) (x run, next int) {
	x.from = i
	for {
		m := unitRE.FindString(s[i:])
		if m == "" {
			return x, i
		}
		j := i + len(m)
		digits := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(m), "0x"), "&h"), "0x")
		prefixed := len(digits) < len(m)
		if strings.HasSuffix(digits, "h") {
			digits = strings.TrimSuffix(digits, "h")
			if len(digits) == 3 && digits[0] == '0' {
				digits = digits[1:] // an assembler's 0E8h
			}
			prefixed = true
		}
		if j < len(s) && (isWord(s[j]) || s[j] == '%' || s[j] == '\\') || len(digits)%2 != 0 && !(prefixed && len(digits) == 1) || digits == "" {
			return x, j
		}
		if len(digits) == 1 {
			digits = "0" + digits
		}
		x.units = append(x.units, cell{digits, span{i, j}})
		x.to = j
		sep := separatorRE.FindString(s[j:])
		if n := len(x.units); n == 2 && len(x.units[0].s) == x.units[0].to-x.units[0].from && alphabeticUnits(x.units[:1]) && len(x.units[1].s) < x.units[1].to-x.units[1].from {
			x.units = x.units[1:] // an assembler's "db 88h"
			x.from = x.units[0].from
		}
		if sep == "" {
			return x, j
		}
		i = j + len(sep)
		if i >= len(s) {
			return x, i
		}
	}
}

// strongUnits reports whether units are more than a number in a sentence.
func strongUnits(units []cell) bool {
	digits, letters := 0, 0
	for _, u := range units {
		for i := range len(u.s) {
			if isDigit(u.s[i]) {
				digits++
			} else {
				letters++
			}
		}
	}
	if digits == 0 {
		return false
	}
	return len(units) > 1 || letters > 0 || units[0].to-units[0].from > 4
}

// tornBehind reports whether rest, the text after a run that ends at i, starts
// with possible digits of the run.
func tornBehind(rest string, i int) (bool, int) {
	s := strings.TrimLeft(rest, " \t,;:-")
	at := i + len(rest) - len(s)
	if s == "" || s[0] == 1 {
		return false, 0
	}
	n := 0
	hasDigit := false
	onlyHex := true
	for n < len(s) && isWord(s[n]) {
		hasDigit = hasDigit || isDigit(s[n])
		onlyHex = onlyHex && isHex(s[n])
		n++
	}
	if n == 0 {
		return false, 0
	}
	if hasDigit || onlyHex && n != 0 && n < 3 || n == 1 {
		return true, at
	}
	return false, 0
}

// readRuns reads groups of hex digits, alone or in log lines.
func readRuns(t *text, opt Options, r *result) {
	s := t.norm
	arrays := arraySpans(s)
	all := outside(runs(t), arrays)
	plain := isPlain(t)
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
		perLine := map[int]int{}
		for _, x := range all {
			if x.strong {
				perLine[x.line]++
			}
		}
		for _, x := range all {
			if x.strong || perLine[x.line] == 0 && x.units[0].to-x.units[0].from >= 2 && !alphabeticUnits(x.units) && alone(all, x) {
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
			if i := strings.IndexFunc(s[at:x.from], func(r rune) bool { return r < 0x80 && isHex(byte(r)) }); i >= 0 && !t.silent(at+i) {
				r.fail(t, s, at+i, natural, "odd", clip(token(s[at+i:])))
				return
			}
			at = x.to
		}
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

// arraySpans returns where in s arrays with commas are, whose numbers are not
// digits of one run.
func arraySpans(s string) []span {
	var all []span
	for i := 0; i < len(s); i++ {
		if strings.IndexByte("[{(<", s[i]) < 0 {
			continue
		}
		l, _, ok := parseList(s, i)
		if !ok || len(l.elements) < 2 || !l.commas && l.open != "<<" {
			continue
		}
		all = append(all, l.span)
		i = l.to - 1
	}
	return all
}

// outside returns the runs that are in none of the spans.
func outside(all []run, spans []span) []run {
	var kept []run
	for _, x := range all {
		in := false
		for _, sp := range spans {
			in = in || sp.from <= x.from && x.to <= sp.to
		}
		if !in {
			kept = append(kept, x)
		}
	}
	return kept
}

func alone(all []run, x run) bool {
	for _, y := range all {
		if y.line == x.line && y.from != x.from {
			return false
		}
	}
	return true
}

func sensible(r *result, opt Options) bool {
	for _, x := range r.readings {
		if envelope.Open(x.Chunks).Fits(opt.Payload) >= envelope.Partial {
			return true
		}
	}
	return false
}

// silent reports whether byte i of norm is in noise or in a comment.
func (t *text) silent(i int) bool {
	n, found := slices.BinarySearchFunc(t.lines, i, func(l line, i int) int { return cmp.Compare(l.from, i) })
	if !found {
		n--
	}
	quiet := t.quiet[n]
	i -= t.lines[n].from
	return i >= len(quiet) || quiet[i] == 1 || i >= comment(quiet)
}

func alphabeticUnits(units []cell) bool {
	for _, u := range units {
		if strings.ContainsAny(u.s, "0123456789") {
			return false
		}
	}
	return true
}

// isPlain reports whether a text is digits and separators, without words
// around them.
func isPlain(t *text) bool {
	any := false
	for _, quiet := range t.quiet {
		quiet = quiet[:comment(quiet)]
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

// addRuns adds the readings of runs.
func addRuns(t *text, opt Options, r *result, pool []run, plain bool) {
	s := t.norm
	out := Reading{Form: "hex", of: s, rank: natural, at: pool[0].from, loose: true}
	le := out
	le.Form, le.rank = "words-le", unnatural
	clear := true
	lineNo := map[int]bool{}
	words := true
	prefixed := true
	for _, x := range pool {
		clear = clear && x.clear
		lineNo[x.line] = true
		var data, rev []byte
		for _, u := range x.units {
			b := hexBytes(u.s)
			data = append(data, b...)
			w, _ := wordCell(u.s)
			rev = append(rev, w...)
			words = words && (len(u.s) == 4 || len(u.s) == 8)
			prefixed = prefixed && u.to-u.from > len(u.s)
		}
		label := directionNear(s, x.from)
		out.Chunks = append(out.Chunks, envelope.Chunk{Data: data, Label: label})
		le.Chunks = append(le.Chunks, envelope.Chunk{Data: rev, Label: label})
		out.used = append(out.used, x.span)
	}
	for n, quiet := range t.quiet {
		if !lineNo[n] && hasWord(quiet[:comment(quiet)]) {
			clear = false
		}
	}
	out.loose = !clear && !plain
	for i := 0; i < len(pool); {
		k := i
		for k < len(pool) && pool[k].line == pool[i].line {
			k++
		}
		if digitsBeside(t, pool[i:k]) {
			out.loose, prefixed = true, false
		}
		i = k
	}
	if prefixed && len(out.Bytes()) > 1 {
		out.rank = marked
		if len(pool) == 1 && len(pool[0].units) == 1 || words {
			out.rank = natural
		}
	}
	if ones := strings.Trim(string(joinUnits(pool)), "01"); ones == "" && len(joinUnits(pool)) >= 16 {
		out.rank = unnatural // binary digits, rather
	}
	last := pool[len(pool)-1]
	if elisionRE.MatchString(s[last.to:]) {
		out.Cut = -1
	}
	le.used = out.used
	le.loose = out.loose
	numberSides(out.Chunks)
	numberSides(le.Chunks)
	if d := strings.TrimSpace(s); !opt.Payload && len(d) == 4 && plain {
		if v, err := strconv.Atoi(d); err == nil && v >= 1000 && v < 5000 {
			r.fail(t, s, pool[0].from, marked, "status", d)
			return
		}
	}
	if opt.Payload && len(pool) == 1 && len(pool[0].units) == 1 && plain {
		if d := strings.Trim(s, " \t\r\n\"'b"); len(d) == 4 {
			// Four decimal digits may be the code itself.
			if v, err := strconv.Atoi(d); err == nil && v >= 1000 && v < 5000 {
				code := out
				code.Form, code.rank = "code", unnatural
				code.Chunks = []envelope.Chunk{{Data: []byte{byte(v >> 8), byte(v)}}}
				r.add(code)
				if strings.ContainsAny(s, `"'`) {
					out.rank = unnatural // "1000" in quotes is more likely text
				}
			}
		}
	}
	r.add(out)
	if words {
		r.add(le)
	}
}

// joinUnits returns the digits of runs.
func joinUnits(pool []run) []byte {
	var b []byte
	for _, x := range pool {
		for _, u := range x.units {
			b = append(b, u.s...)
		}
	}
	return b
}

// digitsBeside reports whether the line of some runs has other words with
// digits that are neither in a run nor noise.
func digitsBeside(t *text, pool []run) bool {
	l := t.lines[pool[0].line]
	quiet := []byte(t.quiet[pool[0].line])
	for _, x := range pool {
		for i := max(x.from, l.from); i < min(x.to, l.from+len(quiet)); i++ {
			quiet[i-l.from] = ' '
		}
	}
	end := comment(string(quiet))
	for _, w := range strings.FieldsFunc(string(quiet[:end]), func(r rune) bool { return r < 0x80 && !isWord(byte(r)) }) {
		if isDigit(w[0]) {
			return true
		}
	}
	return false
}

// directionNear returns the direction in the line of s[i].
func directionNear(s string, i int) string { return direction(labelBefore(s, i)) }

// readImplicit reads numbers without brackets, such as one number per line or
// the middle of an array.
func readImplicit(t *text, opt Options, r *result) {
	s := t.norm
	begin := blank(s, 0)
	fenced := strings.Contains(s, "```")
	body := s
	if fenced {
		return
	}
	l, fault, ok := parseElements("\x02"+body+"\x03", 0, "\x02", "\x03")
	if !ok {
		_ = fault
		readDecimals(t, opt, r)
		return
	}
	if len(l.elements) < 2 {
		return
	}
	// Positions are one off, since the text has no brackets.
	for i := range l.elements {
		l.elements[i].from--
		l.elements[i].to--
	}
	l.span = span{begin, len(s)}
	l.open = "("
	n := len(r.readings)
	e := len(r.errors)
	arrays(t, []list{l}, r)
	for i := n; i < len(r.readings); i++ {
		x := &r.readings[i]
		switch {
		case x.Form == "decimal" && allPairs(l) && !l.commas:
			x.rank = unnatural
		case x.Form == "hex" && l.commas && x.rank == unnatural:
		case x.rank == unnatural && x.Form == "hex":
			x.rank = natural
		default:
			x.rank = max(x.rank, natural)
		}
	}
	r.errors = r.errors[:e]
}

// allPairs reports whether all elements are pairs of digits.
func allPairs(l list) bool {
	for _, e := range l.elements {
		if len(e.bare) != 2 {
			return false
		}
	}
	return true
}

var decimalsRE = regexp.MustCompile(`(?:^|[\s:=>])(-?\d{1,3}(?:(?:[ \t]*[,;][ \t]*|[ \t]+)-?\d{1,3})+)[ \t.,;]*(?:$|[ \t]+[(#/])`)

// readDecimals reads decimal numbers in log lines.
func readDecimals(t *text, opt Options, r *result) {
	var lists []list
	for n, l := range t.lines {
		quiet := t.quiet[n]
		m := decimalsRE.FindStringSubmatchIndex(quiet[:comment(quiet)])
		if m == nil {
			continue
		}
		x, _, ok := parseElements("\x02"+quiet[m[2]:m[3]]+"\x03", 0, "\x02", "\x03")
		if !ok {
			continue
		}
		shift := l.from + m[2] - 1
		three := false
		for i := range x.elements {
			e := &x.elements[i]
			e.from += shift
			e.to += shift
			three = three || len(e.bare) > 2
		}
		if !three {
			continue
		}
		x.open = "("
		x.span = span{l.from + m[2], l.from + m[3]}
		lists = append(lists, x)
	}
	if len(lists) == 0 {
		return
	}
	n := len(r.readings)
	e := len(r.errors)
	arrays(t, lists, r)
	for i := n; i < len(r.readings); i++ {
		r.readings[i].loose = true
		r.readings[i].rank = natural
	}
	r.errors = r.errors[:e]
}

// readBits reads binary digits.
func readBits(t *text, opt Options, r *result) {
	s := t.norm
	var digits strings.Builder
	var used []span
	loose, whole := false, true
	for n, l := range t.lines {
		quiet := t.quiet[n]
		quiet = quiet[:comment(quiet)]
		m := bitsRE.FindStringSubmatchIndex(quiet)
		if m == nil {
			loose = loose || hasWord(quiet)
			continue
		}
		line := strings.NewReplacer(" ", "", "\t", "", "_", "", ",", "", ":", "", "|", "").Replace(quiet[m[2]:m[3]])
		whole = whole && len(line)%8 == 0
		loose = loose || hasWord(quiet[:m[2]]+quiet[m[3]:])
		digits.WriteString(line)
		used = append(used, span{l.from + m[2], l.from + m[3]})
	}
	d := digits.String()
	if d == "" || len(d)%8 != 0 || loose && !whole {
		return
	}
	var data []byte
	for i := 0; i < len(d); i += 8 {
		b, _ := bitCell(d[i : i+8])
		data = append(data, b...)
	}
	r.add(Reading{Form: "binary", Chunks: []envelope.Chunk{{Data: data}}, used: used, of: s, rank: natural, loose: loose, at: used[0].from})
}

// hasWord reports whether s has letters or digits.
func hasWord(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 || isWord(byte(r)) }) >= 0
}

var bitsRE = regexp.MustCompile(`(?:^|[\s:=>\["'|])([01]{4,}(?:[ \t_,:|]+[01]{4,})*)(?:$|[\s\]"'.|])`)
