package paste

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

// maxRow is the maximum length of a line of a dump.
const maxRow = 1024

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

var encodings = []encoding{
	{"hex", hexCells, hexCell, false},
	{"words-le", hexCells, wordCell, true},
	{"octal", numberCells, octalCell, false},
	{"decimal", numberCells, decimalCell, false},
	{"binary", bitCells, bitCell, false},
	{"chars", charCells, charCell, false},
}

// readDump reads dumps with an offset before each line, the text of the bytes
// after them, or both.
func readDump(t *text, opt Options, r *result) {
	all := t.lines
	for _, enc := range encodings {
		d := &dumper{t: t, enc: enc, res: r, opt: opt}
		d.read(all)
	}
}

// A dumper reads a dump in one encoding.
type dumper struct {
	t   *text
	enc encoding
	res *result
	opt Options

	rows   []row
	labels []string // per row: the text before it
	others []bool   // per row: it is in a section that repeats other bytes
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
	label, other, fresh := "", false, true
	decrypted := false
	for i, l := range all {
		s := strings.TrimRight(l.s, " \t")
		if strings.Trim(s, " \t|│┊:") == "*" && len(d.rows) > 0 {
			d.push(row{line: l, n: i, star: true}, "", other)
			continue
		}
		if x, ok := d.row(l, s); ok {
			x.n = i
			if fresh {
				fresh = false
			}
			d.push(x, label, other)
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
		label = s
	}
	if len(d.rows) == 0 || d.count() == 0 {
		return
	}
	if decrypted {
		for i, l := range d.labels {
			d.others[i] = !strings.Contains(strings.ToLower(l), "decrypted") && !d.rows[i].star
		}
	}
	if !d.evident() {
		return
	}
	d.join(all)
}

func (d *dumper) push(x row, label string, other bool) {
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
	f := strings.Fields(strings.Trim(s, " |│"))
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

// row parses a line of a dump without trailing spaces.
func (d *dumper) row(l line, s string) (row, bool) {
	if len(s) > maxRow {
		return row{}, false
	}
	for at := 0; at < len(s); at++ {
		if c := s[at]; !isHex(c) || at > 0 && (isWord(s[at-1]) || strings.IndexByte(".-:/", s[at-1]) >= 0 && !strings.HasSuffix(s[:at], "│")) {
			continue
		}
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
	for at := 0; at < len(s); at++ {
		if !isHex(s[at]) || at > 0 && s[at-1] != ' ' && s[at-1] != '\t' {
			continue
		}
		x := row{line: l, prefix: s[:at]}
		if d.enc.form == "hex" && d.fill(&x, s[at:], l.from+at) && x.gutter {
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
	widest := 0 // gap between two cells
	for i := 1; i < len(cells); i++ {
		widest = max(widest, cells[i].from-cells[i-1].to)
	}
	for n := len(cells); n > 0; n-- {
		if n < len(cells) && cells[n].from-cells[n-1].to <= widestOf(cells[:n], widest) && counts[n-1] != 16 {
			continue // another cell follows
		}
		if matches(s[ends[n-1]:], data[:counts[n-1]]) {
			return take(n, true)
		}
	}
	if strings.Trim(rest, " \t|│") == "" {
		return take(len(cells), false)
	}
	return false
}

// widestOf returns the widest gap between cells, or most if there is none.
func widestOf(cells []cell, most int) int {
	if len(cells) < 2 {
		return min(most, 2)
	}
	w := 0
	for i := 1; i < len(cells); i++ {
		w = max(w, cells[i].from-cells[i-1].to)
	}
	return w
}

// matches reports whether s, the rest after the cells, is the text of b.
func matches(s string, b []byte) bool {
	r := []rune(s)
	gap := 0
	for gap < len(r) && (r[gap] == ' ' || r[gap] == '\t') {
		gap++
	}
	if gap == len(r) || gap == 0 && r[0] != '|' && r[0] != '│' {
		return false
	}
	barred := strings.ContainsRune("|│>#<", r[gap])
	if gap < 2 && !barred && len(b) < 16 {
		return false
	}
	for o := 1; o < len(r); o++ {
		if strings.ContainsRune(" \t", r[o-1]) || strings.ContainsRune("|│>#<", r[o-1]) {
			if rendered(r[o:], b) {
				return true
			}
			continue
		}
		break
	}
	return gap == 0 && rendered(r[1:], b)
}

// rendered reports whether r is the text of b in a dump: a character for each
// byte.
func rendered(r []rune, b []byte) bool {
	return renderedGap(r, b, 0) || renderedGap(r, b, 1) || renderedGap(r, b, 2)
}

// renderedGap is like rendered for a text with a gap or a bar after the eighth
// character.
func renderedGap(r []rune, b []byte, gap int) bool {
	i := 0
	for n, c := range b {
		if n == 8 {
			for range gap {
				if i < len(r) && !strings.ContainsRune(" ┊│|-:", r[i]) {
					return false
				}
				i++
			}
		}
		if i >= len(r) {
			if c != ' ' && c != 0 { // trailing spaces are easily lost
				return false
			}
			continue
		}
		if !shows(r[i], c) {
			return false
		}
		i++
	}
	return strings.Trim(string(r[i:]), " \t|│<>\"┊") == ""
}

// shows reports whether a dump may show the byte c as r.
func shows(r rune, c byte) bool {
	switch {
	case c == ' ':
		return strings.ContainsRune(" .·␠_", r)
	case c > ' ' && c < 0x7f:
		return r == rune(c)
	}
	return r != '\t'
}

// hexCells splits groups of an even number of hex digits, with or without 0x.
func hexCells(s string) ([]cell, string) {
	var cells []cell
	i := 0
	for {
		j := i
		for j < len(s) && (s[j] == ' ' || s[j] == '\t') {
			j++
		}
		if j < len(s) && len(cells) > 0 {
			switch { // between the eighth and the ninth byte
			case s[j] == '-' && (j+1 < len(s)) && len(cells) == 8:
				j++
				for j < len(s) && s[j] == ' ' {
					j++
				}
			case s[j] == ':' && len(cells) == 8, s[j] == '|' && len(cells) == 8 && len(s) > j+3 && isHex(s[j+2]) && isHex(s[j+3]) && strings.Count(s[j:], "|") > 1:
				j++
				for j < len(s) && s[j] == ' ' {
					j++
				}
			case strings.HasPrefix(s[j:], "┊"), strings.HasPrefix(s[j:], "│") && len(cells) == 8 && len(s) > j+4 && isHex(s[j+4]):
				j += len("┊")
				for j < len(s) && s[j] == ' ' {
					j++
				}
			}
		}
		k := j
		if strings.HasPrefix(s[k:], "0x") || strings.HasPrefix(s[k:], "0X") {
			k += 2
		}
		begin := k
		for k < len(s) && isHex(s[k]) {
			k++
		}
		n := k - begin
		end := k == len(s) || strings.IndexByte(" \t|-", s[k]) >= 0 || strings.HasPrefix(s[k:], "│") || strings.HasPrefix(s[k:], "┊")
		if n == 0 || !end || n%2 != 0 {
			return cells, s[i:]
		}
		cells = append(cells, cell{s[begin:k], span{j, k}})
		i = k
	}
}

func hexCell(s string) ([]byte, bool) { return hexBytes(s), true }

// wordCell returns the bytes of a little-endian word.
func wordCell(s string) ([]byte, bool) {
	b := hexBytes(s)
	for i := range len(b) / 2 {
		b[i], b[len(b)-1-i] = b[len(b)-1-i], b[i]
	}
	return b, true
}

// numberCells splits numbers of up to three digits, perhaps negative.
func numberCells(s string) ([]cell, string) {
	var cells []cell
	for i := 0; ; {
		j := i
		for j < len(s) && (s[j] == ' ' || s[j] == '\t') {
			j++
		}
		k := j
		if k < len(s) && s[k] == '-' {
			k++
		}
		n := 0
		for k < len(s) && isDigit(s[k]) {
			k++
			n++
		}
		if n == 0 || n > 4 || k < len(s) && s[k] != ' ' && s[k] != '\t' {
			return cells, s[i:]
		}
		cells = append(cells, cell{s[j:k], span{j, k}})
		// gdb's x/c has a number and a character
		if rest := s[k:]; len(rest) > 2 && rest[0] == ' ' && rest[1] == '\'' {
			if n := strings.IndexByte(rest[3:], '\''); n >= 0 && n < 5 {
				k += 3 + n + 1
				if strings.HasPrefix(s[k:], "'") {
					k++
				}
			}
		}
		i = k
	}
}

func octalCell(s string) ([]byte, bool) {
	v, err := strconv.ParseUint(s, 8, 8)
	return []byte{byte(v)}, err == nil && (len(s) >= 3 || s[0] == '0')
}

func decimalCell(s string) ([]byte, bool) {
	v, err := strconv.Atoi(s)
	if len(s) > 1 && s[0] == '0' {
		return nil, false
	}
	return []byte{byte(v)}, err == nil && -128 <= v && v <= 255
}

func bitCells(s string) ([]cell, string) {
	var cells []cell
	for i := 0; ; {
		j := i
		for j < len(s) && (s[j] == ' ' || s[j] == '\t') {
			j++
		}
		k := j
		for k < len(s) && (s[k] == '0' || s[k] == '1') {
			k++
		}
		if k-j != 8 || k < len(s) && s[k] != ' ' && s[k] != '\t' {
			return cells, s[i:]
		}
		cells = append(cells, cell{s[j:k], span{j, k}})
		i = k
	}
}

func bitCell(s string) ([]byte, bool) {
	v, err := strconv.ParseUint(s, 2, 8)
	return []byte{byte(v)}, err == nil
}

// charCells splits the cells of od -c, four columns each.
func charCells(s string) ([]cell, string) {
	var cells []cell
	i := 0
	for i < len(s) {
		if len(s) < i+4 {
			return nil, s
		}
		cells = append(cells, cell{s[i : i+4], span{i, i + 4}})
		i += 4
	}
	return cells, ""
}

func charCell(s string) ([]byte, bool) {
	c := strings.TrimPrefix(s, " ")
	switch {
	case len(s) != 4 || s[0] != ' ':
		return nil, false
	case isOctal(c[0]) && isOctal(c[1]) && isOctal(c[2]):
		v, err := strconv.ParseUint(c, 8, 8)
		return []byte{byte(v)}, err == nil
	case c[0] == ' ' && c[1] == ' ':
		return []byte{c[2]}, c[2] < utf8.RuneSelf && c[2] >= ' '
	case c[0] == ' ' && c[1] == '\\':
		if i := strings.IndexByte("0abfnrtv", c[2]); i >= 0 {
			return []byte{"\x00\a\b\f\n\r\t\v"[i]}, true
		}
	}
	return nil, false
}

// evident reports whether the rows are a dump rather than groups of digits.
func (d *dumper) evident() bool {
	first := d.rows[0]
	gutters, data, colons := 0, 0, 0
	for _, x := range d.rows {
		if len(x.cells) == 0 {
			continue
		}
		data++
		if x.gutter {
			gutters++
		}
		if x.sep != "" {
			colons++
		}
	}
	if first.offset == "" {
		return gutters == data
	}
	wide := false
	for _, c := range first.cells {
		wide = wide || len(c.s) != 2
	}
	zero := strings.Trim(first.offset, "0") == ""
	switch {
	case gutters == data:
		return true
	case colons == data:
		return true
	case data > 1 || len(d.rows) > 1: // join verifies that the offsets follow
		return zero || len(first.offset) >= 6 || first.gap >= 2 && !wide
	case zero:
		return !wide || len(first.offset) >= 6
	}
	return first.gap >= 2 && !wide && strings.HasPrefix(first.offset, "00")
}

// A section is consecutive rows of one direction.
type section struct {
	side  string
	label string
	rows  []row
	data  []byte
}

// join joins the rows. Their offsets must show that none is missing.
func (d *dumper) join(all []line) {
	sides := d.sides()
	var sections []*section
	open := map[string]*section{}
	for i, x := range d.rows {
		if d.others[i] {
			continue
		}
		key := sides[i]
		if x.star {
			if len(sections) == 0 {
				return
			}
			s := sections[len(sections)-1]
			s.rows = append(s.rows, x)
			continue
		}
		s := open[key]
		fresh := s == nil || x.offset == "" && d.labels[i] != s.label ||
			x.offset != "" && strings.Trim(x.offset, "0") == "" && len(x.cells) > 0 && len(s.rows) > 0
		if fresh {
			s = &section{side: key, label: d.labels[i]}
			open[key] = s
			sections = append(sections, s)
		}
		s.rows = append(s.rows, x)
	}
	if len(sections) == 0 {
		return
	}
	for _, s := range sections {
		if !d.unfold(s) {
			return
		}
	}
	if d.broken(all, sections) {
		return
	}
	d.finish(sections)
}

// unfold sets the bytes of the section.
func (d *dumper) unfold(s *section) bool {
	var worst *row
	kind := ""
	for _, base := range [...]int{16, 8, 10} {
		bad, why := d.unfoldIn(s, base)
		if bad == nil {
			return true
		}
		if worst == nil || bad.from > worst.from {
			worst, kind = bad, why
		}
	}
	first := s.rows[0]
	if first.sep != "" || first.gutter || strings.Trim(first.offset, "0") == "" {
		args := []any{worst.offset}
		if kind == "star-last" {
			args = nil
		}
		d.res.fail(d.t, d.t.norm, worst.from, d.rank(s), kind, args...)
	}
	return false
}

func (d *dumper) unfoldIn(s *section, base int) (*row, string) {
	s.data = s.data[:0]
	var last []byte
	var origin uint64
	star := false
	for i := range s.rows {
		x := &s.rows[i]
		if x.star {
			star = true
			continue
		}
		var data []byte
		for _, c := range x.cells {
			b, _ := d.enc.bytes(c.s)
			data = append(data, b...)
		}
		if x.offset == "" {
			s.data = append(s.data, data...)
			continue
		}
		at, err := strconv.ParseUint(x.offset, base, 64)
		if err != nil {
			return x, "offset"
		}
		if i == 0 {
			origin = at
		}
		at -= origin
		if len(data) == 0 && i < len(s.rows)-1 {
			return x, "offset-alone"
		}
		if star {
			if at > maxBytes {
				return x, "offset-far"
			}
			for len(last) > 0 && uint64(len(s.data)+len(last)) <= at {
				s.data = append(s.data, last...)
			}
			star = false
		}
		if len(data) == 0 && d.enc.form == "chars" && at < uint64(len(s.data)) && strings.Trim(string(s.data[at:]), " ") == "" {
			s.data = s.data[:at] // hexdump -c pads its last line with spaces
		}
		for d.enc.form == "chars" && len(data) > 0 && len(last) < 16 && at > uint64(len(s.data)) && at%16 == 0 && at-uint64(len(s.data)) <= 16-uint64(len(last)) {
			s.data = append(s.data, ' ') // lost at the end of the line before
		}
		if at != uint64(len(s.data)) {
			return x, "offset-gap"
		}
		s.data = append(s.data, data...)
		last = data
	}
	if star {
		return &s.rows[len(s.rows)-1], "star-last"
	}
	return nil, ""
}

// broken reports whether a line is a damaged row of the dump: it starts with
// the next offset.
func (d *dumper) broken(all []line, sections []*section) bool {
	rows := map[int]bool{}
	for _, x := range d.rows {
		rows[x.n] = true
	}
	first := sections[0].rows[0]
	for i := 0; i < first.n && first.offset != ""; i++ {
		m := offsetRE.FindStringSubmatch(strings.TrimPrefix(all[i].s, first.prefix))
		if m != nil && len(m[1]) == len(first.offset) && strings.Trim(m[1], "0") == "" && !ruler(all[i].s) {
			d.res.fail(d.t, d.t.norm, all[i].from, natural, "dump-line")
			return true
		}
	}
	for _, s := range sections {
		last := s.rows[len(s.rows)-1]
		if last.offset == "" || len(last.cells) == 0 {
			continue
		}
		for i := last.n + 1; i < len(all) && !rows[i]; i++ {
			m := offsetRE.FindStringSubmatch(strings.TrimPrefix(all[i].s, last.prefix))
			if m == nil || len(m[1]) != len(last.offset) || !strings.HasPrefix(all[i].s, last.prefix) {
				continue
			}
			d.res.fail(d.t, d.t.norm, all[i].from, natural, "dump-line")
			return true
		}
	}
	return false
}

// sides returns a string for each row that identifies its direction.
func (d *dumper) sides() []string {
	keys := make([]string, len(d.rows))
	kinds := map[string]bool{}
	for i, x := range d.rows {
		key := direction(x.prefix)
		if key == "" {
			key = direction(d.labels[i])
		}
		keys[i] = key
		if !x.star && !d.others[i] {
			kinds[key] = true
		}
	}
	if len(kinds) > 1 {
		return keys
	}
	// Wireshark indents one direction.
	least, most := -1, -1
	for i, x := range d.rows {
		if x.star || d.others[i] || strings.TrimSpace(x.prefix) != "" {
			continue
		}
		n := len(strings.ReplaceAll(x.prefix, "\t", "    "))
		if least < 0 || n < least {
			least = n
		}
		most = max(most, n)
	}
	for i, x := range d.rows {
		keys[i] = ""
		if n := len(strings.ReplaceAll(x.prefix, "\t", "    ")); most-least >= 4 && n-least >= 2 {
			keys[i] = "indented"
		}
	}
	return keys
}

// rank returns how closely the rows match the dump of a tool.
func (d *dumper) rank(s *section) rank {
	if d.enc.words {
		return unnatural
	}
	return marked
}

// finish adds the reading.
func (d *dumper) finish(sections []*section) {
	t := d.t
	out := Reading{Form: d.enc.form, of: t.norm, rank: marked, at: sections[0].rows[0].hex.from}
	names := newSides()
	for _, s := range sections {
		out.Chunks = append(out.Chunks, envelope.Chunk{Data: s.data, Side: names.of(s.side), Label: s.side})
	}
	names.settle(out.Chunks)
	for i, x := range d.rows {
		if d.others[i] {
			out.Notes = []Note{NoteOthers}
			continue
		}
		out.used = append(out.used, d.span(x))
	}
	for _, l := range lines(t.norm) {
		if ruler(l.s) {
			out.used = append(out.used, span{l.from, l.from + len(l.s)})
		}
	}
	first := sections[0].rows[0]
	out.Name = d.name(first)
	wide := false
	byteWide := true
	for _, c := range first.cells {
		wide = wide || len(c.s) > 2
		byteWide = byteWide && len(c.s) == 2
	}
	switch {
	case d.enc.form == "hex" && wide && first.sep == "" && !first.gutter:
		// od -x and hexdump print words in the native byte order.
		out.rank = unnatural
		d.res.fail(t, t.norm, first.from, marked, "words")
	case d.enc.form == "hex" && strings.HasPrefix(t.norm[first.hex.from:], "0x") && wide:
		out.rank = unnatural
		d.res.fail(t, t.norm, first.from, marked, "words")
	case d.enc.words && byteWide:
		return
	case d.enc.words && first.sep == ":" && len(first.cells[0].s) >= 8:
		out.rank = natural
	case d.enc.words:
		out.rank = unnatural
	case d.enc.form == "octal" || d.enc.form == "decimal":
		out.rank = natural
	}
	d.res.add(out)
}

// span returns the part of the text with the row's offset, cells and gutter.
func (d *dumper) span(x row) span {
	return span{x.from + len(x.prefix), x.from + len(x.s)}
}
