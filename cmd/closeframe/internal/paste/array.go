package paste

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
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

// brackets lists the brackets around lists, the longer ones first.
var brackets = []struct{ open, shut string }{
	{"<<", ">>"}, {"[|", "|]"}, {"<Buffer", ">"}, {"<SlowBuffer", ">"}, {"<", ">"}, {"[", "]"}, {"{", "}"}, {"(", ")"},
}

var (
	// sizedRE matches the text before a bracket with a size or an index.
	sizedRE = regexp.MustCompile(`[\w\])*]$`)
	typedRE = regexp.MustCompile(`^[ \t]*[\w:]`)
	javaRE  = regexp.MustCompile(`\[B@[0-9a-f]+\b|HeapByteBuffer\[|\[object (?:ArrayBuffer|Blob|Uint8Array)\]|ByteArray@|System\.Byte\[\]`)
)

// readArray reads arrays of numbers, in the brackets of any language.
func readArray(t *text, opt Options, r *result) {
	s := t.norm
	if m := javaRE.FindStringIndex(s); m != nil {
		r.fail(t, s, m[0], natural, "identity", s[m[0]:m[1]])
	}
	var lists []list
	empty := -1
	emptySpan := span{}
	for i := 0; i < len(s); {
		l, fault, ok := parseList(s, i)
		if fault != "" {
			at, _ := strconv.Atoi(fault)
			r.fail(t, s, at, natural, "element", clip(token(s[at:])))
		}
		if l.unclosed && len(l.elements) > 0 && l.open != "(" && l.open != "<" {
			r.fail(t, s, i, certain, "unclosed", l.open)
			return
		}
		if !ok {
			i++
			continue
		}
		if len(l.elements) == 0 {
			if empty < 0 && (l.open != "(" && l.open != "<") {
				empty, emptySpan = i, l.span
			}
			i = l.to
			continue
		}
		if weak(s, l) {
			i++
			if l.open == "[" || l.open == "(" {
				i = l.to
			}
			continue
		}
		lists = append(lists, l)
		i = l.to
	}
	if l, ok := indexedLines(t); ok && len(lists) == 0 {
		lists = append(lists, l)
	}
	if len(lists) == 0 {
		if empty >= 0 {
			if opt.Payload {
				r.add(Reading{Form: "decimal", Chunks: []envelope.Chunk{{Data: []byte{}}}, used: []span{emptySpan}, of: s, rank: natural})
			} else {
				r.fail(t, s, empty, natural, "empty-array")
			}
		}
		return
	}
	arrays(t, lists, r)
	if len(lists) > 1 {
		// Some of the arrays may contain other data than bytes.
		sensible := false
		for i := range r.readings {
			x := r.readings[i]
			sensible = sensible || envelope.Open(x.Chunks).Fits(opt.Payload) >= envelope.Partial
		}
		if !sensible {
			for i := range lists {
				n := len(r.readings)
				arrays(t, lists[i:i+1], r)
				for j := n; j < len(r.readings); j++ {
					r.readings[j].loose = true
					r.readings[j].rank = max(r.readings[j].rank, natural)
				}
			}
		}
	}
}

// token returns the word at the start of s.
func token(s string) string {
	n := strings.IndexAny(s, ", \t\n;]})>")
	if n <= 0 {
		n = min(len(s), 8)
	}
	return s[:n]
}

// weak reports whether l is more likely a size, an index or a word in brackets
// than an array.
func weak(s string, l list) bool {
	if len(l.elements) > 1 || l.open == "<<" || l.open == "<Buffer" || l.indexed {
		return false
	}
	e := l.elements[0]
	before, behind := s[:l.from], s[l.to:]
	switch l.open {
	case "{", "[|":
		return false
	case "<":
		return len(e.bare) < 4 || len(e.bare)%2 != 0
	case "(":
		return true
	}
	if sizedRE.MatchString(before) || typedRE.MatchString(behind) || strings.HasPrefix(strings.TrimSpace(behind), "[") {
		return true
	}
	return e.bare != "" && !strings.HasPrefix(e.bare, "-") && len(e.bare) != 2 && len(e.bare) != 3
}

