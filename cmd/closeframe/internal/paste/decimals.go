package paste

import (
	"regexp"
)

var decimalsRE = regexp.MustCompile(`(?:^|[\s:=>])(-?\d{1,3}(?:(?:[ \t]*[,;][ \t]*|[ \t]+)-?\d{1,3})+)[ \t.,;]*(?:$|[ \t]+[(#/])`)

// readDecimals reads decimal numbers in log lines.
func readDecimals(t *text, opt Options, r *result) {
	var lists []list
	for n, l := range t.lines {
		quiet := t.quiet[n]
		m := decimalsRE.FindStringSubmatchIndex(quiet[:t.ends[n]])
		if m == nil {
			continue
		}
		x, ok := parseElements("\x02"+quiet[m[2]:m[3]]+"\x03", 0, "\x02", "\x03")
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
	readLists(t, lists, r)
	for i := n; i < len(r.readings); i++ {
		r.readings[i].loose = true
		r.readings[i].rank = natural
	}
	r.errors = r.errors[:e]
}
