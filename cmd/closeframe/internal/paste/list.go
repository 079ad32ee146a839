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
	fault    int  // the index of an invalid element in a list of valid ones, or -1
	deep     bool // the brackets from here on would take too long to read
	stop     int  // where parsing ended
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

// findLists returns the lists in norm that are closed or have a fault, in
// order. It stops at a list that is not closed, which is then the last one,
// and where the brackets would take too long to read.
func (t *text) findLists() []list {
	s := t.norm
	budget := 1<<16 + 16*len(s)
	var all []list
	for i := 0; i < len(s); {
		if strings.IndexByte("[{(<", s[i]) < 0 {
			i++
			continue
		}
		l, ok := parseList(s, i)
		if l.unclosed && len(l.elements) > 0 || l.fault >= 0 {
			all = append(all, l)
		}
		if l.unclosed && len(l.elements) > 1 {
			break // all of the rest is elements
		}
		if ok {
			all = append(all, l)
			i = l.to
			continue
		}
		budget -= l.stop - i
		if budget < 0 {
			all = append(all, list{span: span{i, i}, deep: true, fault: -1})
			break
		}
		i++
	}
	return all
}

// parseList parses the list that starts at s[i], if there is one.
func parseList(s string, i int) (l list, ok bool) {
	for _, b := range brackets {
		if !strings.HasPrefix(s[i:], b.open) {
			continue
		}
		if b.open[0] == '<' && (strings.HasPrefix(s[i:], "<<<") || i > 0 && s[i-1] == '<') {
			break // an arrow in a log
		}
		l, ok = parseElements(s, i, b.open, b.shut)
		if ok || l.fault >= 0 || l.unclosed {
			return l, ok
		}
	}
	l.fault, l.stop = -1, max(l.stop, i)
	return l, false
}

// parseElements parses the list that starts with open at s[i].
func parseElements(s string, i int, open, shut string) (l list, ok bool) {
	l = list{open: open, span: span{from: i}, fault: -1}
	defer func() { l.stop = i }()
	i += len(open)
	inBinary := open == "<<"
	index := -1
	for {
		i = blank(s, i)
		if i >= len(s) {
			l.unclosed = true
			return l, false
		}
		if strings.HasPrefix(s[i:], shut) {
			l.to = i + len(shut)
			for inBinary { // Elixir's <<136, 5>> <> "bye"
				m := find(appendedRE, s[l.to:], l.to < len(s) && (isSpace(s[l.to]) || s[l.to] == '<'))
				if m == nil {
					break
				}
				e, next, fine := parseElement(s, l.to+len(m[0])-1, true)
				if !fine {
					break
				}
				l.elements = append(l.elements, e)
				l.to = next
			}
			return l, true
		}
		if s[i] == ',' || s[i] == ';' {
			if len(l.elements) == 0 {
				return l, false
			}
			l.commas = true
			i++
			continue
		}
		c := s[i]
		if m := find(elideRE, s[i:], c == '.' || c >= 0x80); m != nil && len(l.elements) > 0 {
			j := blank(s, i+len(m[0]))
			if j < len(s) && s[j] == ',' {
				j = blank(s, j+1)
			}
			if strings.HasPrefix(s[j:], shut) || find(propRE, s[j:], true) != nil {
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
		if len(l.elements) > 0 && l.commas && open == "[" && find(propRE, s[i:], isLetter(c) || c == '_' || c == '$') != nil {
			j := outer(s, i)
			if j < 0 {
				i += maxProperties
				return l, false
			}
			l.to = j + 1
			return l, true
		}
		if open == "(" && len(l.elements) == 0 && s[i] == '"' {
			// pack("C*", 136, 2)
			if n := closing(s[i:]); n >= 0 && n < 8 && i+n+1 < len(s) && s[i+n+1] == ',' {
				i += n + 2
				continue
			}
		}
		if m := find(indexRE, s[i:], !inBinary && mayIndex(s[i:])); m != nil {
			digits, base := m[1]+m[2]+m[3]+m[4], 10
			if hex, ok := strings.CutPrefix(strings.ToLower(digits), "0x"); ok {
				digits, base = hex, 16
			}
			n, _ := strconv.ParseUint(digits, base, 31)
			if index < 0 && n <= 1 {
				index = int(n)
			}
			if index < 0 || int(n) != index+l.size() {
				return l, false
			}
			i += len(m[0])
			l.indexed = true
			if i >= len(s) {
				l.unclosed = true
				return l, false
			}
		} else if l.indexed {
			return l, false
		}
		e, next, fine := parseElement(s, i, inBinary)
		if !fine && open != "<" && len(l.elements) > 1 && (isDigit(s[i]) || s[i] == '\'' || s[i] == '-') {
			l.fault = i
			return l, false
		}
		if !fine {
			return l, false
		}
		if next < len(s) && !isSpace(s[next]) && strings.IndexByte(",;", s[next]) < 0 && !strings.HasPrefix(s[next:], shut) && blank(s, next) == next {
			return l, false
		}
		l.elements = append(l.elements, e)
		if len(l.elements) > maxBytes {
			return l, false
		}
		i = next
	}
}

// mayIndex is false only if no index of an element is at the start of s.
func mayIndex(s string) bool {
	switch c := s[0]; {
	case c == '"', c == '\'', c == '.', c == '[':
		return true
	case !isDigit(c):
		return false
	}
	n := digits(s, 20, isDigit)
	rest := strings.TrimLeft(s[n:min(len(s), n+8)], " \t\r\n")
	return rest == "" || rest[0] == '=' || rest[0] == ':'
}

// maxProperties is the maximum size of the properties behind the elements of an
// array in Node's output.
const maxProperties = 4096

// outer returns the index of the bracket that closes the one around s[i], or
// -1.
func outer(s string, i int) int {
	depth := 1
	for end := min(len(s), i+maxProperties); i < end; i++ {
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
