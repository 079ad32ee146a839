package main

import (
	"strings"
	"unicode/utf8"
)

// wrap breaks s into lines of at most n columns: at spaces, and in Chinese
// between any two characters, but not before closing or after opening
// punctuation. The parts of "RFC 6455 §5.5" stay together, and a URL is not
// broken even if it is longer than a line.
func wrap(s string, n int) []string {
	s = strings.NewReplacer("RFC ", "RFC\u00a0", " §", "\u00a0§").Replace(s)
	var lines []string
	var line strings.Builder
	used := 0
	flush := func() {
		lines = append(lines, strings.ReplaceAll(line.String(), "\u00a0", " "))
		line.Reset()
		used = 0
	}
	for _, u := range units(s) {
		w := columns(u.text)
		if used > 0 && used+u.space+w > n {
			flush()
		}
		if used > 0 && u.space > 0 {
			line.WriteByte(' ')
			used++
		}
		for used+w > n && !strings.HasPrefix(u.text, "https://") { // too long for any line
			cut, part := 0, 0
			for i, r := range u.text {
				if used+part+runeColumns(r) > n && used+i > 0 {
					break
				}
				part += runeColumns(r)
				cut = i + utf8.RuneLen(r)
			}
			line.WriteString(u.text[:cut])
			u.text, w = u.text[cut:], w-part
			flush()
		}
		line.WriteString(u.text)
		used += w
	}
	if used > 0 || len(lines) == 0 {
		flush()
	}
	return lines
}

// A unit is text without line breaks.
type unit struct {
	text  string
	space int // 1 if there is a space before it
}

func units(s string) []unit {
	var all []unit
	space := 0
	var last rune // 0 after a space
	for _, r := range s {
		if r == ' ' {
			space, last = 1, 0
			continue
		}
		wide := runeColumns(r) == 2
		glued := last != 0 && (r == '\u00a0' || last == '\u00a0' || strings.ContainsRune(closing, r) || strings.ContainsRune(opening, last) ||
			!wide && runeColumns(last) != 2)
		if glued {
			all[len(all)-1].text += string(r)
		} else {
			all = append(all, unit{string(r), space})
		}
		space, last = 0, r
	}
	return all
}

const (
	closing = "，。、；：？！）》」』】”’…%,.;:?!)"
	opening = "（《「『【“‘("
)
