package main

import (
	"fmt"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/internal/catalog"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
	"github.com/closeframe/closeframe/utf8check"
)

// fieldColumns is the width of the names of fields.
const fieldColumns = 8

// A renderer prints the result of decode.
type renderer struct {
	w       io.Writer
	st      style
	l       *catalog.Language
	columns int // to print in

	width  int // of the offsets
	perRow int // bytes in a row
}

// hexColumns returns the width of a row's bytes.
func (p *renderer) hexColumns() int { return 3*p.perRow - 1 }

// decoded prints d: the verdict in one sentence, how the input was read, and
// all frames.
func (p *renderer) decoded(d *decoded) {
	p.perRow = 8
	if p.columns >= 110 {
		p.perRow = 16
	}
	paint := p.st.green
	if !d.Valid {
		paint = p.st.red
	}
	for _, line := range wrap(d.Summary, p.columns) {
		fmt.Fprintln(p.w, paint(line))
	}
	p.read(d)
	p.width = 2
	for _, f := range d.Frames {
		p.width = max(p.width, len(strconv.Itoa(f.Offset+f.Size)))
	}
	n := 0
	for _, s := range d.Sides {
		for i := range s.Frames {
			f := &d.Frames[n]
			n++
			fmt.Fprintln(p.w)
			p.title(f, i, s.Frames, len(d.Sides) > 1)
			fmt.Fprintln(p.w)
			p.spans(f)
			if len(f.Spans) > 0 {
				fmt.Fprintln(p.w)
			}
			p.summary(f)
		}
	}
	p.totals(d)
}

// read prints how the input was read and what was skipped.
func (p *renderer) read(d *decoded) {
	var list definitions
	form := p.l.Text("paste.form." + d.Read.Form)
	if d.Read.Name != "" {
		form = p.l.Text("paste.read", d.Read.Name, form)
	}
	if len(d.Read.Notes) > 0 {
		form += "; " + strings.Join(d.Read.Notes, "; ")
	}
	list.add(p.l.Text("paste.readAs"), form)
	const most = 5
	var parts []string
	for i, s := range d.Read.Skipped {
		if i == most {
			parts = append(parts, p.l.Count("paste.more", len(d.Read.Skipped)-most))
			break
		}
		parts = append(parts, shorten(s.Text))
	}
	if len(parts) > 0 {
		list.add(p.l.Text("paste.skipped"), strings.Join(parts, p.l.Text("word.comma")))
	}
	for _, s := range d.Sides {
		if s.Layers != "" {
			list.add(p.l.Text("paste.packets"), s.Layers)
		}
		for _, h := range s.HTTP {
			list.add("HTTP", h)
		}
	}
	list.print(p.w, p.columns, nil, p.st)
}

// shorten quotes a part of the input, so that it cannot harm a terminal.
func shorten(s string) string {
	const most = 60
	r := []rune(s)
	if len(r) > most {
		s = string(r[:most]) + "…"
	}
	q := strconv.Quote(s)
	return strings.ReplaceAll(q, `\"`, `"`)
}

// totals prints the numbers of frames, and the events of both sides'
// applications.
func (p *renderer) totals(d *decoded) {
	var closes, valid, invalid, incomplete int
	for i := range d.Frames {
		f := &d.Frames[i]
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
	if len(d.Frames) > 1 {
		fmt.Fprintln(p.w)
		fmt.Fprintln(p.w, p.l.Text("decode.total", len(d.Frames), closes, valid, invalid, incomplete))
	}
	if d.Rest > 0 {
		fmt.Fprintln(p.w, p.l.Count("decode.rest", d.Rest))
	}
	if h := d.Handshake; h != nil {
		var list definitions
		list.add(p.l.Text("decode.pair.first"), p.l.Text("decode.side."+h.First))
		list.add(p.l.Text("decode.pair.client"), p.event(h.Client))
		list.add(p.l.Text("decode.pair.server"), p.event(h.Server))
		fmt.Fprintln(p.w)
		list.print(p.w, p.columns, nil, p.st)
	}
}

// event returns an Event as browsers' consoles show it.
func (p *renderer) event(e closeevent.Event) string {
	return fmt.Sprintf("CloseEvent {code: %d, reason: %q, wasClean: %t}", e.Code, e.Reason, e.WasClean)
}

func (p *renderer) title(f *dissect.Frame, i, n int, sides bool) {
	var s string
	switch {
	case sides:
		s = p.l.Text("decode.title.side", p.l.Text("decode.type."+f.Type), p.l.Count("decode.bytes", f.Size), p.l.Text("decode.side."+f.From), f.Offset)
	case f.Type == "payload":
		s = p.l.Text("decode.title.payload", p.l.Count("decode.bytes", f.Size))
	case n > 1:
		s = p.l.Text("decode.title.frames", p.l.Text("decode.type."+f.Type), p.l.Count("decode.bytes", f.Size), i+1, f.Offset)
	default:
		s = p.l.Text("decode.title.frame", p.l.Text("decode.type."+f.Type), p.l.Count("decode.bytes", f.Size))
	}
	r, n := utf8.DecodeRuneInString(s)
	fmt.Fprintln(p.w, p.st.bold(strings.ToUpper(string(r))+s[n:]))
}

// A row is a line of the table for a frame. Empty fields are the same as above.
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
				// The masked bytes are printed as a whole before the unmasked
				// fields.
				unmasked = true
				rows = append(rows, p.maskedRows(f.Spans[i:])...)
				rows = append(rows, row{hex: p.l.Text("decode.unmasked")})
				last = -1
			}
			b = s.Unmasked
		}
		field := p.l.Text("decode.field." + string(s.Field))
		first := len(rows)
		switch {
		case s.Bits != "":
			r := row{hex: "  ", bits: s.Bits, field: field}
			if s.Offset != last {
				r.hex = hexOf(b)
			}
			rows = append(rows, p.meaning(r, s.Meaning)...)
		case s.Field == dissect.Reason && !s.Fault:
			for len(b) > 0 {
				n := p.characters(b)
				q := escaped(b[:n])
				for columns(q) > p.meaningColumns() {
					_, size := utf8.DecodeLastRune(b[:n])
					if size == n {
						break
					}
					n -= size
					q = escaped(b[:n])
				}
				rows = append(rows, row{hex: hexOf(b[:n]), meaning: q})
				b = b[n:]
			}
			rows[first].field = field
		default:
			lines := p.hexRows(b, s.Length-len(b))
			rows = append(rows, p.meaning(row{hex: lines[0], field: field}, s.Meaning)...)
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
	line := fmt.Sprintf("%s %s  %s  %s  %s", mark, offset, padded(hex, p.hexColumns(), ofHex), padded(r.field, fieldColumns, ofField), ofMeaning(r.meaning))
	fmt.Fprintln(p.w, strings.TrimRight(line, " "))
}

