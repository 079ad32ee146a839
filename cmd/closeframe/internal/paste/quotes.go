package paste

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// A literal is a string in quotes.
type literal struct {
	span          // quotes and prefix included
	prefix string // "b"
	quote  rune
	inside span
	open   bool   // the closing quote is missing
	raw    bool   // backslashes are not escape sequences
	data   bool   // a bytes literal
	repeat int    // gdb's <repeats N times>, else 1
	tail   string // gdb's <incomplete sequence …>
	cut    bool   // strace's and gdb's "..." follows
}

var (
	prefixRE = regexp.MustCompile(`(?:^|[^\w\\])([bBuULrReE]|u8|[bB][rR]|[rR][bB]|c|[fF]|\$|@|#)$`)
	// escapedRE matches an escape sequence for a byte that is not printable
	// ASCII.
	escapedRE = regexp.MustCompile(`\\(?:x|[0-9]|u[0-9a-fA-F{]|\^[A-Z@\[]|[A-Z]{2,3}\d?(?:\\|$)|o[0-7])`)
	joinRE    = regexp.MustCompile(`^(?:[\s\\]|\+\+?|\.\.?|<>|&|//[^\n]*|/\*[^*]*\*/)*$`)
	repeatRE  = regexp.MustCompile(`^ <repeats (\d+) times>`)
	tailRE    = regexp.MustCompile(`^, <incomplete sequence ((?:\\[0-3][0-7][0-7])+)>`)
)

// literals finds the string literals of s.
func literals(s string) []literal {
	var all []literal
	lastTriple := max(strings.LastIndex(s, `"""`), strings.LastIndex(s, "'''"))
	var open [2]int  // no curly quote, double or single, is closed before this index
	var escaped span // the line from which has its first escape sequence before to
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		shut, curly := r, -1
		switch r {
		case '"', '\'':
		case '“':
			shut, curly = '”', 0
		case '‘':
			shut, curly = '’', 1
		default:
			if r == '\\' && i+1 < len(s) && s[i+1] != '\n' { // an escape sequence without quotes
				_, m := utf8.DecodeRuneInString(s[i+1:])
				n += m
			}
			i += n
			continue
		}
		if curly >= 0 && i < open[curly] {
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
		triple := i+3 <= lastTriple && (strings.HasPrefix(s[i:], `"""`) || strings.HasPrefix(s[i:], `'''`))
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
			if curly >= 0 {
				open[curly] = j
			}
			if begin := strings.LastIndexByte(s[:i], '\n') + 1; begin != escaped.from || escaped.to == 0 {
				escaped = span{begin, len(s)}
				if m := escapedRE.FindStringIndex(s[begin:j]); m != nil {
					escaped.to = begin + m[1]
				}
			}
			if l.prefix == "" && !escapedRE.MatchString(s[i:j]) || escaped.to <= i {
				i += n // an apostrophe, a quote of prose, or one after escape sequences without quotes
				continue
			}
			l.open = true
			l.inside.to = j
		}
		l.to = j
		inside := s[l.inside.from:l.inside.to]
		l.data = !l.raw && (strings.ContainsAny(l.prefix, "bB") || escapedRE.MatchString(inside) || !utf8.ValidString(inside))
		if m := repeatRE.FindStringSubmatch(s[j:]); m != nil {
			l.repeat = int(min(number(m[1], 10), 4096))
			l.to += len(m[0])
			j = l.to
			l.data = true
		}
		if m := tailRE.FindStringSubmatch(s[j:]); m != nil {
			l.tail = m[1]
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
