package paste

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// A text is the pasted input, decoded to UTF-8.
type text struct {
	raw  string // without a byte order mark and color codes; may be invalid UTF-8
	norm string // raw with ' ' for every kind of space, and ASCII for full-width punctuation and other quotes; always UTF-8

	lines []line   // of norm
	quiet []string // the lines without noise
	ends  []int    // where their comments begin

	marks  [2][]int // runes before every markEvery bytes of raw and of norm
	starts []int    // runes before each byte of raw, if it is not UTF-8

	lists      func() []list    // of norm
	literals   func() []literal // of raw
	chains     func() []chain   // concatenations in raw
	chainSpans func() []span

	runes []int // the index in the input of each rune of raw; nil if equal
	notes []Note
	bytes bool // the input contained invalid UTF-8
}

// decodeText decodes UTF-8 or UTF-16, and removes the byte order mark and color
// codes.
func decodeText(b []byte) *text {
	t := &text{}
	s := ""
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		s = fromUTF16(b[2:], 0)
		t.note(NoteUTF16)
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		s = fromUTF16(b[2:], 1)
		t.note(NoteUTF16)
	case len(b) >= 4 && len(b)%2 == 0 && b[1] == 0 && b[3] == 0 && b[0] != 0:
		s = fromUTF16(b, 0)
		t.note(NoteUTF16)
	case len(b) >= 4 && len(b)%2 == 0 && b[0] == 0 && b[2] == 0 && b[1] != 0:
		s = fromUTF16(b, 1)
		t.note(NoteUTF16)
	default:
		s = string(b)
	}
	t.bytes = !utf8.ValidString(s)
	if rest, ok := strings.CutPrefix(s, "\ufeff"); ok {
		t.note(NoteBOM)
		s = rest
		t.shift(s, 1)
	}
	if strings.Contains(s, "\x1b[") {
		s = t.removeColors(s)
	}
	t.raw = s
	t.norm = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return r
		case unicode.IsSpace(r), r == '\u200b', r == '\u2060', r == '\ufeff':
			return ' '
		case r == '，' || r == '、':
			return ','
		case r == '。':
			return '.'
		case r == '（':
			return '('
		case r == '）':
			return ')'
		case r == '；':
			return ';'
		case r == '：':
			return ':'
		case r == '“' || r == '”' || r == '„' || r == '«' || r == '»':
			return '"'
		case r == '‘' || r == '’' || r == '‚':
			return '\''
		}
		return r
	}, s)
	t.lines = lines(t.norm)
	for _, l := range t.lines {
		quiet := silence(l.s)
		t.quiet = append(t.quiet, quiet)
		t.ends = append(t.ends, comment(quiet))
	}
	t.lists = sync.OnceValue(t.findLists)
	t.literals = sync.OnceValue(func() []literal { return literals(t.raw) })
	t.chains = sync.OnceValue(t.findChains)
	t.chainSpans = sync.OnceValue(func() (all []span) {
		for _, c := range t.chains() {
			all = append(all, c.span)
		}
		return all
	})
	return t
}

func fromUTF16(b []byte, big int) string {
	u := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		u = append(u, uint16(b[i+big])|uint16(b[i+1-big])<<8)
	}
	s := string(utf16.Decode(u))
	if len(b)%2 != 0 {
		s += "\ufffd"
	}
	return s
}

func (t *text) note(n Note) {
	for _, m := range t.notes {
		if m == n {
			return
		}
	}
	t.notes = append(t.notes, n)
}

// shift records that s starts at rune n of the input.
func (t *text) shift(s string, n int) {
	t.runes = make([]int, 0, len(s)+1)
	for range s {
		t.runes = append(t.runes, n)
		n++
	}
	t.runes = append(t.runes, n)
}

