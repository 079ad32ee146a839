package paste

import (
	"regexp"
	"strconv"
	"strings"
)

// An element is one number, character or string of an array.
type element struct {
	span
	bare  string // digits without a base prefix, with the sign; "" if v or data is set
	v     int
	bits  int    // size of v; 0: 8
	data  []byte // of a string
	times int    // how often it is repeated

	quoted string // the quoted text, if it could be a number
}

var (
	// quotedRE matches a number in quotes.
	quotedRE = regexp.MustCompile(`^(?:"((?:0[xX])?[0-9a-fA-F]{1,2}|-?[0-9]{1,3}|0b[01]{1,8}|0o[0-7]{1,3})"|'((?:0[xX])?[0-9a-fA-F]{1,2}|-?[0-9]{1,3}|0b[01]{1,8}|0o[0-7]{1,3})')`)
	castRE   = regexp.MustCompile(`^\(\s*(?:unsigned |signed )?(?:byte|sbyte|char|u?int8(?:_t)?|u8|i8|unsigned char|UInt8|Byte)\s*\)\s*`)
	callRE   = regexp.MustCompile(`^(?:byte|Byte|u8|U8|uint8|UInt8|Uint8|int8|Int8|int|i8|char|chr|ord|toByte|unchecked|number|float)\(`)
	suffixRE = regexp.MustCompile(`^(?:\.toU?Byte(?:\(\))?|\.byteValue(?:\(\))?|\.toInt\(\)|\)?\.toByte\(\)| as u8| as byte|_?[ui](?:8|16|32|64|size)|'[ui]8|[uU]y|[uU][lL]{0,2}|[lL]{1,2}|y)`)
	sizeRE   = regexp.MustCompile(`^::?(?:size\()?(\d+)\)?(?:[-/](?:big|unsigned|integer|unit:1|-)+)*`)
	// indexRE matches an element's own index.
	indexRE  = regexp.MustCompile(`^(?:"(\d+)"\s*:|'(\d+)'\s*:|\.?\[(\d+|0[xX][0-9a-fA-F]+)(?: '(?:\\.[^']*|[^'\\])')?\]\s*=>?|(\d+)\s*(?:=>|:)\s)\s*`)
	numberRE = regexp.MustCompile(`^(?:0[xX]([0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)|&[hH]([0-9a-fA-F]+)&?|16#([0-9a-fA-F]+)#?|#x([0-9a-fA-F]+)|\$([0-9][0-9a-fA-F]?|[0-9a-fA-F]{2})\b|([0-9][0-9a-fA-F]*)[hH]\b|[xX]"([0-9a-fA-F]+)"|[xX]'([0-9a-fA-F]+)'|[0-9]*'[hH]([0-9a-fA-F]+)\b)`)
	bits01RE = regexp.MustCompile(`^(?:0[bB]|2#|#b)([01_]+)#?`)
	octalRE  = regexp.MustCompile(`^(?:0[oO]|8#|#o)([0-7]+)#?`)
	bareRE   = regexp.MustCompile(`^[-−]?[0-9a-fA-F]+`)
	elideRE  = regexp.MustCompile(`^(?:\.\.\.|…)\s*(?:(\d+) more (?:bytes?|items?|elements?)|\+?(\d+) more)?`)
	propRE   = regexp.MustCompile(`^(?:[A-Za-z_$][\w$]*\s*[:=]|Symbol\()`)
	timesRE  = regexp.MustCompile(`^\s*<repeats (\d+) times>`)
	againRE  = regexp.MustCompile(`^\s*\((0x[0-9a-fA-F]{1,2}|-?[0-9]{1,3})\)`) // 0x88 (136)
	// appendedRE matches the operator between a binary and a string.
	appendedRE = regexp.MustCompile(`^\s*<>\s*"`)
	flagsRE    = regexp.MustCompile(`^\s*'(?:\\.[^']*|[^'\\]|\\\\|\\')'`)
)

// equals reports whether digits have the value of e in another base.
func (e *element) equals(digits string) bool {
	v, err := strconv.ParseInt(digits, 0, 16)
	if e.bare == "" {
		return err == nil && int(v) == e.v
	}
	w, fault := strconv.ParseInt(e.bare, 10, 16)
	return err == nil && fault == nil && v == w && strings.HasPrefix(digits, "0x")
}

