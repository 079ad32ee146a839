package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
	"github.com/closeframe/closeframe/utf8check"
)

// perRow is how many bytes stand in a row.
const perRow = 8

// The columns of a frame's rows: a mark, the offset, the bytes (or a byte and
// its bits), the field, and what it means.
const (
	hexColumns   = 3*perRow - 1
	fieldColumns = 8
)

// A renderer prints reports for people, in 80 columns.
type renderer struct {
	w  io.Writer
	st style
	l  lang

	width int // of the offsets
}

// report prints all frames of r.
func (p *renderer) report(r dissect.Report) {
	var closes, valid, invalid, incomplete int
	p.width = 2
	if n := len(r.Frames); n > 0 {
		p.width = max(p.width, len(strconv.Itoa(r.Frames[n-1].Offset+r.Frames[n-1].Size)))
	}
	for i := range r.Frames {
		f := &r.Frames[i]
		if i > 0 {
			fmt.Fprintln(p.w)
		}
		p.title(f, i, len(r.Frames))
		fmt.Fprintln(p.w)
		p.spans(f)
		if len(f.Spans) > 0 {
			fmt.Fprintln(p.w)
		}
		p.summary(f)
		if f.Type == "close" {
			closes++
		}
		switch f.Verdict.Status {
		case dissect.Valid:
			valid++
		case dissect.Invalid:
			invalid++
		case dissect.Incomplete:
			incomplete++
		}
	}
	if len(r.Frames) > 1 {
		fmt.Fprintf(p.w, "\n"+p.l.total+"\n", len(r.Frames), closes, valid, invalid, incomplete)
	}
	if r.Rest > 0 {
		fmt.Fprintf(p.w, p.l.rest+"\n", r.Rest)
	}
}

func (p *renderer) title(f *dissect.Frame, i, n int) {
	var s string
	switch {
	case f.Type == "payload":
		s = fmt.Sprintf(p.l.payloadOf, p.l.size(f.Size))
	case n > 1:
		s = fmt.Sprintf(p.l.frameN, p.l.types[f.Type], p.l.size(f.Size), i+1, f.Offset)
	default:
		s = fmt.Sprintf(p.l.frameOf, p.l.types[f.Type], p.l.size(f.Size))
	}
	r, n := utf8.DecodeRuneInString(s)
	fmt.Fprintln(p.w, p.st.bold(strings.ToUpper(string(r))+s[n:]))
}

// A row is a line of a frame's rows. What is empty is the same as above.
type row struct {
	offset, hex, bits, field, meaning string
	fault                             bool
}

// spans prints the fields of a frame.
func (p *renderer) spans(f *dissect.Frame) {
	var rows []row
	last := -1
	unmasked := false
	for i := range f.Spans {
		s := &f.Spans[i]
		b := s.Bytes
		if s.Unmasked != nil {
			if !unmasked {
				// The masked bytes are shown in one, before the fields in them.
				unmasked = true
				rows = append(rows, p.maskedRows(f.Spans[i:])...)
				rows = append(rows, row{hex: p.l.unmasked})
				last = -1
			}
			b = s.Unmasked
		}
		field := p.l.fields[string(s.Field)]
		first := len(rows)
		switch {
		case s.Bits != "":
			r := row{hex: "  ", bits: s.Bits, field: field}
			if s.Offset != last {
				r.hex = hexOf(b)
			}
			rows = append(rows, meaning(r, s.Meaning)...)
		case s.Field == dissect.Reason && !s.Fault:
			for len(b) > 0 {
				n := characters(b)
				q := strconv.Quote(string(b[:n]))
				rows = append(rows, row{hex: hexOf(b[:n]), meaning: q[1 : len(q)-1]})
				b = b[n:]
			}
			rows[first].field = field
		default:
			lines := hexRows(b, s.Length-len(b))
			rows = append(rows, meaning(row{hex: lines[0], field: field}, s.Meaning)...)
			for i, line := range lines[1:] {
				if first+1+i == len(rows) {
					rows = append(rows, row{})
				}
				rows[first+1+i].hex = line
			}
		}
		if s.Offset != last {
			rows[first].offset = strconv.Itoa(s.Offset)
		}
		last = s.Offset
		for i := first; i < len(rows); i++ {
			rows[i].fault = s.Fault
		}
	}
	for _, r := range rows {
		p.row(r)
	}
}

