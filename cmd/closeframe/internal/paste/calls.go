package paste

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

var calls = recognizer{
	read: readCalls,
	samples: []sample{
		{"$f = chr(136) . chr(2) . chr(3) . chr(232);\n", "880203e8"},
		{`chr(0x88) + chr(0x05) + "\x03\xe9" + 'bye'` + "\n", "880503e9627965"},
		{"136.chr + 2.chr + 3.chr + 232.chr\n", "880203e8"},
		{`Chr(&H88) & Chr(5) & Chr(3) & Chr(233) & "bye"` + "\n", "880503e9627965"},
		{"CHR(136)||CHR(2)||CHR(3)||CHR(232)\n", "880203e8"},
		{`b'\x88\x02' + struct.pack("!H", 1000)` + "\n", "880203e8"},
		{`[0x88, 0x02, 1000].pack("CCn")` + "\n", "880203e8"},
		{"(char)0x88 + (char)0x02 + (char)0x03 + (char)0xe8\n", "880203e8"},
	},
}

// numeral matches a number of these languages. A leading zero is octal in some
// of them only, and matches in none.
const numeral = `0[xX][0-9a-fA-F]+|&[hH][0-9a-fA-F]+|\$[0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0|[1-9][0-9]*`

var (
	// charCallRE matches a call that makes characters of numbers.
	charCallRE = regexp.MustCompile(`^(?i:(?:[a-z]\w*[.:]+)?(?:chr[wb]?\$?|n?char|unichr|fromCharCode|fromCodePoint))\(\s*((?:` + numeral + `)(?:\s*,\s*(?:` + numeral + `))*)\s*\)`)
	// charMethodRE matches a method of a number, and a cast.
	charMethodRE = regexp.MustCompile(`^(?:(` + numeral + `)\.chr(?:\([^()]*\))?|\(char\)\s*(` + numeral + `))`)
	operatorRE   = regexp.MustCompile(`^(?:[\s\p{Z}]|\\\n|_\s*\n)*(?:\.\.?|\+\+?|&|\|\||<>|<<|,)(?:[\s\p{Z}]|\\\n|_\s*\n)*`)
)

// A chain is a sequence of calls and literals joined by operators.
type chain struct {
	span
	data   [2][]byte // characters beyond ASCII in literals as Latin-1, and as UTF-8
	wide   bool      // there are characters beyond ASCII in literals
	latin1 bool      // all these characters are in Latin-1
	fault  *Error    // an invalid number or escape sequence
}

// findChains returns the concatenations in raw.
func (t *text) findChains() []chain {
	s := t.raw
	var all []chain
	for i := 0; i < len(s); {
		if i > 0 && (isWord(s[i-1]) || s[i-1] == '.') {
			i++
			continue
		}
		c, called := chainAt(t, i)
		if called < 1 {
			i = max(i+1, c.to)
			if k := t.literalAt(i - 1); k >= 0 {
				i = max(i, t.literals()[k].to)
			}
			continue
		}
		all = append(all, c)
		i = max(c.to, i+1)
	}
	return all
}

// literalAt returns the index of the literal that starts at raw[i:], or -1.
func (t *text) literalAt(i int) int {
	k, ok := slices.BinarySearchFunc(t.literals(), i, func(l literal, i int) int { return cmp.Compare(l.from, i) })
	if !ok {
		return -1
	}
	return k
}

