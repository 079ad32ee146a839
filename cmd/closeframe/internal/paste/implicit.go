package paste

import (
	"strings"
)

var bareNumbers = recognizer{
	read: readImplicit,
	samples: []sample{
		{"136, 2, 3, 232", "880203e8"},
		{"-120\n2\n3\n-24\n", "880203e8"},
		{" 210 002 003 350\n", "880203e8"},
		{"136 002 003 232\n", "880203e8"},
		{"got 136 2 3 232\n", "880203e8"},
	},
}

// readImplicit reads numbers without brackets, such as one number per line or
// the middle of an array.
func readImplicit(t *text, opt Options, r *result) {
	s := t.norm
	begin := blank(s, 0)
	fenced := strings.Contains(s, "```")
	if fenced {
		return
	}
	l, ok := parseElements("\x02"+s+"\x03", 0, "\x02", "\x03")
	if !ok {
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
	readLists(t, []list{l}, r)
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
