package main

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxInput is how many bytes are read or unfolded at most.
const maxInput = 16 << 20

// A hexError says what is wrong with a text that should hold bytes in
// hexadecimal, and where.
type hexError struct {
	pos int // the index in the text
	msg string
}

func (e *hexError) Error() string { return e.msg }

// parseHex returns the bytes that text holds in hexadecimal. It knows
//
//   - digits in groups of any even length, with or without separators:
//     "8802 03e8", "88:02:03:e8", "88-02", "88,02", "880203e8";
//   - with prefixes: "0x88,0x02", "\x88\x02", "%88%02";
//   - arrays of C, Go and others: "{0x88, 0x2}", "[]byte{0x88, 0x02}",
//     "[0x88, 0x02]", "<Buffer 88 02>", and the output of xxd -i;
//   - string literals: "\x88\x02", b'\x88\x02\x03\xe8bye', or of digits: "8802";
//   - dumps with an offset before each line and perhaps the text behind it:
//     those of hexdump -C, xxd, od -t x1, tcpdump -X, Wireshark and tshark.
func parseHex(text string) ([]byte, error) {
	if b, ok, err := parseLiteral(text); ok || err != nil {
		if ok && strings.IndexByte(text, '\\') < 0 {
			// Digits in quotes, as in JSON, are digits: neither a Close frame
			// nor its payload begins with the characters themselves.
			if d, err := parseGroups(string(b), 0, len(b)); err == nil && len(d) > 0 {
				return d, nil
			}
		}
		return b, err
	}
	if b, ok, err := parseDump(text); ok || err != nil {
		return b, err
	}
	begin, end, err := array(text)
	if err != nil {
		return nil, err
	}
	return parseGroups(text, begin, end)
}

// array returns where in text the elements of an array are: between its
// braces or brackets, or those of Node's Buffer, or all of it if there are
// none.
func array(text string) (begin, end int, err error) {
	for _, p := range [...]struct{ open, shut string }{{"<Buffer", ">"}, {"{", "}"}, {"[", "]"}} {
		open := strings.Index(text, p.open)
		if open < 0 {
			continue
		}
		n := strings.Index(text[open:], p.shut)
		if n < 0 {
			return 0, 0, &hexError{open, fmt.Sprintf("%q is not closed", p.open)}
		}
		return open + len(p.open), open + n, nil
	}
	return 0, len(text), nil
}

// parseGroups parses text[i:end], groups of digits with separators between
// them.
func parseGroups(text string, i, end int) ([]byte, error) {
	var b []byte
	const separators = " \t\r\n\v\f,;:-"
	for i < end {
		if strings.IndexByte(separators, text[i]) >= 0 {
			i++
			continue
		}
		single := false // one digit is enough
		switch rest := text[i:end]; {
		case hasPrefixFold(rest, "0x"):
			i += 2
			single = true
		case hasPrefixFold(rest, `\x`):
			i += 2
		case rest[0] == '%':
			i++
		}
		n := 0
		for i+n < end && isHex(text[i+n]) {
			n++
		}
		next := i + n
		switch {
		case n == 0 && i >= end:
			return nil, &hexError{i, "the hex digits are missing at the end"}
		case n == 0 || next < end && strings.IndexByte(separators+`\%`, text[next]) < 0:
			r, _ := utf8.DecodeRuneInString(text[next:end])
			return nil, &hexError{next, strconv.QuoteRune(r) + " is not a hex digit"}
		case n == 1 && single:
			b = append(b, unhex(text[i]))
		case n%2 != 0:
			return nil, &hexError{i, fmt.Sprintf("%q has an odd number of hex digits", clip(text[i:i+n]))}
		default:
			for j := i; j < next; j += 2 {
				b = append(b, unhex(text[j])<<4|unhex(text[j+1]))
			}
		}
		i = next
	}
	return b, nil
}

// parseLiteral parses a string literal, or several in a row, if that is what
// text is.
func parseLiteral(text string) (b []byte, ok bool, err error) {
	i := 0
	space := func() {
		for i < len(text) && strings.IndexByte(" \t\r\n\\", text[i]) >= 0 {
			i++
		}
	}
	for i < len(text) && strings.IndexByte(" \t\r\n", text[i]) >= 0 {
		i++
	}
	if i < len(text) && (text[i] == 'b' || text[i] == 'B') {
		i++
	}
	if i >= len(text) || text[i] != '"' && text[i] != '\'' {
		return nil, false, nil
	}
	for i < len(text) {
		quote := text[i]
		if quote != '"' && quote != '\'' {
			r, _ := utf8.DecodeRuneInString(text[i:])
			return nil, false, &hexError{i, strconv.QuoteRune(r) + " comes after the end of the string"}
		}
		begin := i
		for i++; ; {
			if i >= len(text) {
				return nil, false, &hexError{begin, fmt.Sprintf("the string is not closed by %q", quote)}
			}
			if text[i] == quote {
				i++
				break
			}
			c, n := escape(text[i:])
			if n == 0 {
				return nil, false, &hexError{i, fmt.Sprintf("%q is not an escape sequence", clip(text[i:min(i+2, len(text))]))}
			}
			b = append(b, c)
			i += n
		}
		space()
	}
	return b, true, nil
}

// escape returns the byte that s begins with, be it as it is or as an escape
// sequence of C, Go or Python, and how long that is: 0 if it is none.
func escape(s string) (c byte, n int) {
	if s[0] != '\\' {
		return s[0], 1
	}
	if len(s) < 2 {
		return 0, 0
	}
	if i := strings.IndexByte(`abfnrtv\'"`, s[1]); i >= 0 {
		return "\a\b\f\n\r\t\v\\'\""[i], 2
	}
	if s[1] == 'x' {
		if len(s) < 4 || !isHex(s[2]) || !isHex(s[3]) {
			return 0, 0
		}
		return unhex(s[2])<<4 | unhex(s[3]), 4
	}
	v := 0
	for n = 1; n < len(s) && n < 4 && '0' <= s[n] && s[n] <= '7'; n++ {
		v = v<<3 | int(s[n]-'0')
	}
	if n == 1 || v > 0xff {
		return 0, 0
	}
	return byte(v), n
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// unhex returns the value of a hex digit.
func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&0xf + 9
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// clip shortens what is quoted in an error.
func clip(s string) string {
	const most = 20
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}
