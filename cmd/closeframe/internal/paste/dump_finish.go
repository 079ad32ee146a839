package paste

import (
	"slices"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

// sides returns a string for each row that identifies its direction.
func (d *dumper) sides() []string {
	keys := make([]string, len(d.rows))
	kinds := map[string]bool{}
	for i, x := range d.rows {
		key := direction(x.prefix[:min(len(x.prefix), maxLabel)])
		if key == "" {
			key = d.labels[i].direction()
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
	for _, l := range t.lines {
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
	case d.enc.words && slices.ContainsFunc(sections[0].rows, func(x row) bool { return x.told }):
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
