package paste

import (
	"regexp"
	"strconv"
	"strings"
)

var indexedRE = regexp.MustCompile(`^\s*(?:- )?(?:(?:[A-Za-z_][\w.]*)?\[(\d+|0[xX][0-9a-fA-F]+)\]|(\d+))\s*[:=,;\t]\s*(-?\d{1,3}|0x[0-9a-fA-F]{1,2})(?: '[^\n]*')?(?:\t[a-z][\w ]*)?[,;]?\s*$`)

var dashedRE = regexp.MustCompile(`^\s*- (-?\d{1,3})\s*$`)

var assignmentRE = regexp.MustCompile(`\b[A-Za-z_]\w*\[\d+\]\s*=`)

// assignments divides lines such as "b[0]=136 b[1]=2" into one for each.
func assignments(all []line) []line {
	var list []line
	for _, l := range all {
		for at := 0; ; {
			m := assignmentRE.FindAllStringIndex(l.s[at:], 2)
			if len(m) < 2 || strings.TrimSpace(l.s[at:at+m[0][0]]) != "" {
				list = append(list, line{l.s[at:], l.from + at})
				break
			}
			list = append(list, line{l.s[at : at+m[1][0]], l.from + at})
			at += m[1][0]
		}
	}
	return list
}

// indexedLines reads the expanded list of a browser's console or a debugger,
// which has a line for each element.
func indexedLines(t *text) (l list, ok bool) {
	for _, x := range assignments(t.lines) {
		m := indexedRE.FindStringSubmatchIndex(x.s)
		if d := dashedRE.FindStringSubmatchIndex(x.s); m == nil && d != nil { // Swift's dump function
			e, _, fine := parseElement(x.s, d[2], false)
			if !fine {
				return l, false
			}
			e.from += x.from
			e.to += x.from
			if len(l.elements) == 0 {
				l.from = x.from
			}
			l.to = x.from + len(x.s)
			l.elements = append(l.elements, e)
			continue
		}
		if m == nil {
			continue
		}
		g := 2
		if m[2] < 0 {
			g = 4
		}
		digits, base := x.s[m[g]:m[g+1]], 10
		if hex, ok := strings.CutPrefix(strings.ToLower(digits), "0x"); ok {
			digits, base = hex, 16
		}
		n, err := strconv.ParseUint(digits, base, 31)
		if err != nil || int(n) != len(l.elements) {
			if len(l.elements) > 0 {
				break
			}
			continue
		}
		e, _, fine := parseElement(x.s, m[6], false)
		if !fine {
			return l, false
		}
		e.from += x.from
		e.to += x.from
		if len(l.elements) == 0 {
			l.from = x.from
		}
		l.to = x.from + len(x.s)
		l.elements = append(l.elements, e)
	}
	l.indexed, l.commas, l.open = true, true, "["
	return l, len(l.elements) > 1
}
