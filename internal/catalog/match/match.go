// Package match finds the language of the catalog that a person prefers. It is
// apart from package catalog so that users of the texts do not need
// golang.org/x/text.
package match

import (
	"slices"
	"sync/atomic"

	"golang.org/x/text/language"

	"github.com/closeframe/closeframe/internal/catalog"
)

// Language returns the language that fits the first of prefs for which any
// fits. If none fits, it returns English and false.
//
// It asks for one preference after the other: given all at once, package
// language would prefer an exact second choice, English, to a first choice
// that fits less well, such as traditional Chinese.
func Language(prefs ...language.Tag) (l *catalog.Language, ok bool) {
	m := current()
	for _, p := range prefs {
		// Mandarin has a tag of its own, as in the locale cmn_TW. Its macro
		// language is zh.
		if t, err := language.Macro.Canonicalize(p); err == nil {
			p = t
		}
		if _, i, confidence := m.matcher.Match(p); confidence > language.No {
			return catalog.In(m.tags[i]), true
		}
	}
	return catalog.In("en"), false
}

// A matcher matches the languages with the given BCP 47 tags.
type matcher struct {
	tags    []string
	matcher language.Matcher
}

var last atomic.Pointer[matcher]

// current returns a matcher for the supported languages. It is created once
// unless a test adds a language.
func current() *matcher {
	tags := catalog.Languages()
	if m := last.Load(); m != nil && slices.Equal(m.tags, tags) {
		return m
	}
	parsed := make([]language.Tag, len(tags))
	for i, tag := range tags {
		parsed[i] = language.MustParse(tag)
	}
	m := &matcher{tags, language.NewMatcher(parsed)}
	last.Store(m)
	return m
}
