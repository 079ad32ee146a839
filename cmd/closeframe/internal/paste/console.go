package paste

import (
	"regexp"
	"strconv"
	"strings"
)

var indexedRE = regexp.MustCompile(`^\s*(?:- )?(?:\[(\d+|0[xX][0-9a-fA-F]+)\]|(\d+))\s*[:=,;\t]\s*(-?\d{1,3}|0x[0-9a-fA-F]{1,2})(?: '[^\n]*')?,?\s*$`)

var dashedRE = regexp.MustCompile(`^\s*- (-?\d{1,3})\s*$`)

// indexedLines reads the expanded list of a browser's console, which has a line
// for each element.
func indexedLines(t *text) (l list, ok bool) {
	for _, x := range lines(t.norm) {
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
