package paste

import (
	"strconv"
	"strings"
)

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
		fresh := s == nil || x.offset == "" && d.labels[i].text != s.label ||
			x.offset != "" && strings.Trim(x.offset, "0") == "" && len(x.cells) > 0 && len(s.rows) > 0
		if fresh {
			s = &section{side: key, label: d.labels[i].text}
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