func (p *renderer) row(r row) {
	mark := " "
	if r.fault {
		mark = p.st.red("!")
	}
	hex := r.hex
	if r.bits != "" {
		hex += "  " + r.bits
	}
	none := func(s string) string { return s }
	ofHex, ofField, ofMeaning := none, p.st.cyan, none
	switch {
	case r.fault:
		ofHex, ofField, ofMeaning = p.st.red, p.st.red, p.st.red
	case r.field == "" && r.meaning == "" && !isHexText(r.hex):
		ofHex = p.st.dim // words, not bytes
	}
	offset := strings.Repeat(" ", p.width-len(r.offset)) + p.st.dim(r.offset)
	line := fmt.Sprintf("%s %s  %s  %s  %s", mark, offset, padded(hex, hexColumns, ofHex), padded(r.field, fieldColumns, ofField), ofMeaning(r.meaning))
	fmt.Fprintln(p.w, strings.TrimRight(line, " "))
}

func isHexText(s string) bool { return len(s) > 1 && isHex(s[0]) && isHex(s[1]) }

// maskedRows returns the rows for the masked bytes of spans.
func (p *renderer) maskedRows(spans []dissect.Span) []row {
	var b []byte
	n := 0
	for i := range spans {
		b = append(b, spans[i].Bytes...)
		n += spans[i].Length
	}
	var rows []row
	for i, line := range hexRows(b, n-len(b)) {
		r := row{hex: line}
		if i == 0 {
			r.offset, r.field, r.meaning = strconv.Itoa(spans[0].Offset), p.l.masked, p.l.size(n)
		}
		rows = append(rows, r)
	}
	return rows
}

// meaning returns r with the text, wrapped into as many rows as it takes.
func meaning(r row, text string) []row {
	const columns = screen - (1 + 1 + 4 + 2 + hexColumns + 2 + fieldColumns + 2)
	var rows []row
	for i, line := range wrap(text, columns) {
		if i > 0 {
			r = row{}
		}
		r.meaning = line
		rows = append(rows, r)
	}
	return rows
}

// summary prints what a frame says and the verdict.
func (p *renderer) summary(f *dissect.Frame) {
	v := &f.Verdict
	var list definitions
	if c := f.Close; c != nil {
		code := strings.TrimSpace(fmt.Sprintf("%d %s", c.Code, c.Name))
		if p.l.Tag() != "en" && c.Name != "" {
			code += " " + c.Title
		}
		if f.Length == 0 {
			code = fmt.Sprintf(p.l.noCode, code)
		}
		list.add(p.l.Text("word.code"), code)
		list.add(p.l.Text("word.class"), p.l.class(c.Code.Class()))
		list.add(p.l.Text("word.meaning"), c.Meaning)
		reason := p.l.none
		if c.Length > 0 {
			reason = fmt.Sprintf(p.l.reasonOf, c.Quoted, c.Length, utf8check.MaxReason)
		}
		list.add(p.l.reason, reason)
	}
	for _, n := range f.Notes {
		list.add(p.l.note, n)
	}
	paint := p.st.green
	switch v.Status {
	case dissect.Valid:
		list.add(p.l.verdict, p.l.valid)
	case dissect.Invalid:
		paint = p.st.red
		list.add(p.l.verdict, fmt.Sprintf(p.l.invalidAt, *v.Offset)+v.Message)
		list.add(p.l.rule, v.Rule+": \""+v.Quote+"\"")
		list.add(p.l.answer, fmt.Sprintf("%d %s", v.Answer, v.Answer.Name()))
	case dissect.Incomplete:
		paint = p.st.red
		list.add(p.l.verdict, p.l.incomplete+v.Message)
	case dissect.Other:
		paint = p.st.dim
		list.add(p.l.verdict, p.l.other+v.Message)
	}
	list.print(p.w, screen, func(term, line string) string {
		if term == p.l.verdict {
			return paint(line)
		}
		return line
	}, p.st)
}

// hexRows returns b in hexadecimal, in rows, with "..." at the end if more
// bytes come after them.
func hexRows(b []byte, more int) []string {
	var rows []string
	for len(b) > 0 {
		n := min(len(b), perRow)
		rows = append(rows, hexOf(b[:n]))
		b = b[n:]
	}
	if more > 0 {
		rows = append(rows, "...")
	}
	return rows
}

// hexOf returns b in hexadecimal, with a space between the bytes.
func hexOf(b []byte) string { return fmt.Sprintf("% x", b) }

// characters returns how many bytes of b make a row that does not break a
// character.
func characters(b []byte) int {
	n := 0
	for n < len(b) {
		_, size := utf8.DecodeRune(b[n:])
		if n+size > perRow {
			break
		}
		n += size
	}
	return n
}
