package paste

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

// A literal is a string in quotes.
type literal struct {
	span          // quotes and prefix included
	prefix string // "b"
	quote  rune
	inside span
	open   bool // the closing quote is missing
	raw    bool // backslashes are not escape sequences
	data   bool // a bytes literal
	repeat int  // gdb's <repeats N times>
	cut    bool // strace's and gdb's "..." behind it
}

var (
	prefixRE = regexp.MustCompile(`(?:^|[^\w\\])([bBuULrR]|u8|[bB][rR]|[rR][bB]|c|[fF]|\$|@|#)$`)
	// escapedRE matches an escape sequence for a byte that is not printable
	// ASCII.
	escapedRE = regexp.MustCompile(`\\(?:x|[0-9]|u[0-9a-fA-F{]|\^[A-Z@\[]|[A-Z]{2,3}\d?(?:\\|$)|o[0-7])`)
	joinRE    = regexp.MustCompile(`^(?:[\s\\]|\+\+?|\.\.?|<>|&|//[^\n]*|/\*[^*]*\*/)*$`)
	repeatRE  = regexp.MustCompile(`^ <repeats (\d+) times>`)
)

// literals finds the string literals of s.
func literals(s string) []literal {
	var all []literal
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		shut := r
		switch r {
		case '"', '\'':
		case '“':
			shut = '”'
		case '‘':
			shut = '’'
		default:
			if r == '\\' && i+1 < len(s) && s[i+1] != '\n' { // an escape sequence without quotes
				_, m := utf8.DecodeRuneInString(s[i+1:])
				n += m
			}
			i += n
			continue
		}
		l := literal{quote: r, repeat: 1}
		l.from = i
		if m := prefixRE.FindStringSubmatchIndex(s[max(0, i-4):i]); m != nil && r < 0x80 && s[i-1] != '#' {
			l.from = max(0, i-4) + m[2]
			l.prefix = s[l.from:i]
			l.raw = strings.ContainsAny(l.prefix, "rR@")
		} else if i > 0 && isWord(s[i-1]) && r == '\'' {
			i += n // an apostrophe
			continue
		}
		if len(all) > 0 && l.from < all[len(all)-1].to {
			l.from = i
			l.prefix = ""
		}
		triple := strings.HasPrefix(s[i:], `"""`) || strings.HasPrefix(s[i:], `'''`)
		if triple && strings.Count(s[i:], s[i:i+3]) < 2 {
			triple = false
		}
		if triple {
			n = 3
		}
		j := i + n
		l.inside.from = j
		closed := false
		for j < len(s) {
			c, m := utf8.DecodeRuneInString(s[j:])
			if c == '\\' && j+1 < len(s) && !l.raw {
				_, k := utf8.DecodeRuneInString(s[j+1:])
				if s[j+1] == '\r' && j+2 < len(s) && s[j+2] == '\n' {
					k++
				}
				j += 1 + k
				continue
			}
			if c == '\n' && !triple && r != '`' {
				break
			}
			if c == shut && (!triple || strings.HasPrefix(s[j:], s[i:i+3])) {
				closed = true
				l.inside.to = j
				j += m
				if triple {
					j = l.inside.to + 3
				}
				break
			}
			j += m
		}
		if !closed {
			before := s[strings.LastIndexByte(s[:i], '\n')+1 : i]
			if l.prefix == "" && !escapedRE.MatchString(s[i:j]) || escapedRE.MatchString(before) {
				i += n // an apostrophe, a quote of prose, or one after escape sequences without quotes
				continue
			}
			l.open = true
			l.inside.to = j
		}
		l.to = j
		inside := s[l.inside.from:l.inside.to]
		l.data = !l.raw && (strings.ContainsAny(l.prefix, "bB") || escapedRE.MatchString(inside))
		if m := repeatRE.FindStringSubmatch(s[j:]); m != nil {
			l.repeat = int(min(number(m[1], 10), 4096))
			l.to += len(m[0])
			j = l.to
			l.data = true
		}
		if strings.HasPrefix(s[j:], "...") || strings.HasPrefix(s[j:], "…") {
			l.cut = true
			l.to += 3
			j = l.to
		}
		all = append(all, l)
		i = max(j, i+n)
	}
	return all
}

