package paste

import (
	"strings"
	"unicode/utf8"
)

// A unit is a byte or a character of a string.
type unit struct {
	r    rune
	byte bool
}

// asciiNames are Haskell's names of the control characters. SOH is before SO,
// since the longest match counts.
var asciiNames = []struct {
	name string
	c    byte
}{
	{"NUL", 0}, {"SOH", 1}, {"STX", 2}, {"ETX", 3}, {"EOT", 4}, {"ENQ", 5}, {"ACK", 6}, {"BEL", 7}, {"BS", 8}, {"HT", 9}, {"LF", 10},
	{"VT", 11}, {"FF", 12}, {"CR", 13}, {"SO", 14}, {"SI", 15}, {"DLE", 16}, {"DC1", 17}, {"DC2", 18}, {"DC3", 19}, {"DC4", 20},
	{"NAK", 21}, {"SYN", 22}, {"ETB", 23}, {"CAN", 24}, {"EM", 25}, {"SUB", 26}, {"ESC", 27}, {"FS", 28}, {"GS", 29}, {"RS", 30},
	{"US", 31}, {"SP", 32}, {"DEL", 127},
}

// unescape returns the units of s, the inside of a literal. If s is invalid in
// the dialect, bad is the index of the fault, and otherwise -1.
func (d *dialect) unescape(s string) (units []unit, bad int) {
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			r, n := utf8.DecodeRuneInString(s[i:])
			u := unit{r: r}
			if r == utf8.RuneError && n == 1 { // a byte that is not UTF-8
				u = unit{rune(s[i]), true}
			}
			units = append(units, u)
			i += n
			continue
		}
		us, n := d.escape(s[i:])
		if n == 0 {
			return nil, i
		}
		units = append(units, us...)
		i += n
	}
	return units, -1
}

// digits returns the number of leading characters of s that satisfy is, up to
// most.
func digits(s string, most int, is func(byte) bool) int {
	n := 0
	for n < len(s) && n < most && is(s[n]) {
		n++
	}
	return n
}

// number returns the value of digits, or -1 if it is not a code point.
func number(s string, base int) rune {
	var v rune
	for i := range len(s) {
		v = v*rune(base) + rune(unhex(s[i]))
		if v > utf8.MaxRune {
			return -1
		}
	}
	return v
}

// code returns the unit of a number, and n, or 0 if there is none.
func (d *dialect) code(v rune, n int) ([]unit, int) {
	switch {
	case v < 0:
		return nil, 0
	case !d.chars && v > 0xff:
		return nil, 0
	}
	return []unit{{v, !d.chars}}, n
}

// escape parses the escape sequence at the start of s. Its size n is 0 if there
// is none.
func (d *dialect) escape(s string) (u []unit, n int) {
	if len(s) < 2 {
		return nil, 0
	}
	c := s[1]
	if c == '0' && d.octal[1] == 0 && d.decimal[1] == 0 && len(s) > 2 && isDigit(s[2]) {
		return nil, 0
	}
	switch {
	case d.octal[1] > 0 && isOctal(c):
		k := digits(s[1:], d.octal[1], isOctal)
		if k < d.octal[0] {
			return nil, 0
		}
		if v := number(s[1:1+k], 8); v <= 0xff {
			return d.code(v, 1+k)
		}
		return nil, 0
	case d.decimal[1] > 0 && isDigit(c):
		k := digits(s[1:], d.decimal[1], isDigit)
		if k < d.decimal[0] {
			return nil, 0
		}
		return d.code(number(s[1:1+k], 10), 1+k)
	case d.xBrace && strings.HasPrefix(s, `\x{`):
		return d.brace(s)
	case c == 'x' && d.x[1] > 0:
		k := digits(s[2:], d.x[1], isHex)
		if k < d.x[0] {
			return nil, 0
		}
		return d.code(number(s[2:2+k], 16), 2+k)
	case d.uBrace && strings.HasPrefix(s, `\u{`):
		return d.brace(s)
	case d.u && (c == 'u' || c == 'U'):
		want := 4
		if c == 'U' {
			want = 8
		}
		k := digits(s[2:], want, isHex)
		v := number(s[2:2+k], 16)
		if k < want || v < 0 {
			return nil, 0
		}
		return []unit{{r: v}}, 2 + k
	case d.control && c == 'c' && len(s) > 2:
		return []unit{{rune(s[2] & 0x1f), true}}, 3
	case d.caret && c == '^' && len(s) > 2 && s[2] >= '@' && s[2] <= '_':
		return []unit{{rune(s[2] - '@'), true}}, 3
	}
	for i := 0; i+1 < len(d.simple); i += 2 {
		if d.simple[i] == c {
			return []unit{{rune(d.simple[i+1]), true}}, 2
		}
	}
	if d.names {
		switch {
		case c == '&':
			return nil, 2
		case c == 'o':
			k := digits(s[2:], most, isOctal)
			if k == 0 {
				return nil, 0
			}
			return d.code(number(s[2:2+k], 8), 2+k)
		}
		for _, a := range asciiNames {
			if strings.HasPrefix(s[1:], a.name) && !(a.name == "SO" && strings.HasPrefix(s[1:], "SOH")) {
				return []unit{{rune(a.c), true}}, 1 + len(a.name)
			}
		}
	}
	if d.gap && (c == '\n' || c == '\r') {
		n = 2
		if c == '\r' && len(s) > 2 && s[2] == '\n' {
			n = 3
		}
		return nil, n
	}
	r, size := utf8.DecodeRuneInString(s[1:])
	switch {
	case isDigit(c) || c == 'x' || c == 'u':
		return nil, 0
	case d.other == keep:
		return []unit{{'\\', true}, {r: r}}, 1 + size
	}
	return nil, 0
}

// brace parses \x{…} or \u{…}.
func (d *dialect) brace(s string) ([]unit, int) {
	k := digits(s[3:], 8, isHex)
	if k == 0 || len(s) <= 3+k || s[3+k] != '}' {
		return nil, 0
	}
	v := number(s[3:3+k], 16)
	if v < 0 {
		return nil, 0
	}
	if s[1] == 'x' {
		return d.code(v, 4+k)
	}
	return []unit{{r: v}}, 4 + k
}

// encode returns the bytes of units: characters in Latin-1 or in UTF-8.
func encode(units []unit, latin1 bool) ([]byte, bool) {
	b := []byte{}
	for _, u := range units {
		switch {
		case u.r < 0x80 || u.byte:
			b = append(b, byte(u.r))
		case !latin1:
			b = utf8.AppendRune(b, u.r)
		case u.r > 0xff:
			return nil, false
		default:
			b = append(b, byte(u.r))
		}
	}
	return b, true
}
