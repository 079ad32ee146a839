package dissect

import (
	"strings"

	"github.com/closeframe/closeframe/internal/catalog"
)

// A text is the texts of one language: the section "dissect" of the catalog.
// Quotes from the specifications stay in English.
type text struct{ *catalog.Language }

// textOf returns the texts of a language, or of English if the language is not
// supported.
func textOf(lang string) text { return text{catalog.In(lang)} }

// bytes returns a number of bytes in words.
func (t text) bytes(n uint64) string {
	if n == 1 && t.Has("dissect.bytes.one") {
		return t.Text("dissect.bytes.one", n)
	}
	return t.Text("dissect.bytes", n)
}

func (t text) fin(final bool, op int) string {
	switch {
	case final:
		return t.Text("dissect.fin.final")
	case op&8 != 0:
		return t.Text("dissect.fin.control")
	}
	return t.Text("dissect.fin.more")
}

func (t text) rsv(bits byte, op int) string {
	switch {
	case bits == 0:
		return t.Text("dissect.rsv.none")
	case bits == 4 && (op == 1 || op == 2):
		return t.Text("dissect.rsv.compressed", t.rsvNames(bits)) // RFC 7692 §6
	}
	return t.Text("dissect.rsv.set", t.rsvNames(bits))
}

// rsvNames returns the names of the reserved bits set in the three low bits of
// bits.
func (t text) rsvNames(bits byte) string {
	var names []string
	for i, name := range [...]string{"RSV1", "RSV2", "RSV3"} {
		if bits&(4>>i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, t.Text("word.and"))
}

func (t text) opcode(op int) string {
	switch kind := types[op]; {
	case kind != "reserved":
		return t.Text("dissect.opcode."+kind, op)
	case op&8 != 0:
		return t.Text("dissect.opcode.reservedControl", op)
	}
	return t.Text("dissect.opcode.reservedData", op)
}

func (t text) mask(masked bool) string {
	if masked {
		return t.Text("dissect.mask.set")
	}
	return t.Text("dissect.mask.clear")
}

func (t text) length(size byte) string {
	switch {
	case size == 0:
		return t.Text("dissect.length.none")
	case size > 125:
		return t.Text("dissect.length.extended", size, t.bytes(uint64(extended(size))))
	}
	return t.Text("dissect.length.payload", t.bytes(uint64(size)))
}

func (t text) extLength(n uint64, size int) string {
	switch {
	case n>>63 != 0:
		return t.Text("dissect.length.huge") // "the most significant bit MUST be 0" (§5.2)
	case n < 126 || size == 8 && n < 1<<16:
		// "the minimal number of bytes MUST be used to encode the length"
		// (§5.2)
		return t.Text("dissect.length.wasteful", t.bytes(n))
	}
	return t.Text("dissect.length.payload", t.bytes(n))
}

func (t text) cut(have, want int) string {
	return t.Text("dissect.cut", have, t.bytes(uint64(want)))
}

func (t text) excess(n int) string  { return t.Text("dissect.excess", t.bytes(uint64(n))) }
func (t text) payload(n int) string { return t.Text("dissect.payload", t.bytes(uint64(n))) }

func (t text) incomplete(missing uint64, exact bool) string {
	if exact {
		return t.Text("dissect.missing", t.bytes(missing))
	}
	return t.Text("dissect.missingAtLeast", t.bytes(missing))
}
