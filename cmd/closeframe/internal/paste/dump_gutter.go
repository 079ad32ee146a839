package paste

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// matches reports whether s, the rest after the cells, is the text of b.
func matches(s string, b []byte) bool {
	r := []rune(s)
	gap := 0
	for gap < len(r) && (r[gap] == ' ' || r[gap] == '\t') {
		gap++
	}
	if gap == len(r) || gap == 0 && r[0] != '|' && r[0] != '│' {
		return false
	}
	barred := strings.ContainsRune("|│>#<", r[gap])
	if gap < 2 && !barred && len(b) < 16 {
		return false
	}
	for o := 1; o < len(r); o++ {
		if strings.ContainsRune(" \t", r[o-1]) || strings.ContainsRune("|│>#<", r[o-1]) {
			if rendered(r[o:], b) {
				return true
			}
			continue
		}
		break
	}
	return gap == 0 && rendered(r[1:], b)
}

// rendered reports whether r is the text of b in a dump: a character for each
// byte.
func rendered(r []rune, b []byte) bool {
	if bars := slices.DeleteFunc(slices.Clone(r), func(c rune) bool { return c == '│' }); len(bars) < len(r) && renderedGap(bars, b, 0) {
		return true // pwntools has a bar after every fourth character
	}
	return renderedGap(r, b, 0) || renderedGap(r, b, 1) || renderedGap(r, b, 2)
}

// renderedGap is like rendered for a text with a gap or a bar after the eighth
// character.
func renderedGap(r []rune, b []byte, gap int) bool {
	i := 0
	for n, c := range b {
		if n == 8 {
			for range gap {
				if i < len(r) && !strings.ContainsRune(" ┊│|-:", r[i]) {
					return false
				}
				i++
			}
		}
		if i >= len(r) {
			if c != ' ' && c != 0 { // trailing spaces are easily lost
				return false
			}
			continue
		}
		if !shows(r[i], c) {
			return false
		}
		i++
	}
	return strings.Trim(string(r[i:]), " \t|│<>\"┊") == ""
}

// shows reports whether a dump may show the byte c as r.
func shows(r rune, c byte) bool {
	switch {
	case c == ' ':
		return strings.ContainsRune(" .·␠_", r)
	case c > ' ' && c < 0x7f:
		return r == rune(c)
	case r == '0': // hexyl's NUL
		return c == 0
	}
	return r != '\t' && !(r < utf8.RuneSelf && (isDigit(byte(r)) || isLetter(byte(r))))
}
