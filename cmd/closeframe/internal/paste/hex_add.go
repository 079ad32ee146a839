package paste

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

// addRuns adds the readings of runs.
func addRuns(t *text, opt Options, r *result, pool []run, plain bool) {
	s := t.norm
	out := Reading{Form: "hex", of: s, rank: natural, at: pool[0].from, loose: true}
	le := out
	le.Form, le.rank = "words-le", unnatural
	clear := true
	lineNo := make([]bool, len(t.lines))
	words := true
	prefixed := true
	for _, x := range pool {
		clear = clear && x.clear
		lineNo[x.line] = true
		var data, rev []byte
		for _, u := range x.units {
			data = append(data, hexBytes(u.s)...)
			words = words && (len(u.s) == 4 || len(u.s) == 8)
			prefixed = prefixed && u.to-u.from > len(u.s)
		}
		for i := 0; words && i < len(x.units); i++ {
			w, _ := wordCell(x.units[i].s)
			rev = append(rev, w...)
		}
		out.Chunks = append(out.Chunks, envelope.Chunk{Data: data})
		le.Chunks = append(le.Chunks, envelope.Chunk{Data: rev})
		out.used = append(out.used, x.span)
	}
	for n, quiet := range t.quiet {
		if !lineNo[n] && hasWord(quiet[:t.ends[n]]) {
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
	if out.loose && !prefixed && !strings.ContainsAny(string(joinUnits(pool)), "abcdefABCDEF") && fit(out.Bytes(), opt) < envelope.Complete {
		out.rank = unnatural // numbers in a sentence, rather
	}
	last := pool[len(pool)-1]
	if elisionRE.MatchString(s[last.to:]) {
		out.Cut = -1
	}
	le.used = out.used
	le.loose = out.loose
	out.label()
	for i, c := range out.Chunks {
		le.Chunks[i].Label, le.Chunks[i].Side = c.Label, c.Side
	}
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

// silent reports whether byte i of norm is in noise or in a comment.
func (t *text) silent(i int) bool {
	n, found := slices.BinarySearchFunc(t.lines, i, func(l line, i int) int { return cmp.Compare(l.from, i) })
	if !found {
		n--
	}
	quiet := t.quiet[n]
	i -= t.lines[n].from
	return i >= len(quiet) || quiet[i] == 1 || i >= t.ends[n]
}
