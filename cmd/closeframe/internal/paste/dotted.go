package paste

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var dotted = recognizer{
	read: readDotted,
	samples: []sample{
		{"136.2.3.232\n", "880203e8"},
		{"payload: 136.5.3.233.98.121.101\n", "880503e9627965"},
		{"88.02.03.e8\n", "880203e8"},
		{"210.2.3.350\n", "880203e8"},
	},
}

var dottedRE = regexp.MustCompile(`[0-9A-Fa-f]{1,3}(?:\.[0-9A-Fa-f]{1,3})+`)

// between reports whether the text before and after a number with dots shows
// that the number is not part of a word.
func between(before, behind string) bool {
	const open, shut = " \t\n:=>\"'`([v", " \t\r\n\"'`,;)]"
	return (before == "" || strings.IndexByte(open, before[len(before)-1]) >= 0) &&
		(behind == "" || strings.IndexByte(shut, behind[0]) >= 0)
}

// maxAddress is the number of parts of an IPv4 address. A number with so few
// parts is bytes only if it is the whole text.
const maxAddress = 4

// alone reports whether only punctuation is around s[from:to].
func alone(s string, from, to int) bool {
	const quotes = " \t\r\n\"'`;v"
	return strings.Trim(s[:from], quotes) == "" && strings.Trim(s[to:], quotes) == ""
}

// readDotted reads numbers separated by dots, as printed by Perl's %vd.
func readDotted(t *text, opt Options, r *result) {
	s := t.norm
	var parts [][]string
	var used []span
	for _, m := range dottedRE.FindAllStringIndex(s, -1) {
		p := strings.Split(s[m[0]:m[1]], ".")
		if len(p) <= maxAddress && !alone(s, m[0], m[1]) || !between(s[:m[0]], s[m[1]:]) {
			continue
		}
		parts = append(parts, p)
		used = append(used, span{m[0], m[1]})
	}
	if len(parts) == 0 {
		return
	}
	letters, big := false, false
	for _, p := range parts {
		for _, n := range p {
			letters = letters || strings.ContainsAny(n, "abcdefABCDEF")
			v, err := strconv.Atoi(n)
			big = big || err == nil && v > 255
		}
	}
	for _, b := range []struct {
		form  string
		base  int
		usual bool
	}{{"decimal", 10, true}, {"hex", 16, letters}, {"octal", 8, big}} {
		out := Reading{Form: b.form, Name: "%vd", of: s, used: used, at: used[0].from, rank: natural, loose: true}
		if !b.usual {
			out.rank = unnatural
		}
		ok := true
		for _, p := range parts {
			var data []byte
			for _, n := range p {
				v, err := strconv.ParseUint(n, b.base, 8)
				ok = ok && err == nil
				data = append(data, byte(v))
			}
			out.Chunks = append(out.Chunks, envelope.Chunk{Data: data})
		}
		if ok {
			out.label()
			r.add(out)
		}
	}
}
