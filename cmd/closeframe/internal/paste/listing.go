package paste

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var listing = recognizer{
	read: readListing,
	samples: []sample{
		{`\210\005\003\351bye$` + "\n", "880503e9627965"},
		{`\210\b\003\351good\` + "\n" + `by$` + "\n", "880803e9676f6f646279"},
		{"M-^H^F^CM-ibye$\n$\n", "880603e96279650a"},
	},
}

var (
	listOctalRE = regexp.MustCompile(`\\[0-3][0-7][0-7]`)
	listCaretRE = regexp.MustCompile(`M-|\^[@-_?]`)
)

// readListing reads what sed -n l and cat -A print: "$" at the end of each line
// of the data, and "\" where a line continues.
func readListing(t *text, opt Options, r *result) {
	all := lines(t.raw)
	for i := 0; i < len(all); {
		n := i
		for n < len(all) && (strings.HasSuffix(all[n].s, "$") || continued(all[n].s)) {
			n++
		}
		if n == i || continued(all[n-1].s) {
			i = n + 1
			continue
		}
		readListed(t, opt, all[i:n], r)
		i = n
	}
}

// continued reports whether a line of sed -n l continues in the next one: it
// ends with an odd number of backslashes.
func continued(s string) bool {
	return (len(s)-len(strings.TrimRight(s, `\`)))%2 != 0
}

// readListed reads consecutive lines.
func readListed(t *text, opt Options, rows []line, r *result) {
	indent := len(rows[0].s) - len(strings.TrimLeft(rows[0].s, " \t")) // no frame begins with a space
	var s strings.Builder
	for _, l := range rows {
		if len(l.s) < indent || strings.TrimSpace(l.s[:indent]) != "" {
			return
		}
		if body := l.s[indent:]; continued(body) {
			s.WriteString(strings.TrimSuffix(body, `\`))
		} else {
			s.WriteString(strings.TrimSuffix(body, "$") + "\n")
		}
	}
	body := strings.TrimSuffix(s.String(), "\n")
	out := Reading{of: t.raw, rank: marked, at: rows[0].from}
	last := rows[len(rows)-1]
	out.used = []span{{rows[0].from, last.from + len(last.s)}}
	var decode func(s string) ([]byte, int)
	switch {
	case listOctalRE.MatchString(body):
		out.Form, out.Name, decode = "octal-escapes", "sed -n l", listed
	case listCaretRE.MatchString(body):
		out.Form, out.Name, decode = "caret", "cat -A", caret
	default:
		return
	}
	var data []byte
	for i := 0; i < len(body); {
		if b, n := decode(body[i:]); n > 0 {
			data = append(data, b...)
			i += n
			continue
		}
		c, n := utf8.DecodeRuneInString(body[i:])
		if c == '\\' && out.Form != "caret" || c == utf8.RuneError {
			return
		}
		data = append(data, body[i:i+n]...)
		i += n
	}
	// The last "$" appears with or without a line feed at the end.
	if longer := append(data[:len(data):len(data)], '\n'); fit(longer, opt) > fit(data, opt) {
		data = longer
	}
	out.Chunks = []envelope.Chunk{{Data: data}}
	r.add(out)
}

// listed decodes the escape sequence of sed -n l that s begins with.
func listed(s string) ([]byte, int) {
	if s[0] != '\\' {
		return nil, 0
	}
	us, n := listDialect.escape(s)
	b, _ := encode(us, true)
	return b, n
}

var listDialect = dialect{simple: "a\ab\bf\fn\nr\rt\tv\v\\\\", octal: [2]int{3, 3}}