// blank returns the index of the first byte of s[i:] that is neither white
// space nor in a comment.
func blank(s string, i int) int {
	for i < len(s) {
		if isSpace(s[i]) {
			i++
			continue
		}
		n := commentAt(s[i:min(len(s), i+maxComment)])
		if n == 0 {
			return i
		}
		i += n
	}
	return i
}

// maxComment is the maximum size of a comment in an array.
const maxComment = 4096

// commentAt returns the size of the comment that s starts with, or 0.
func commentAt(s string) int {
	switch {
	case strings.HasPrefix(s, "/*"):
		if n := strings.Index(s[2:], "*/"); n >= 0 {
			return n + 4
		}
		return 0
	case strings.HasPrefix(s, "//"), strings.HasPrefix(s, "--"), strings.HasPrefix(s, ";;"), len(s) > 1 && s[0] == '#' && isSpace(s[1]):
	default:
		return 0
	}
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n
	}
	if len(s) == maxComment {
		return 0
	}
	return len(s)
}

// parseElement parses the element at s[i:]. Strings are elements only in
// Erlang's binaries.
func parseElement(s string, i int, binary bool) (e element, next int, ok bool) {
	e.from, e.times = i, 1
	c := byte(0)
	if i < len(s) {
		c = s[i]
	}
	if m := find(quotedRE, s[i:], !binary && (c == '"' || c == '\'')); m != nil {
		e.quoted = m[1] + m[2]
		if len(e.quoted) > 1 || m[1] != "" {
			x, n, ok := parseElement(e.quoted, 0, false)
			if !ok || n != len(e.quoted) {
				return e, i, false
			}
			e.v, e.bare = x.v, x.bare
			e.to = i + len(m[0])
			return e, e.to, true
		}
	}
	if m := find(castRE, s[i:], c == '('); m != nil {
		i += len(m[0])
	}
	shut := false
	if m := find(callRE, s[i:], i < len(s) && isLetter(s[i])); m != nil {
		i += len(m[0])
		shut = true
	} else if i < len(s) && s[i] == '(' && i+1 < len(s) && (s[i+1] == '-' || isDigit(s[i+1])) { // (-24).toByte()
		i++
		shut = true
	}
	rest := s[i:]
	negative := strings.HasPrefix(rest, "-0x") || strings.HasPrefix(rest, "-0X")
	if negative {
		rest = rest[1:]
		i++
	}
	set := func(digits string, base, size int) bool {
		v, err := strconv.ParseUint(strings.ReplaceAll(digits, "_", ""), base, 32)
		e.v = int(v)
		if negative {
			e.v = -e.v
		}
		i += size
		return err == nil
	}
	switch {
	case strings.HasPrefix(rest, "'") || strings.HasPrefix(rest, "b'") || strings.HasPrefix(rest, "L'"):
		v, n := charConstant(rest)
		if n == 0 {
			return e, i, false
		}
		e.v = v
		i += n
	case strings.HasPrefix(rest, `"`) && binary:
		n := closing(rest)
		if n < 0 {
			return e, i, false
		}
		us, bad := erlang.unescape(rest[1:n])
		b, fine := encode(us, false)
		if bad >= 0 || !fine {
			return e, i, false
		}
		e.data = b
		i += n + 1
		for _, suffix := range []string{"/utf8", "::utf8", "::binary"} {
			if strings.HasPrefix(s[i:], suffix) {
				i += len(suffix)
			}
		}
	case strings.HasPrefix(rest, "$") && binary && len(rest) > 1: // Erlang's characters
		if rest[1] == '\\' {
			us, n := erlang.escape(rest[1:])
			if n == 0 || len(us) != 1 {
				return e, i, false
			}
			e.v = int(us[0].r)
			i += 1 + n
		} else {
			e.v = int(rest[1])
			i += 2
		}
	case strings.HasPrefix(rest, "?") && len(rest) > 1 && rest[1] > ' ' && rest[1] < 0x7f: // Ruby's and Elixir's
		e.v = int(rest[1])
		i += 2
	default:
		n := digits(rest, len(rest), isHex) // most elements have digits alone
		odd := n == len(rest) || n == 0 && rest[0] != '-' || strings.IndexByte("xXhH#oO_'", rest[n]) >= 0
		if m := find(numberRE, rest, odd); m != nil {
			digits := strings.Join(m[1:], "")
			if !set(digits, 16, len(m[0])) {
				return e, i, false
			}
		} else if m := find(bits01RE, rest, odd || rest[0] == '0' && n > 1); m != nil && (len(rest) == len(m[0]) || !isWord(rest[len(m[0])])) {
			if !set(m[1], 2, len(m[0])) {
				return e, i, false
			}
		} else if m := find(octalRE, rest, odd); m != nil {
			if !set(m[1], 8, len(m[0])) {
				return e, i, false
			}
		} else if n > 0 {
			e.bare = rest[:n]
			i += n
		} else if m := bareRE.FindString(rest); m != "" {
			e.bare = strings.Replace(m, "−", "-", 1)
			i += len(m)
		} else {
			return e, i, false
		}
	}
	if i < len(s) && strings.IndexByte(", \n]};:", s[i]) >= 0 && !strings.HasPrefix(s[i:], " as ") {
		if s[i] == ',' || s[i] == ']' {
			e.to = i
			return e, i, !shut
		}
	} else if m := suffixRE.FindString(s[i:]); m != "" {
		i += len(m)
		if strings.HasPrefix(m, ")") {
			shut = false
		}
	}
	if shut {
		j := blank(s, i)
		if j >= len(s) || s[j] != ')' {
			return e, i, false
		}
		i = j + 1
		if m := suffixRE.FindString(s[i:]); m != "" {
			i += len(m)
		}
	}
	if binary {
		if m := sizeRE.FindStringSubmatch(s[i:]); m != nil {
			e.bits, _ = strconv.Atoi(m[1])
			if e.bits < 1 || e.bits > 64 || e.data != nil {
				return e, i, false
			}
			i += len(m[0])
		}
	}
	behind := strings.TrimLeft(s[i:min(len(s), i+8)], " \t\r\n")
	if m := find(flagsRE, s[i:], strings.HasPrefix(behind, "'")); m != nil { // gdb: 136 '\210'
		i += len(m[0])
		behind = "<"
	}
	if m := find(againRE, s[i:], strings.HasPrefix(behind, "(")); m != nil && e.equals(m[1]) {
		i += len(m[0])
	}
	if m := find(timesRE, s[i:], strings.HasPrefix(behind, "<")); m != nil {
		e.times, _ = strconv.Atoi(m[1])
		e.times = min(e.times, 4096)
		i += len(m[0])
	}
	if i < len(s) && isWord(s[i]) {
		return e, i, false
	}
	e.to = i
	return e, i, true
}

// charConstant parses a character constant of C, Go or Rust.
func charConstant(s string) (v, n int) {
	open := strings.IndexByte(s, '\'')
	shut := open + 1
	s = s[:min(len(s), 16)]
	for shut < len(s) && s[shut] != '\'' {
		if s[shut] == '\\' {
			shut++
		}
		shut++
	}
	if shut >= len(s) || shut == open+1 {
		return 0, 0
	}
	us, bad := charDialect.unescape(s[open+1 : shut])
	if bad >= 0 || len(us) != 1 || us[0].r > 0xff {
		return 0, 0
	}
	return int(us[0].r), shut + 1
}

var charDialect = dialect{simple: "a\ab\bf\fn\nr\rt\tv\v\\\\''\"\"?\x3fe\x1b", octal: [2]int{1, 3}, x: [2]int{1, 2}, u: true}

var erlang = func() *dialect {
	for i := range dialects {
		if dialects[i].name == "Erlang" {
			return &dialects[i]
		}
	}
	panic("no Erlang")
}()

// closing returns the index of the closing quote of the literal at the start of
// s, or -1.
func closing(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case s[0]:
			return i
		case '\\':
			i++
		}
	}
	return -1
}
