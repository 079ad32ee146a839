package paste

import (
	"strconv"
	"strings"
)

// A list is the elements between brackets.
type list struct {
	span
	open     string
	elements []element
	commas   bool
	cut      int // number of elements left out at the end; -1 if unknown
	middle   int // where elements are left out in the middle; 0 if nowhere
	indexed  bool
	unclosed bool // the text ends before the bracket is closed
}

// size returns the number of elements, counting repetitions.
func (l *list) size() int {
	n := 0
	for _, e := range l.elements {
		n += e.times
	}
	return n
}

// brackets lists the brackets around lists, the longer ones first.
var brackets = []struct{ open, shut string }{
	{"<<", ">>"}, {"[|", "|]"}, {"<Buffer", ">"}, {"<SlowBuffer", ">"}, {"<", ">"}, {"[", "]"}, {"{", "}"}, {"(", ")"},
}

// parseList parses the list that starts at s[i], if there is one. fault is the
// index of an invalid element in a list of valid ones.
func parseList(s string, i int) (l list, fault string, ok bool) {
	for _, b := range brackets {
		if !strings.HasPrefix(s[i:], b.open) {
			continue
		}
		if b.open[0] == '<' && (strings.HasPrefix(s[i:], "<<<") || i > 0 && s[i-1] == '<') {
			return l, "", false // an arrow in a log
		}
		l, fault, ok = parseElements(s, i, b.open, b.shut)
		if ok {
			return l, "", true
		}
		if fault != "" || l.unclosed {
			return l, fault, false
		}
	}
	return l, "", false
}

func parseElements(s string, i int, open, shut string) (l list, fault string, ok bool) {
	l = list{open: open, span: span{from: i}}
	i += len(open)
	inBinary := open == "<<"
	index := -1
	for {
		i = blank(s, i)
		if i >= len(s) {
			l.unclosed = true
			return l, "", false
		}
		if strings.HasPrefix(s[i:], shut) {
			l.to = i + len(shut)
			return l, "", true
		}
		if s[i] == ',' || s[i] == ';' {
			if len(l.elements) == 0 {
				return l, "", false
			}
			l.commas = true
			i++
			continue
		}
		if m := elideRE.FindStringSubmatch(s[i:]); m != nil && len(l.elements) > 0 {
			j := blank(s, i+len(m[0]))
			if j < len(s) && s[j] == ',' {
				j = blank(s, j+1)
			}
			if strings.HasPrefix(s[j:], shut) || propRE.MatchString(s[j:]) {
				l.cut = -1
				if n, err := strconv.Atoi(m[1] + m[2]); err == nil {
					l.cut = n
				}
			} else {
				l.middle = i
			}
			i += len(m[0])
			continue
		}
		if len(l.elements) > 0 && propRE.MatchString(s[i:]) && l.commas && open == "[" {
			j := matching(s, l.from)
			if j < 0 {
				return l, "", false
			}
			l.to = j + 1
			return l, "", true
		}
		if open == "(" && len(l.elements) == 0 && s[i] == '"' {
			// pack("C*", 136, 2)
			if n := closing(s[i:]); n >= 0 && n < 8 && i+n+1 < len(s) && s[i+n+1] == ',' {
				i += n + 2
				continue
			}
		}
		if m := indexRE.FindStringSubmatch(s[i:]); m != nil && !inBinary {
			digits, base := m[1]+m[2]+m[3]+m[4], 10
			if hex, ok := strings.CutPrefix(strings.ToLower(digits), "0x"); ok {
				digits, base = hex, 16
			}
			n, _ := strconv.ParseUint(digits, base, 31)
			if index < 0 && n <= 1 {
				index = int(n)
			}
			if index < 0 || int(n) != index+l.size() {
				return l, "", false
			}
			i += len(m[0])
			l.indexed = true
		} else if l.indexed {
			return l, "", false
		}
		e, next, fine := parseElement(s, i, inBinary)
		if !fine && open != "<" && len(l.elements) > 1 && (isDigit(s[i]) || s[i] == '\'' || s[i] == '-') {
			return l, strconv.Itoa(i), false
		}
		if !fine {
			return l, "", false
		}
		if next < len(s) && !isSpace(s[next]) && strings.IndexByte(",;", s[next]) < 0 && !strings.HasPrefix(s[next:], shut) && commentRE.FindString(s[next:]) == "" {
			return l, "", false
		}
		l.elements = append(l.elements, e)
		if len(l.elements) > maxBytes {
			return l, "", false
		}
		i = next
	}
}

// matching returns the index of the bracket that closes the one at s[i].
func matching(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '[', '(', '{':
			depth++
		case ']', ')', '}':
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}