// isHexText reports whether s starts with a byte in hexadecimal.
func isHexText(s string) bool {
	return len(s) > 1 && strings.Trim(s[:2], "0123456789abcdef") == ""
}

// maskedRows returns the rows for the masked bytes of spans.
func (p *renderer) maskedRows(spans []dissect.Span) []row {
	var b []byte
	n := 0
	for i := range spans {
		b = append(b, spans[i].Bytes...)
		n += spans[i].Length
	}
	var rows []row
	for i, line := range p.hexRows(b, n-len(b)) {
		r := row{hex: line}
		if i == 0 {
			r.offset, r.field, r.meaning = strconv.Itoa(spans[0].Offset), p.l.Text("decode.masked"), p.l.Count("decode.bytes", n)
		}
		rows = append(rows, r)
	}
	return rows
}

// escaped returns b as in a string literal without quotes.
func escaped(b []byte) string {
	q := strconv.Quote(string(b))
	return q[1 : len(q)-1]
}

// meaningColumns returns the width of the last column.
func (p *renderer) meaningColumns() int {
	return p.columns - (1 + 1 + max(4, p.width) + 2 + p.hexColumns() + 2 + fieldColumns + 2)
}

// meaning returns r with the text, wrapped into further rows as needed.
func (p *renderer) meaning(r row, text string) []row {
	var rows []row
	for i, line := range wrap(text, p.meaningColumns()) {
		if i > 0 {
			r = row{}
		}
		r.meaning = line
		rows = append(rows, r)
	}
	return rows
}

// summary prints the contents of a frame and the verdict.
func (p *renderer) summary(f *dissect.Frame) {
	v := &f.Verdict
	var list definitions
	if c := f.Close; c != nil {
		code := strings.TrimSpace(fmt.Sprintf("%d %s", c.Code, c.Name))
		if p.l.Tag() != "en" && c.Name != "" {
			code += " " + c.Title
		}
		if f.Length == 0 {
			code = p.l.Text("decode.noCode", code)
		}
		list.add(p.l.Text("word.code"), code)
		list.add(p.l.Text("word.class"), p.l.Class(c.Code.Class()).Title)
		list.add(p.l.Text("word.meaning"), c.Meaning)
		reason := p.l.Text("decode.none")
		if c.Length > 0 {
			reason = p.l.Text("decode.reasonOf", c.Quoted, c.Length, utf8check.MaxReason)
		}
		list.add(p.l.Text("decode.reason"), reason)
	}
	for _, n := range f.Notes {
		list.add(p.l.Text("decode.note"), n)
	}
	if o := f.Order; o != nil {
		list.add(p.l.Text("decode.note"), o.Message)
		list.add(p.l.Text("decode.rule"), o.Rule+": \""+o.Quote+"\"")
	}
	paint := p.st.green
	switch v.Status {
	case dissect.Valid:
		list.add(p.l.Text("decode.verdict"), p.l.Text("decode.valid"))
	case dissect.Invalid:
		paint = p.st.red
		list.add(p.l.Text("decode.verdict"), p.l.Text("decode.invalid", *v.Offset, v.Message))
		list.add(p.l.Text("decode.rule"), v.Rule+": \""+v.Quote+"\"")
		list.add(p.l.Text("decode.answer"), fmt.Sprintf("%d %s", v.Answer, v.Answer.Name()))
	case dissect.Incomplete:
		paint = p.st.red
		list.add(p.l.Text("decode.verdict"), p.l.Text("decode.incomplete", v.Message))
	case dissect.Other:
		paint = p.st.dim
		list.add(p.l.Text("decode.verdict"), p.l.Text("decode.other", v.Message))
	}
	list.print(p.w, p.columns, func(term, line string) string {
		if term == p.l.Text("decode.verdict") {
			return paint(line)
		}
		return line
	}, p.st)
}

// hexRows returns b in hexadecimal, in rows, with "..." at the end if more
// bytes come after them.
func (p *renderer) hexRows(b []byte, more int) []string {
	var rows []string
	for len(b) > 0 {
		n := min(len(b), p.perRow)
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

// characters returns the number of bytes of b for a row that does not split a
// character.
func (p *renderer) characters(b []byte) int {
	n := 0
	for n < len(b) {
		_, size := utf8.DecodeRune(b[n:])
		if n+size > p.perRow {
			break
		}
		n += size
	}
	return n
}