// readLiteral reads string literals with escape sequences, and bytes literals.
func readLiteral(t *text, opt Options, r *result) {
	s := t.raw
	all := literals(s)
	// A literal joined to a bytes literal is one too.
	for changed := true; changed; {
		changed = false
		for i := range all {
			if all[i].data || all[i].raw {
				continue
			}
			before := i > 0 && all[i-1].data && joins(s[all[i-1].to:all[i].from])
			behind := i+1 < len(all) && all[i+1].data && joins(s[all[i].to:all[i+1].from])
			if before || behind {
				all[i].data, changed = true, true
			}
		}
	}
	var data []literal
	for _, l := range all {
		if l.data {
			data = append(data, l)
		}
	}
	if len(data) == 0 {
		if len(all) == 1 {
			characters(t, opt, all[0], r)
		}
		return
	}
	for _, l := range data {
		inside := s[l.inside.from:l.inside.to]
		if i := strings.IndexRune(inside, utf8.RuneError); i >= 0 {
			r.fail(t, s, l.inside.from+i, marked, "replaced")
			return
		}
		if l.open {
			r.fail(t, s, l.from, marked, "quote", string(l.quote))
			return
		}
	}
	readDialects(t, data, r, func(l literal) string { return s[l.inside.from:l.inside.to] }, marked)
	// A log may have escaped the backslashes again.
	if strings.Contains(s, `\\`) {
		readDialects(t, data, r, func(l literal) string {
			return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(s[l.inside.from:l.inside.to])
		}, natural)
	}
	if len(data) == 1 && !escapedRE.MatchString(s[data[0].inside.from:data[0].inside.to]) {
		for i := range r.readings {
			r.readings[i].rank = natural
			if r.readings[i].Form == "escapes" {
				r.readings[i].Form = "text"
			}
		}
	}
}

func joins(s string) bool { return joinRE.MatchString(s) }

// characters reads a lone literal without escape sequences as its characters.
func characters(t *text, opt Options, l literal, r *result) {
	s := t.raw
	inside := s[l.inside.from:l.inside.to]
	if l.open || inside == "" && !opt.Payload || strings.TrimSpace(s[:l.from]+s[l.to:]) != "" {
		return
	}
	r.add(Reading{Form: "text", Chunks: []envelope.Chunk{{Data: []byte(inside)}}, used: []span{l.span}, of: s,
		rank: natural, at: l.from})
}

// readDialects reads literals in all dialects that match.
func readDialects(t *text, data []literal, r *result, inside func(literal) string, rk rank) {
	type attempt struct {
		name   string
		chunks [][]byte
		form   string
		rank   rank
		names  []string
	}
	var list []attempt
	badAt, badText := -1, ""
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
		}
		if !ok {
			continue
		}
		wide, numeric := false, false
		for k, l := range data {
			for _, u := range units[k] {
				wide = wide || u.r >= 0x80 && !u.byte
			}
			numeric = numeric || numericRE.MatchString(inside(l))
		}
		encodings := []bool{false}
		if wide {
			encodings = []bool{true, false}
		}
		for _, latin1 := range encodings {
			a := attempt{name: d.name, form: "escapes", rank: rk}
			fine := true
			for k := range units {
				b, ok := encode(units[k], latin1)
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
			found := false
			for j := range list {
				if bytes.Equal(bytes.Join(list[j].chunks, nil), bytes.Join(a.chunks, nil)) {
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
		names := newSides()
		for k, l := range data {
			label := labelBefore(t.raw, l.from)
			side := direction(label)
			out.Chunks = append(out.Chunks, envelope.Chunk{Data: a.chunks[k], Side: names.of(side), Label: side})
			out.used = append(out.used, l.span)
			if l.cut {
				out.Cut = -1
			}
		}
		names.settle(out.Chunks)
		r.add(out)
	}
}

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

// labelBefore returns the text before s[i:] on its line.
func labelBefore(s string, i int) string {
	return s[strings.LastIndexByte(s[:i], '\n')+1 : i]
}
