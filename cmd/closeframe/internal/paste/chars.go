package paste

import (
	"slices"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var bareChars = recognizer{
	read: readChars,
	samples: []sample{
		{" 210 002 003 350\n", "880203e8"},
		{" 210 006 003 351   b   y  \\n   !\n", "880603e962790a21"},
	},
}

// readChars reads the output of od -An -c: four columns for each byte and no
// offset.
func readChars(t *text, opt Options, r *result) {
	all := unquoted(t.lines)
	for i := 0; i < len(all); {
		n := i
		for n < len(all) && charRow(all[n].s, indentOf(all[i].s)) != nil {
			n++
		}
		if n == i {
			i++
			continue
		}
		readCharRows(t, opt, all[i:n], r)
		i = n
	}
}

// unquoted returns the lines with spaces in place of the tabs and the marks of
// a quotation that all of them start with.
func unquoted(all []line) []line {
	mark := ""
	for _, l := range all {
		if s := l.s; mark == "" {
			mark = s[:len(s)-len(strings.TrimLeft(s, "\t>|"))]
		}
	}
	list := slices.Clone(all)
	for i, l := range all {
		if !strings.HasPrefix(l.s, mark) && l.s != "" {
			return all
		}
		list[i].s = strings.Repeat(" ", min(len(mark), len(l.s))) + strings.TrimPrefix(l.s, mark)
	}
	return list
}

// indentOf returns the number of spaces before the first cell of a line, whose
// byte is not a space, because no frame starts with one.
func indentOf(s string) int {
	n := len(s) - len(strings.TrimLeft(s, " "))
	word := strings.TrimLeft(s, " ")
	switch {
	case len(word) >= 3 && isOctal(word[0]) && isOctal(word[1]) && isOctal(word[2]):
		return n - 1
	case strings.HasPrefix(word, `\`):
		return n - 2
	}
	return n - 3
}

// charRow returns the cells of a line, or nil if it is not of this form.
func charRow(s string, indent int) []cell {
	if indent < 0 || len(s) > maxRow || len(s) <= indent || strings.Trim(s[:indent], " ") != "" {
		return nil
	}
	s = s[indent:]
	if n := len(s) % 4; n > 0 && strings.TrimSpace(s[len(s)-n:]) == "" {
		s = s[:len(s)-n]
	}
	cells, _ := charCells(s)
	for _, c := range cells {
		if _, ok := charCell(c.s); !ok {
			return nil
		}
	}
	return cells
}

// fit returns how well b fits.
func fit(b []byte, opt Options) envelope.Fit {
	return envelope.Open([]envelope.Chunk{{Data: b}}).Fits(opt.Payload)
}

// readCharRows reads consecutive lines.
func readCharRows(t *text, opt Options, rows []line, r *result) {
	indent := indentOf(rows[0].s)
	wide, escaped := 0, false
	for _, l := range rows {
		cells := charRow(l.s, indent)
		wide = max(wide, len(cells))
		for _, c := range cells {
			escaped = escaped || isDigit(c.s[1]) || strings.HasPrefix(c.s, `  \`)
		}
	}
	if !escaped {
		return
	}
	var data []byte
	words := 0 // size of data up to the last row with more than spaces
	for i, l := range rows {
		cells := charRow(l.s, indent)
		for _, c := range cells {
			b, _ := charCell(c.s)
			data = append(data, b...)
		}
		if strings.TrimSpace(l.s) != "" {
			words = len(data)
		}
		if i < len(rows)-1 { // spaces at the end of a line are easily lost
			data = append(data, strings.Repeat(" ", wide-len(cells))...)
		}
	}
	if fit(data, opt) < fit(data[:words], opt) { // a line of spaces below the dump
		data = data[:words]
	}
	last := rows[len(rows)-1]
	r.add(Reading{Form: "chars", Name: "od -c", Chunks: []envelope.Chunk{{Data: data}}, of: t.norm, rank: natural,
		used: []span{{rows[0].from, last.from + len(last.s)}}, at: rows[0].from})
}
