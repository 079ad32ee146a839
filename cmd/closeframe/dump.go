package main

import (
	"fmt"
	"strconv"
	"strings"
)

// A dumpLine is one line of a dump: an offset and bytes.
type dumpLine struct {
	pos    int    // where in the text
	offset string // digits
	data   []byte
	star   bool // "*": the line before it again and again

	colon  bool // after the offset
	gap    int  // spaces after that
	gutter bool // the text of the bytes stands between bars
	pairs  bool // all groups are of one byte
}

// parseDump parses a dump, if text is one. Only a text in which every line
// fits is: what could as well be groups of digits is taken for those, but
// for a single line that begins with an offset of zeros.
func parseDump(text string) (b []byte, ok bool, err error) {
	var lines []dumpLine
	pos := 0
	for line := range strings.Lines(text) {
		begin := pos
		pos += len(line)
		line = strings.TrimRight(line, " \t\r\n")
		if line == "" {
			continue
		}
		l, ok := parseDumpLine(line)
		if !ok {
			return nil, false, nil
		}
		l.pos = begin
		lines = append(lines, l)
	}
	if len(lines) == 0 || len(lines[0].data) == 0 {
		return nil, false, nil
	}
	first := lines[0]
	zero := strings.Trim(first.offset, "0") == ""
	if zero && !first.colon && !first.gutter && !first.pairs && (len(first.offset) == 6 || len(first.offset) == 7) {
		return nil, false, &hexError{first.pos, "this dump is of words, not bytes: use hexdump -C, xxd or od -t x1"}
	}
	if !first.colon && !first.gutter && !zero && (!first.pairs || first.gap < 2 && len(first.offset) < 6) {
		// No program writes such a dump: these are groups, as in a frame a line.
		return nil, false, nil
	}
	if len(lines) == 1 && !first.colon && !first.gutter {
		// It may be a group of two bytes or more, and then others.
		n, _ := strconv.ParseUint(first.offset, 16, 64)
		if !first.pairs || !zero && (first.gap < 2 || !strings.HasPrefix(first.offset, "00") || n%16 != 0) {
			return nil, false, nil
		}
	}
	var worst *hexError
	for _, base := range [...]int{16, 8, 10} { // od counts in octal
		b, err := unfold(lines, base)
		if err == nil {
			return b, true, nil
		}
		if worst == nil || err.pos > worst.pos { // the base that went furthest
			worst = err
		}
	}
	if first.colon || first.gutter || zero && first.pairs {
		return nil, false, worst
	}
	return nil, false, nil
}

// unfold puts the lines together. Their offsets, in the given base, must tell
// that none is missing.
func unfold(lines []dumpLine, base int) ([]byte, *hexError) {
	var b, last []byte
	var origin uint64
	star := false
	for i, l := range lines {
		if l.star {
			star = true
			continue
		}
		at, err := strconv.ParseUint(l.offset, base, 64)
		if err != nil {
			return nil, &hexError{l.pos, fmt.Sprintf("%q is not an offset", l.offset)}
		}
		if i == 0 {
			origin = at
		}
		at -= origin
		if len(l.data) == 0 && i < len(lines)-1 {
			return nil, &hexError{l.pos, fmt.Sprintf("no bytes come after the offset %s", l.offset)}
		}
		if star {
			if at > maxInput {
				return nil, &hexError{l.pos, fmt.Sprintf("the offset %s is too far away", l.offset)}
			}
			for uint64(len(b)+len(last)) <= at {
				b = append(b, last...)
			}
			star = false
		}
		if at != uint64(len(b)) {
			return nil, &hexError{l.pos, fmt.Sprintf("the offset %s does not follow from the line before it", l.offset)}
		}
		b = append(b, l.data...)
		last = l.data
	}
	if star {
		return nil, &hexError{lines[len(lines)-1].pos, `the dump ends with "*", which does not tell how often`}
	}
	return b, nil
}

// parseDumpLine parses a line of a dump that does not end in space.
func parseDumpLine(line string) (l dumpLine, ok bool) {
	if line == "*" {
		l.star = true
		return l, true
	}
	s := strings.TrimLeft(line, " \t")
	if hasPrefixFold(s, "0x") {
		s = s[2:]
	}
	n := 0
	for n < len(s) && isHex(s[n]) {
		n++
	}
	if n < 4 || n > 16 {
		return l, false
	}
	l.offset, s = s[:n], s[n:]
	s, l.colon = strings.CutPrefix(s, ":")
	if s == "" {
		return l, true // the last line: how long all is
	}
	s, l.gap = cutSpace(s)
	if l.gap == 0 {
		return l, false
	}
	if !l.colon {
		if hex, _, ok := strings.Cut(s, "|"); ok {
			l.gutter = true
			s = strings.TrimRight(hex, " ")
		}
	}
	l.pairs = true
	for gap := 1; s != ""; {
		t := s
		if hasPrefixFold(t, "0x") {
			t = t[2:]
		}
		n := 0
		for n < len(t) && isHex(t[n]) {
			n++
		}
		rest, next := cutSpace(t[n:])
		if n == 0 || n%2 != 0 || next == 0 && rest != "" {
			// It is no group of bytes, so the text of the bytes begins here,
			// unless there is no gap before it.
			return l, gap >= 2 && len(l.data) > 0
		}
		for i := 0; i < n; i += 2 {
			l.data = append(l.data, unhex(t[i])<<4|unhex(t[i+1]))
		}
		l.pairs = l.pairs && n == 2
		if s, gap = rest, next; gap >= 2 && (l.colon || gap > 2 || len(l.data) != 8) {
			return l, true // past it is the text; hexdump -C has a gap after eight
		}
	}
	return l, true
}

// cutSpace returns s without the spaces that it begins with, and how many they
// were.
func cutSpace(s string) (rest string, n int) {
	rest = strings.TrimLeft(s, " \t")
	return rest, len(s) - len(rest)
}