// parseList parses the list that starts at s[i], if there is one. fault is the
// index of an invalid element in a list of valid ones.
func parseList(s string, i int) (l list, fault string, ok bool) {
	for _, b := range brackets {
		if !strings.HasPrefix(s[i:], b.open) {
			continue
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
			n, _ := strconv.Atoi(m[1] + m[2] + m[3] + m[4])
			if index < 0 && n <= 1 {
				index = n
			}
			if index < 0 || n != index+len(l.elements) {
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

var indexedRE = regexp.MustCompile(`^\s*(?:- )?(?:\[(\d+)\]|(\d+))\s*[:=]\s*(-?\d{1,3}|0x[0-9a-fA-F]{1,2})(?: '[^\n]*')?,?\s*$`)

var dashedRE = regexp.MustCompile(`^\s*- (-?\d{1,3})\s*$`)

// indexedLines reads the expanded list of a browser's console, which has a line
// for each element.
func indexedLines(t *text) (l list, ok bool) {
	for _, x := range lines(t.norm) {
		m := indexedRE.FindStringSubmatchIndex(x.s)
		if d := dashedRE.FindStringSubmatchIndex(x.s); m == nil && d != nil { // Swift's dump function
			e, _, fine := parseElement(x.s, d[2], false)
			if !fine {
				return l, false
			}
			e.from += x.from
			e.to += x.from
			if len(l.elements) == 0 {
				l.from = x.from
			}
			l.to = x.from + len(x.s)
			l.elements = append(l.elements, e)
			continue
		}
		if m == nil {
			continue
		}
		g := 2
		if m[2] < 0 {
			g = 4
		}
		n, _ := strconv.Atoi(x.s[m[g]:m[g+1]])
		if n != len(l.elements) {
			if len(l.elements) > 0 {
				break
			}
			continue
		}
		e, _, fine := parseElement(x.s, m[6], false)
		if !fine {
			return l, false
		}
		e.from += x.from
		e.to += x.from
		if len(l.elements) == 0 {
			l.from = x.from
		}
		l.to = x.from + len(x.s)
		l.elements = append(l.elements, e)
	}
	l.indexed, l.commas, l.open = true, true, "["
	return l, len(l.elements) > 1
}

// A base is how digits without a prefix are read.
type base struct {
	form  string
	match *regexp.Regexp
	value func(s string) int
}

var (
	decimalBase = base{"decimal", regexp.MustCompile(`^-?(?:0|[1-9][0-9]{0,2})$`), func(s string) int { v, _ := strconv.Atoi(s); return v }}
	pairBase    = base{"hex", regexp.MustCompile(`^(?:[0-9a-fA-F]{2})+$`), nil}
	shortBase   = base{"hex", regexp.MustCompile(`^(?:[0-9a-fA-F]|[1-9a-fA-F][0-9a-fA-F])$`), func(s string) int { v, _ := strconv.ParseInt(s, 16, 32); return int(v) }}
	octalBase   = base{"octal", regexp.MustCompile(`^(?:0[0-7]{0,3}|[0-9])$`), func(s string) int { v, _ := strconv.ParseInt(s, 8, 32); return int(v) }}
)

// unquote turns all quoted elements into numbers, if some of them have more
// than one character.
func unquote(lists []list) {
	long := false
	for _, l := range lists {
		for _, e := range l.elements {
			if e.quoted == "" {
				return
			}
			long = long || len(e.quoted) > 1
		}
	}
	for _, l := range lists {
		for i := range l.elements {
			if e := &l.elements[i]; long && len(e.quoted) == 1 {
				e.bare, e.v = e.quoted, 0
			}
		}
	}
}

// arrays reads lists in every base that all their elements are valid in.
func arrays(t *text, lists []list, r *result) {
	unquote(lists)
	var bare, explicit int
	letters, zeros, three, negative, big, one := false, false, false, false, false, false
	angle := false
	var firstBad *element
	for _, l := range lists {
		angle = angle || strings.HasPrefix(l.open, "<") && l.open != "<<"
		if l.middle > 0 {
			r.fail(t, t.norm, l.middle, marked, "elided")
			return
		}
		for i := range l.elements {
			e := &l.elements[i]
			if e.bare == "" {
				explicit++
				if e.v < -128 || e.v > 255 && e.bits == 0 {
					r.fail(t, t.norm, e.from, natural, "range", t.norm[e.from:e.to])
					return
				}
				continue
			}
			bare++
			letters = letters || strings.ContainsAny(e.bare, "abcdefABCDEF")
			zeros = zeros || len(e.bare) > 1 && e.bare[0] == '0'
			three = three || len(e.bare) >= 3
			one = one || len(e.bare) == 1
			negative = negative || e.bare[0] == '-'
			if v, err := strconv.Atoi(e.bare); err == nil {
				big = big || v > 127
				if e.bits == 0 && firstBad == nil && (v > 255 || v < -128) {
					firstBad = e
				}
			}
		}
	}
	fits := func(b base) bool {
		for _, l := range lists {
			for _, e := range l.elements {
				if e.bare == "" {
					continue
				}
				if e.bits > 0 && b.form == "decimal" {
					continue
				}
				if !b.match.MatchString(e.bare) {
					return false
				}
				if b.value != nil {
					if v := b.value(e.bare); v < -128 || v > 255 {
						return false
					}
				}
			}
		}
		return true
	}
	octal := zeros && three && fits(octalBase) && !letters
	wide := false // longer groups of hex digits
	for _, l := range lists {
		for _, e := range l.elements {
			wide = wide || len(e.bare) > 3 && !l.commas
		}
	}
	any := false
	add := func(b base, rk rank) {
		any = true
		out, whole := elementsReading(t, lists, b, rk)
		if !whole {
			r.fail(t, t.norm, lists[0].from, rk, "bits")
			return
		}
		r.add(out)
	}
	hexToo := explicit == 0 && fits(pairBase) && lists[0].open != "<<" && (!lists[0].commas || !longer(lists)) && (!wide || angle || !lists[0].commas)
	switch {
	case bare == 0 && strings.Contains(strings.ToLower(t.norm[lists[0].from:lists[0].to]), "0x"):
		add(pairBase, marked)
	case bare == 0:
		add(decimalBase, marked)
	case angle:
		if fits(pairBase) {
			add(pairBase, marked)
		}
	default:
		if fits(decimalBase) && !(negative && big) && !letters {
			rk := marked
			if hexToo || lists[0].open == "(" {
				rk = natural
			}
			add(decimalBase, rk)
		}
		if hexToo {
			rk := unnatural
			if letters && (!alphabetic(lists)) || zeros {
				rk = marked
			}
			add(pairBase, rk)
		}
		if explicit == 0 && fits(shortBase) && one && !zeros && !alphabetic(lists) {
			rk := unnatural
			if letters {
				rk = natural
			}
			add(shortBase, rk)
		}
		if octal {
			add(octalBase, natural)
		}
	}
	switch {
	case any:
	case negative && big:
		r.fail(t, t.norm, lists[0].from, natural, "signs")
	case firstBad != nil && !letters:
		r.fail(t, t.norm, firstBad.from, natural, "range", firstBad.bare)
	}
}

// longer reports whether an element of the lists has more than two digits.
func longer(lists []list) bool {
	for _, l := range lists {
		for _, e := range l.elements {
			if len(e.bare) > 2 {
				return true
			}
		}
	}
	return false
}

// alphabetic reports whether no element of the lists has a digit.
func alphabetic(lists []list) bool {
	for _, l := range lists {
		for _, e := range l.elements {
			if strings.ContainsAny(e.bare, "0123456789") {
				return false
			}
		}
	}
	return true
}

// elementsReading returns the lists' bytes, with digits in the base. whole
// reports whether the number of bits is a multiple of 8.
func elementsReading(t *text, lists []list, b base, rk rank) (out Reading, whole bool) {
	whole = true
	out = Reading{Form: b.form, of: t.norm, rank: rk, at: lists[0].from}
	out.Name = arrayName(t.norm, lists[0])
	for _, l := range lists {
		var data []byte
		acc, have := uint64(0), 0
		put := func(v uint64, n int) {
			for n > 0 {
				n--
				acc = acc<<1 | v>>n&1
				have++
				if have == 8 {
					data = append(data, byte(acc))
					acc, have = 0, 0
				}
			}
		}
		for _, e := range l.elements {
			for range e.times {
				switch {
				case e.data != nil:
					for _, c := range e.data {
						put(uint64(c), 8)
					}
				case e.bare != "" && b.value == nil:
					data = append(data, hexBytes(e.bare)...)
				case e.bare != "":
					v := b.value(e.bare)
					n := e.bits
					if n == 0 {
						n = 8
					}
					put(uint64(v), n)
				default:
					n := e.bits
					if n == 0 {
						n = 8
					}
					put(uint64(e.v), n)
				}
			}
		}
		whole = whole && have == 0
		label := direction(labelBefore(t.norm, l.from))
		out.Chunks = append(out.Chunks, envelope.Chunk{Data: data, Label: label})
		out.used = append(out.used, l.span)
		if l.cut != 0 {
			out.Cut = l.cut
		}
	}
	numberSides(out.Chunks)
	return out, whole
}

// arrayName returns the language or type whose arrays look like l, or "".
func arrayName(s string, l list) string {
	before := s[:l.from]
	for _, known := range []string{"Uint8Array", "Int8Array", "ByteString", "bytearray", "ArrayBuffer", "[]byte", "byte[]", "byteArrayOf", "bytes", "Buffer"} {
		if strings.Contains(before[max(0, len(before)-40):], known) {
			return known
		}
	}
	switch l.open {
	case "<<":
		return "Erlang binary"
	case "<Buffer", "<SlowBuffer":
		return "Node Buffer"
	}
	return ""
}
