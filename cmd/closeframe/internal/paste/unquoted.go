package paste

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var escapes = recognizer{
	read: readUnquoted,
	samples: []sample{
		{`\x88\x05\x03\xe9bye`, "880503e9627965"},
		{`\210\005\003\351bye`, "880503e9627965"},
		{`\136\005\003\233bye`, "880503e9627965"},
		{`\u0088\u0005\u0003\u00e9bye`, "880503e9627965"},
		{"%88%05%03%e9bye", "880503e9627965"},
		{"=88=05=03=E9bye", "880503e9627965"},
		{"M-^H^E^CM-ibye", "880503e9627965"},
	},
}

// An intro is the start of an unquoted escape sequence.
type intro struct {
	form, name string
	mark       string         // in each of them
	first      *regexp.Regexp // the first one of a line
	decode     func(s string) ([]byte, int)
}

var intros = []intro{
	{"escapes", "", `\x`, regexp.MustCompile(`\\x[0-9a-fA-F]{2}`), backslashed},
	{"octal-escapes", "", `\`, regexp.MustCompile(`\\[0-3][0-7][0-7]`), backslashed},
	{"decimal-escapes", "", `\`, regexp.MustCompile(`\\[0-2][0-9][0-9]`), decimalEscape},
	{"latin1", "", `\u00`, regexp.MustCompile(`\\u00[0-9a-fA-F]{2}`), backslashed},
	{"percent", "", "%", regexp.MustCompile(`%[0-9a-fA-F]{2}`), func(s string) ([]byte, int) { return pair(s, '%') }},
	{"quoted-printable", "", "=", regexp.MustCompile(`=[0-9A-F]{2}`), func(s string) ([]byte, int) { return pair(s, '=') }},
	{"caret", "cat -v", "M-", regexp.MustCompile(`M-\^?[ -~]`), caret},
}

// backslashed decodes the C escape sequence at the start of s.
func backslashed(s string) ([]byte, int) {
	if s[0] != '\\' {
		return nil, 0
	}
	us, n := unquotedDialect.escape(s)
	b, ok := encode(us, true)
	if !ok {
		return nil, 0
	}
	return b, n
}

var unquotedDialect = dialect{simple: "a\ab\bf\fn\nr\rt\tv\v\\\\''\"\"e\x1b0\x00", octal: [2]int{1, 3}, x: [2]int{2, 2}, u: true}

// decimalEscape decodes the Lua escape sequence at the start of s.
func decimalEscape(s string) ([]byte, int) {
	if s[0] != '\\' {
		return nil, 0
	}
	us, n := decimalDialect.escape(s)
	b, _ := encode(us, true)
	return b, n
}

var decimalDialect = dialect{simple: "a\ab\bf\fn\nr\rt\tv\v\\\\''\"\"", decimal: [2]int{1, 3}, x: [2]int{2, 2}}

func pair(s string, c byte) ([]byte, int) {
	if len(s) < 3 || s[0] != c || !isHex(s[1]) || !isHex(s[2]) {
		return nil, 0
	}
	return hexBytes(s[1:3]), 3
}

// caret decodes the notation of cat -v.
func caret(s string) ([]byte, int) {
	high, n := byte(0), 0
	if strings.HasPrefix(s, "M-") && len(s) > 2 {
		high, n = 0x80, 2
	}
	rest := s[n:]
	switch {
	case len(rest) > 1 && rest[0] == '^' && rest[1] == '?':
		return []byte{high | 0x7f}, n + 2
	case len(rest) > 1 && rest[0] == '^' && '@' <= rest[1] && rest[1] <= '_':
		return []byte{high | rest[1] - '@'}, n + 2
	case n > 0 && ' ' <= rest[0] && rest[0] < 0x7f:
		return []byte{high | rest[0]}, n + 1
	}
	return nil, 0
}

// readUnquoted reads escape sequences without quotes, with the characters
// between and after them.
func readUnquoted(t *text, opt Options, r *result) {
	s := t.raw
	var quoted []span
	for _, l := range t.literals() {
		quoted = append(quoted, l.span)
	}
	all := lines(s)
	for _, in := range intros {
		if !strings.Contains(s, in.mark) {
			continue
		}
		var full, short Reading
		for _, l := range all {
			m := in.first.FindStringIndex(l.s)
			if m == nil {
				continue
			}
			if begin := l.from + m[0]; within(quoted, begin) {
				continue
			}
			bad := false
			var data []byte
			stop := -1 // index of the first space after the last escape sequence
			stopLen := 0
			i := m[0]
			end := len(strings.TrimRight(l.s, " \t`$"))
			if n := strings.Index(l.s[m[0]:], ">>>"); n >= 0 && strings.HasSuffix(l.s[:m[0]], "<<<") {
				end = m[0] + n // Jetty's buffers: the bytes from the position to the limit
			}
			if in.form == "caret" && strings.HasSuffix(l.s[:end], "M-") && end < len(l.s) {
				end++ // M-space
			}
			for i < end {
				if b, n := in.decode(l.s[i:]); n > 0 && i+n <= end {
					data = append(data, b...)
					i += n
					stop = -1
					continue
				}
				c, n := utf8.DecodeRuneInString(l.s[i:])
				if c == '\\' && in.decode != nil && in.form != "percent" && in.form != "caret" && in.form != "quoted-printable" {
					r.fail(t, s, l.from+i, natural, "escape", clip(l.s[i:min(i+4, len(l.s))]))
					bad = true
					break
				}
				if c == utf8.RuneError {
					r.fail(t, s, l.from+i, natural, "replaced")
					bad = true
					break
				}
				if (c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '`' || c == ')') && stop < 0 {
					stop, stopLen = i, len(data)
				}
				data = append(data, l.s[i:i+n]...)
				i += n
			}
			if bad {
				return
			}
			full.Chunks = append(full.Chunks, envelope.Chunk{Data: data})
			full.used = append(full.used, span{l.from + m[0], l.from + end})
			if stop < 0 {
				stop, stopLen = end, len(data)
			}
			short.Chunks = append(short.Chunks, envelope.Chunk{Data: data[:stopLen:stopLen]})
			short.used = append(short.used, span{l.from + m[0], l.from + stop})
		}
		if len(full.Chunks) == 0 {
			continue
		}
		for _, x := range []Reading{full, short} {
			x.Form, x.Name, x.of, x.at, x.rank = in.form, in.name, s, x.used[0].from, natural
			x.loose = true
			if strings.TrimSpace(s[:x.at]) == "" && strings.Count(strings.TrimSpace(s), "\n") == 0 {
				x.loose = false
			}
			x.label()
			r.add(x)
			if in.form == "percent" && strings.Contains(string(x.Bytes()), "+") {
				y := x
				y.Form = "form-encoding"
				y.Chunks = nil
				for _, c := range x.Chunks {
					c.Data = []byte(strings.ReplaceAll(string(c.Data), "+", " "))
					y.Chunks = append(y.Chunks, c)
				}
				r.add(y)
			}
		}
	}
}
