package paste

import (
	"strings"
)

// row parses a line of a dump without trailing spaces.
func (d *dumper) row(l line, s string) (row, bool) {
	if len(s) > maxRow {
		return row{}, false
	}
	tries := 0
	for at := 0; at < len(s) && tries < maxTries; at++ {
		if c := s[at]; !isHex(c) || at > 0 && (isWord(s[at-1]) || strings.IndexByte(".-:/", s[at-1]) >= 0 && !strings.HasSuffix(s[:at], "│")) {
			continue
		}
		tries++
		m := offsetRE.FindStringSubmatchIndex(s[at:])
		if m == nil {
			continue
		}
		x := row{line: l, prefix: s[:at], offset: strings.ReplaceAll(s[at+m[2]:at+m[3]], "`", "")}
		x.sep = strings.TrimSpace(s[at+m[4] : at+m[5]])
		if m[1] == m[5] && at+m[1] < len(s) && x.sep == "" {
			continue // another character follows the digits immediately
		}
		x.gap = m[1] - m[5]
		rest := s[at+m[1]:]
		if x.sep == "-" && x.gap == 0 { // a negative number
			x.sep, x.gap = "", 1
			rest = s[at+m[4]+1:]
		}
		if rest == "" && x.sep != ")" {
			if len(d.rows) == 0 || strings.TrimSpace(x.prefix) != "" && x.prefix != d.rows[len(d.rows)-1].prefix {
				return x, false
			}
			return x, true // the last line: the total size
		}
		if d.enc.form == "chars" {
			rest = l.s[at+m[5]:]
			x.gap = 0
			if n := len(rest) % 4; n > 0 && strings.TrimSpace(rest[len(rest)-n:]) == "" {
				rest = rest[:len(rest)-n]
			}
		}
		if d.fill(&x, rest, l.from+at+len(s[at:])-len(rest)) {
			return x, true
		}
	}
	// Without an offset, the text of the bytes is needed to verify them.
	tries = 0
	for at := 0; d.enc.form == "hex" && at < len(s) && tries < maxTries; at++ {
		if !isHex(s[at]) || at > 0 && s[at-1] != ' ' && s[at-1] != '\t' {
			continue
		}
		tries++
		x := row{line: l, prefix: s[:at]}
		if d.fill(&x, s[at:], l.from+at) && x.gutter {
			return x, true
		}
	}
	return row{}, false
}

// fill parses the cells of a row and the text after them.
func (d *dumper) fill(x *row, s string, from int) bool {
	cells, rest := d.enc.cells(s)
	if len(cells) == 0 {
		return false
	}
	if d.enc.form == "hex" || d.enc.words {
		for i := range cells {
			if n := len(cells[i].s) - len(cells[0].s); n != 0 { // a shorter one may be the last
				if n < 0 {
					i++
				}
				if i < len(cells) {
					cells, rest = cells[:i], s[cells[i-1].to:]
				}
				break
			}
		}
	}
	ends := make([]int, len(cells))
	var data []byte
	counts := make([]int, len(cells))
	for i := range cells {
		b, ok := d.enc.bytes(cells[i].s)
		if !ok {
			return false
		}
		data = append(data, b...)
		counts[i] = len(data)
		ends[i] = cells[i].to
	}
	take := func(n int, gutter bool) bool {
		x.cells = cells[:n]
		for i := range x.cells {
			x.cells[i].from += from
			x.cells[i].to += from
		}
		x.gutter = gutter
		x.hex = span{x.cells[0].from, x.cells[n-1].to}
		return true
	}
	if d.enc.form == "chars" {
		return rest == "" && take(len(cells), false)
	}
	widest := make([]int, len(cells)+1) // gap between two of the first cells
	for i := 1; i < len(cells); i++ {
		widest[i+1] = max(widest[i], cells[i].from-cells[i-1].to)
	}
	widest[1] = min(2, widest[len(cells)])
	for n := len(cells); n > 0; n-- {
		if n < len(cells) && cells[n].from-cells[n-1].to <= widest[n] && counts[n-1] != 16 {
			continue // another cell follows
		}
		if matches(s[ends[n-1]:], data[:counts[n-1]]) {
			if d.enc.words {
				var shown []byte
				for _, c := range cells[:n] {
					shown = append(shown, hexBytes(c.s)...)
				}
				x.told = !matches(s[ends[n-1]:], shown)
			}
			return take(n, true)
		}
	}
	if strings.Trim(rest, " \t|│") == "" {
		return take(len(cells), false)
	}
	return false
}
