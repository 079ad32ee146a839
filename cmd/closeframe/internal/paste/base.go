package paste

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/envelope"
)

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
	octal3Base  = base{"octal", regexp.MustCompile(`^[0-3][0-7]{2}$`), func(s string) int { v, _ := strconv.ParseInt(s, 8, 32); return int(v) }}
	padded3Base = base{"decimal", regexp.MustCompile(`^[0-2][0-9]{2}$`), func(s string) int { v, _ := strconv.Atoi(s); return v }}
	bitBase     = base{"binary", regexp.MustCompile(`^[01]{1,8}$`), func(s string) int { v, _ := strconv.ParseInt(s, 2, 32); return int(v) }}
	octalBase   = base{"octal", regexp.MustCompile(`^(?:0[0-7]{0,3}|[0-9])$`), func(s string) int { v, _ := strconv.ParseInt(s, 8, 32); return int(v) }}
)

// hexMarkRE matches what marks a number as hexadecimal.
var hexMarkRE = regexp.MustCompile(`0[xX]|[xX]["']|'[hH]`)

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

// readLists reads lists in every base that all their elements are valid in.
func readLists(t *text, lists []list, r *result) {
	unquote(lists)
	var bare, explicit int
	letters, zeros, three, negative, big, one := false, false, false, false, false, false
	padded, long := true, false // all have three digits; one has more
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
			padded = padded && len(e.bare) == 3
			long = long || len(e.bare) > 3
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
	case bare == 0 && hexMarkRE.MatchString(t.norm[lists[0].from:lists[0].to]):
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
		switch {
		case padded && zeros && explicit == 0:
			if fits(octal3Base) {
				add(octal3Base, natural)
			}
			if fits(padded3Base) {
				add(padded3Base, natural)
			}
		case octal:
			add(octalBase, natural)
		}
		if long && lists[0].commas && explicit == 0 && fits(bitBase) { // gdb's p/t
			add(bitBase, natural)
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
		out.Chunks = append(out.Chunks, envelope.Chunk{Data: data})
		out.used = append(out.used, l.span)
		if l.cut != 0 {
			out.Cut = l.cut
		}
	}
	out.label()
	return out, whole
}
