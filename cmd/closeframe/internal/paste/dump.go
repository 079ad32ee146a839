package paste

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// maxRow is the maximum length of a line of a dump.
const maxRow = 1024

// maxTries is the maximum number of words of a line that may be an offset, or
// the first byte of a line without one.
const maxTries = 16

// maxBytes is the maximum size of a dump in bytes, including the lines replaced
// by "*".
const maxBytes = 16 << 20

// A row is a line of a dump.
type row struct {
	line
	n      int    // index of the line
	prefix string // before the offset
	offset string // its digits, or "" if the dump has none
	sep    string // after the offset: ":", "|", "-", …
	gap    int    // number of spaces after that
	cells  []cell
	gutter bool // the text of the bytes follows them and matches
	told   bool // the text does not match the bytes in the order shown
	star   bool // the line before is repeated
	hex    span // of the cells, in the text
}

// A cell is a group of digits, or a character of od -c.
type cell struct {
	s    string
	span // in the text
}

// An encoding is the representation of bytes in the cells of a dump.
type encoding struct {
	form string
	// cells splits the text after the offset into cells and the rest.
	cells func(s string) ([]cell, string)
	// bytes returns the bytes of a cell.
	bytes func(s string) ([]byte, bool)
	words bool // the bytes of a cell are in reverse order
}

// A dumper reads a dump in one encoding.
type dumper struct {
	t   *text
	enc encoding
	res *result
	opt Options

	rows   []row
	labels []*label // per row: the text before it
	others []bool   // per row: it is in a section that repeats other bytes
}

// A label is the lines above some rows.
type label struct {
	text      string // the last one
	lines     []string
	direction func() string // that the last of them with one names
}

func newLabel() *label {
	l := &label{}
	l.direction = sync.OnceValue(func() string {
		for _, s := range slices.Backward(l.lines) {
			if d := direction(s[:min(len(s), maxLabel)]); d != "" {
				return d
			}
		}
		return ""
	})
	return l
}

var (
	offsetRE = regexp.MustCompile("^(?:0[xX])?([0-9a-fA-F]{4,16}|[0-9a-fA-F]{8}`[0-9a-fA-F]{8})h?(?: ?<[^<>]*>)?( ?[:\\]|│)]| -|)(?:[ \t]+|$|)")
	// otherRE matches the titles of tshark's other copies of a packet's bytes,
	// and of curl's messages about TLS.
	otherRE = regexp.MustCompile(`(?i)^\s*(unmasked|decompressed|uncompressed|reassembled|de-?chunked|decrypted)\b.*\(\d+ bytes?\)|\b(SSL|TLS) data, \d+ bytes`)
	ownRE   = regexp.MustCompile(`(?i)^\s*(frame|packet) \(\d+ bytes?\)`)
)

// read finds the rows and joins them.
func (d *dumper) read(all []line) {
	above, other := newLabel(), false
	fresh := false // the line before is a row
	decrypted := false
	for i, l := range all {
		s := strings.TrimRight(l.s, " \t")
		if strings.Trim(s, " \t|│┊:") == "*" && len(d.rows) > 0 {
			d.push(row{line: l, n: i, star: true}, above, other)
			continue
		}
		if x, ok := d.row(l, s); ok {
			x.n = i
			fresh = true
			d.push(x, above, other)
			continue
		}
		if strings.TrimSpace(s) == "" {
			other = false // the end of a packet
			continue
		}
		if ruler(s) {
			continue
		}
		switch {
		case otherRE.MatchString(s):
			other = true
			if strings.Contains(strings.ToLower(s), "decrypted") {
				decrypted = true
			}
		case ownRE.MatchString(s):
			other = false
		case !strings.HasPrefix(s, " ") && !strings.HasPrefix(s, "\t"):
			other = false
		}
		if fresh {
			above, fresh = newLabel(), false
		}
		above.text = s
		above.lines = append(above.lines[max(0, len(above.lines)-maxAbove+1):], s)
	}
	if len(d.rows) == 0 || d.count() == 0 {
		return
	}
	if decrypted {
		for i, l := range d.labels {
			d.others[i] = !strings.Contains(strings.ToLower(l.text), "decrypted") && !d.rows[i].star
		}
	}
	if !d.evident() {
		return
	}
	d.join(all)
}

func (d *dumper) push(x row, label *label, other bool) {
	d.rows = append(d.rows, x)
	d.labels = append(d.labels, label)
	d.others = append(d.others, other)
}

func (d *dumper) count() int {
	n := 0
	for _, x := range d.rows {
		n += len(x.cells)
	}
	return n
}

// ruler reports whether s is a line of column numbers, as above some dumps.
func ruler(s string) bool {
	s = strings.Trim(s, " |│")
	if !strings.HasPrefix(s, "0") {
		return false
	}
	f := strings.Fields(s)
	n := 0
	for _, w := range f {
		v, err := strconv.ParseUint(w, 16, 8)
		if err != nil || int(v) != n {
			break
		}
		n++
	}
	return n >= 8
}

// readDump returns the reader of dumps whose cells are in enc: with an offset
// before each line, the text of the bytes after it, or both.
func readDump(enc encoding) func(t *text, opt Options, r *result) {
	return func(t *text, opt Options, r *result) {
		d := &dumper{t: t, enc: enc, res: r, opt: opt}
		d.read(t.lines)
	}
}