// chainAt returns the concatenation of at least two parts that begins at i,
// and how many of its parts are calls; 0 if there is none.
func chainAt(t *text, i int) (c chain, called int) {
	s, quoted := t.raw, t.literals()
	c = chain{span: span{from: i, to: i}, latin1: true}
	parts := 0
	packed := false
	for {
		word := i // behind letters, digits and punctuation of a name
		for word < min(len(s), i+64) && (isWord(s[word]) || strings.IndexByte(".:$", s[word]) >= 0) {
			word++
		}
		call := word < len(s) && word > i && s[word] == '('
		if m := find(charCallRE, s[i:], call); m != nil {
			for _, n := range strings.Split(m[1], ",") {
				c.number(t, i, strings.TrimSpace(n))
			}
			called++
			i += len(m[0])
		} else if m := find(charMethodRE, s[i:], strings.HasPrefix(s[i:], "(char)") || strings.Contains(s[i:min(len(s), i+32)], ".chr")); m != nil {
			c.number(t, i, m[1]+m[2])
			called++
			i += len(m[0])
		} else if data, n, ok := packAt(s[i:]); n > 0 {
			if !ok {
				c.fail(t, i, "expression", clip(s[i:i+n]))
			}
			for k := range c.data {
				c.data[k] = append(c.data[k], data...)
			}
			packed = true
			called++
			i += n
		} else if k := t.literalAt(i); k >= 0 && !quoted[k].open {
			c.literal(t, quoted[k])
			i = quoted[k].to
		} else {
			break
		}
		parts++
		c.to = i
		m := operatorRE.FindString(s[i:])
		if m == "" {
			break
		}
		i += len(m)
	}
	if parts < 2 && (!packed || c.fault != nil) {
		return c, 0
	}
	return c, called
}

func (c *chain) fail(t *text, i int, kind, arg string) {
	if c.fault == nil {
		c.fault = &Error{Rune: t.rune(t.raw, i), Kind: kind, Args: []any{arg}}
	}
}

// number appends the character with the code n, which is at s[i].
func (c *chain) number(t *text, i int, n string) {
	digits := strings.NewReplacer("&h", "0x", "&H", "0x", "$", "0x").Replace(n)
	v, err := strconv.ParseUint(digits, 0, 8)
	if err != nil {
		c.fail(t, i, "range", n)
	}
	for k := range c.data {
		c.data[k] = append(c.data[k], byte(v))
	}
}

// chainDialect has the escape sequences that languages agree on.
var chainDialect = dialect{simple: "n\nr\rt\t\\\\''\"\"", octal: [2]int{3, 3}, x: [2]int{2, 2}}

// literal appends the characters of a literal.
func (c *chain) literal(t *text, l literal) {
	inside := t.raw[l.inside.from:l.inside.to]
	us, bad := chainDialect.unescape(inside)
	if bad < 0 && (l.raw || l.quote == '\'' && l.prefix != "b") && strings.Contains(inside, `\`) {
		bad = strings.Index(inside, `\`) // its meaning depends on the language
	}
	if bad >= 0 {
		c.fail(t, l.inside.from+bad, "escape", clip(inside[bad:min(bad+4, len(inside))]))
		return
	}
	for _, u := range us {
		c.wide = c.wide || u.r >= 0x80 && !u.byte
	}
	b, ok := encode(us, true)
	c.latin1 = c.latin1 && ok
	c.data[0] = append(c.data[0], b...)
	b, _ = encode(us, false)
	c.data[1] = append(c.data[1], b...)
}

// readCalls reads characters made by calls and joined by operators.
func readCalls(t *text, opt Options, r *result) {
	all := t.chains()
	if len(all) == 0 {
		return
	}
	wide, latin1 := false, true
	for _, c := range all {
		if c.fault != nil {
			c.fault.rank = marked
			r.errors = append(r.errors, c.fault)
			return
		}
		wide = wide || c.wide
		latin1 = latin1 && c.latin1
	}
	for k, form := range []string{"latin1", "utf8"} {
		if k == 0 && !latin1 || k == 1 && !wide {
			continue
		}
		out := Reading{Form: form, of: t.raw, rank: marked, at: all[0].from}
		if !wide {
			out.Form = "escapes"
		}
		for _, c := range all {
			out.used = append(out.used, c.span)
			out.Chunks = append(out.Chunks, envelope.Chunk{Data: c.data[k]})
		}
		out.label()
		r.add(out)
	}
}
