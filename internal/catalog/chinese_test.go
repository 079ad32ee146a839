package catalog

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// These patterns match ASCII punctuation beside a Chinese character, and a
// missing space between Chinese characters and Latin letters or digits.
var (
	asciiPunct = regexp.MustCompile(`\p{Han}[,.;:!?()]|[,;!?]\p{Han}`)
	noSpace    = regexp.MustCompile(`\p{Han}[A-Za-z0-9]|[A-Za-z0-9)]\p{Han}`)
	words      = regexp.MustCompile(`%(\[[0-9]+\])?s`) // may be a Chinese word
)

// TestChinese verifies that all Chinese texts are translated, except those with
// only names, numbers and punctuation.
func TestChinese(t *testing.T) {
	l := In("zh-Hans")
	check := func(where, text string) {
		text = words.ReplaceAllString(text, "词")
		for _, re := range []*regexp.Regexp{asciiPunct, noSpace} {
			if m := re.FindString(verb.ReplaceAllString(text, "")); m != "" {
				t.Errorf("%s: unusual form %q: %q", where, m, text)
			}
		}
	}
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	for key, d := range descriptions(l) {
		for field, text := range fields(d) {
			if !strings.ContainsFunc(text, han) {
				t.Errorf("%s: %s is not Chinese: %q", key, field, text)
			}
			check(key+": "+field, text)
		}
	}
	for key, text := range l.texts {
		if text == In("en").texts[key] && len(strings.Fields(text)) > 2 {
			t.Errorf("%s is English: %q", key, text)
		}
		check(key, text)
	}
}
