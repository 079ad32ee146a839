package paste

import (
	"regexp"
	"strings"
	"sync"
)

// A run is groups of digits in a line, with separators between them.
type run struct {
	span
	line   int
	units  []cell
	strong bool // not merely another number of a log line
	torn   bool // the adjacent text looks like digits too
	clear  bool // only a label and a comment surround it
	at     int  // the index where it is interrupted
}

var (
	// unitRE matches a group of hex digits.
	unitRE = regexp.MustCompile(`^(?:0[xX][0-9a-fA-F]+|[0-9a-fA-F]+[hH]?|&[hH][0-9a-fA-F]+)`)
	// separatorRE matches the separators between two groups.
	separatorRE = regexp.MustCompile(`^(?:[ \t]*\]\[[ \t]*|[ \t]*[,;:|][ \t]*|-|[ \t]+)`)
	elisionRE   = regexp.MustCompile(`^\s*(?:\.\.\.|…)`)
	hexWordRE   = regexp.MustCompile(`(?i)hex`)
)

// runs finds the groups of hex digits of a text.
func runs(t *text) []run {
	var all []run
	for n, l := range t.lines {
		quiet := t.quiet[n]
		end := t.ends[n]
		labeled := sync.OnceValue(func() bool { return hexWordRE.MatchString(l.s) })
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
			x.clear = labelEnds(quiet[max(0, x.from-64):x.from]) && strings.TrimLeft(rest, " \t\r\f])}>,;.|\"'`!?") == ""
			x.strong = strongUnits(x.units) || len(x.units) == 1 && len(x.units[0].s) >= 4 && labeled()
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

// labelEnds reports whether s is empty or ends with a mark, a direction or noise
// and spaces after it.
func labelEnds(s string) bool {
	label := strings.TrimRight(s, " \t\r\f")
	if label == "" || strings.ContainsAny(label[len(label)-1:], ":=]>|<$#)(\"'`*") ||
		strings.HasSuffix(label, "→") || strings.HasSuffix(label, "←") || strings.HasSuffix(label, "✓") || label[len(label)-1] == '-' && strings.HasPrefix(s[len(label):], " ") {
		return true
	}
	i := strings.LastIndexByte(label, 1)
	return i >= 0 && strings.IndexFunc(label[i:], func(r rune) bool { return r < 0x80 && isWord(byte(r)) }) < 0
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

func alphabeticUnits(units []cell) bool {
	for _, u := range units {
		if strings.ContainsAny(u.s, "0123456789") {
			return false
		}
	}
	return true
}

// size returns the number of bytes in x.
func (x *run) size() int {
	n := 0
	for _, u := range x.units {
		n += len(u.s)
	}
	return n / 2
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
