package paste

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

// readDialects reads literals in all dialects that match.
func readDialects(t *text, data []literal, r *result, inside func(literal) string, rk rank) {
	type attempt struct {
		name   string
		chunks [][]byte
		whole  []byte
		form   string
		rank   rank
		names  []string
	}
	var list []attempt
	badAt, badText := -1, ""
	bytes8, numeric := false, false
	plain := make([]*plainText, len(data)) // of the literals without escape sequences
	for k, l := range data {
		s := inside(l)
		bytes8 = bytes8 || !utf8.ValidString(s)
		numeric = numeric || numericRE.MatchString(s)
		if !strings.Contains(s, `\`) && l.repeat == 1 && l.tail == "" {
			plain[k] = newPlain(s)
		}
	}
	for i := range dialects {
		d := &dialects[i]
		ok := true
		units := make([][]unit, len(data))
		for k, l := range data {
			if l.prefix == "" && !d.plain || l.prefix != "" && !has(d.prefixes, l.prefix) && !(l.prefix == "b" && d.plain && len(data) > 1 && false) {
				ok = false
				break
			}
			q := l.quote
			if q == '“' {
				q = '"'
			} else if q == '‘' {
				q = '\''
			}
			if !strings.ContainsRune(d.quotes, q) {
				ok = false
				break
			}
			if plain[k] != nil {
				continue
			}
			us, bad := d.unescape(inside(l))
			if bad >= 0 {
				if at := l.inside.from + bad; at > badAt {
					badAt, badText = at, inside(l)[bad:]
				}
				ok = false
				break
			}
			for range l.repeat {
				units[k] = append(units[k], us...)
			}
			us, _ = octalTail.unescape(l.tail)
			units[k] = append(units[k], us...)
		}
		if !ok {
			continue
		}
		wide := false
		for k := range data {
			wide = wide || plain[k] != nil && plain[k].wide
			for _, u := range units[k] {
				wide = wide || u.r >= 0x80 && !u.byte
			}
		}
		encodings := []bool{false}
		if wide && !bytes8 {
			encodings = []bool{true, false}
		}
		for _, latin1 := range encodings {
			a := attempt{name: d.name, form: "escapes", rank: rk}
			fine := true
			for k := range units {
				var b []byte
				ok := true
				switch p := plain[k]; {
				case p == nil:
					b, ok = encode(units[k], latin1)
				case latin1:
					b, ok = p.latin1, p.fits
				default:
					b, ok = p.utf8, p.valid
				}
				fine = fine && ok
				a.chunks = append(a.chunks, b)
			}
			if !fine {
				continue
			}
			switch {
			case numeric && d.decimal[1] > 0:
				a.form = "decimal-escapes"
			case numeric && d.octal[1] > 0:
				a.form = "octal-escapes"
			case wide && latin1:
				a.form = "latin1"
			case wide:
				a.form = "utf8"
			}
			if wide && latin1 && !d.chars && !d.u && !d.names {
				a.rank = unnatural
			}
			if wide && !latin1 && d.chars && !rawWide(data, inside) {
				a.rank = unnatural
			}
			a.whole = bytes.Join(a.chunks, nil)
			found := false
			for j := range list {
				if bytes.Equal(list[j].whole, a.whole) {
					list[j].names = append(list[j].names, a.name)
					list[j].rank = min(list[j].rank, a.rank)
					found = true
					break
				}
			}
			if !found {
				a.names = []string{a.name}
				list = append(list, a)
			}
		}
	}
	if len(list) == 0 && rk == marked && badAt >= 0 {
		n := min(len(badText), 2)
		if len(badText) > 2 && (badText[1] == 'x' || isDigit(badText[1])) {
			n = min(len(badText), 4)
		}
		r.fail(t, t.raw, badAt, marked, "escape", badText[:n])
		return
	}
	for _, a := range list {
		out := Reading{Form: a.form, Name: stringName(a.names), of: t.raw, rank: a.rank, at: data[0].from}
		for k, l := range data {
			out.Chunks = append(out.Chunks, envelope.Chunk{Data: a.chunks[k]})
			out.used = append(out.used, l.span)
			if l.cut {
				out.Cut = -1
			}
			out.lossy = out.lossy || l.tail != ""
		}
		out.label()
		r.add(out)
	}
}

// A plainText is the inside of a literal without escape sequences, which all
// dialects read in the same way.
type plainText struct {
	latin1, utf8 []byte
	fits, valid  bool // it can be encoded
	wide         bool // it has characters beyond ASCII
}

func newPlain(s string) *plainText {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		b := []byte(s)
		return &plainText{latin1: b, utf8: b, fits: true, valid: true}
	}
	us, _ := octalTail.unescape(s)
	p := &plainText{}
	p.latin1, p.fits = encode(us, true)
	p.utf8, p.valid = encode(us, false)
	p.wide = slices.ContainsFunc(us, func(u unit) bool { return u.r >= 0x80 && !u.byte })
	return p
}

// octalTail is the dialect of gdb's output after a string.
var octalTail = dialect{octal: [2]int{3, 3}}

// numericRE matches an escape sequence that is octal or decimal.
var numericRE = regexp.MustCompile(`\\[0-9]{2,3}|\\[1-9]`)

// rawWide reports whether there are non-ASCII characters, unescaped or escaped
// with \u.
func rawWide(data []literal, inside func(literal) string) bool {
	for _, l := range data {
		s := inside(l)
		if strings.Contains(s, `\u`) || strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) >= 0 {
			return true
		}
	}
	return false
}

func has(list, s string) bool {
	for _, f := range strings.Fields(list) {
		if f == s {
			return true
		}
	}
	return false
}

// stringName returns the names of the dialects that agree.
func stringName(names []string) string {
	const most = 3
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