// removeColors removes the escape sequences of terminals.
func (t *text) removeColors(s string) string {
	var b strings.Builder
	var runes []int
	at := func(i int) int {
		if t.runes == nil {
			return i
		}
		return t.runes[i]
	}
	n := 0 // runes so far
	for i := 0; i < len(s); {
		if size := control(s[i:]); size > 0 {
			t.note(NoteColors)
			i += size
			n += size
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		b.WriteString(s[i : i+size])
		runes = append(runes, at(n))
		i += size
		n++
	}
	t.runes = append(runes, at(n))
	return b.String()
}

// control returns the size of the CSI sequence that s begins with, or 0.
func control(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	for i := 2; i < len(s) && i < 32; i++ {
		switch c := s[i]; {
		case c >= '@' && c <= '~':
			return i + 1
		case c < ' ' || c > '?':
			return 0
		}
	}
	return 0
}

const markEvery = 1024

// runeStarts returns the number of runes that begin in s.
func runeStarts(s string) int {
	n := 0
	for i := range len(s) {
		if utf8.RuneStart(s[i]) {
			n++
		}
	}
	return n
}

// rune returns the index in the input, in runes, of byte i of s, which is raw
// or norm.
func (t *text) rune(s string, i int) int {
	i = min(max(i, 0), len(s))
	if t.bytes && s == t.raw {
		return t.original(t.before(i))
	}
	marks := &t.marks[0]
	if s == t.norm {
		marks = &t.marks[1]
	}
	if *marks == nil {
		n := 0
		for at := 0; at <= len(s); at += markEvery {
			*marks = append(*marks, n)
			n += runeStarts(s[at:min(at+markEvery, len(s))])
		}
	}
	n := (*marks)[i/markEvery] + runeStarts(s[i/markEvery*markEvery:i])
	return t.original(n)
}

// before returns the number of runes before the byte i of raw, where each byte
// that is not UTF-8 is one.
func (t *text) before(i int) int {
	if t.starts == nil {
		t.starts = make([]int, 0, len(t.raw)+1)
		for at, r := range t.raw {
			n := len(t.starts)
			next := 0
			if n > 0 {
				next = t.starts[n-1] + 1
			}
			size := utf8.RuneLen(r)
			if r == utf8.RuneError && !strings.HasPrefix(t.raw[at:], "\ufffd") {
				size = 1
			}
			for range size {
				t.starts = append(t.starts, next)
			}
		}
		t.starts = append(t.starts, utf8.RuneCountInString(t.raw))
	}
	return t.starts[i]
}

// original returns the index in the input of the rune n of raw.
func (t *text) original(n int) int {
	if t.runes != nil {
		return t.runes[min(n, len(t.runes)-1)]
	}
	return n
}

// show returns s for people: U+FFFD in place of bytes that are not UTF-8.
func show(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

// A span is a range of bytes of a text.
type span struct{ from, to int }

// within reports whether one of the spans, which are in order, contains byte i.
func within(spans []span, i int) bool {
	n, found := slices.BinarySearchFunc(spans, i, func(x span, i int) int { return cmp.Compare(x.from, i) })
	return found || n > 0 && i < spans[n-1].to
}

// find returns the match of re, which is anchored, in s. If likely is not set,
// s cannot match: that is cheaper to know than to ask re.
func find(re *regexp.Regexp, s string, likely bool) []string {
	if !likely {
		return nil
	}
	return re.FindStringSubmatch(s)
}

// A line is a line of a text without its line terminator.
type line struct {
	s    string
	from int // index in the text
}

// lines returns the lines of s.
func lines(s string) []line {
	all := make([]line, 0, strings.Count(s, "\n")+1)
	at := 0
	for l := range strings.Lines(s) {
		all = append(all, line{strings.TrimRight(l, "\r\n"), at})
		at += len(l)
	}
	return all
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isOctal(c byte) bool { return '0' <= c && c <= '7' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func isWord(c byte) bool { return isDigit(c) || isLetter(c) || c == '_' || c >= 0x80 }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// unhex returns the value of a hex digit.
func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&0xf + 9
}

// hexBytes decodes s, an even number of hex digits.
func hexBytes(s string) []byte {
	b := make([]byte, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		b = append(b, unhex(s[i])<<4|unhex(s[i+1]))
	}
	return b
}

// clip shortens text quoted in a message.
func clip(s string) string {
	const most = 40
	s = show(s)
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
