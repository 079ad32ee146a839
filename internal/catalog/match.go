package catalog

import "golang.org/x/text/language"

// A matcher finds the language to use among those on offer.
type matcher struct {
	tags    []string
	matcher language.Matcher
}

// newMatcher returns a matcher for the languages with the given BCP 47 tags.
func newMatcher(tags []string) *matcher {
	parsed := make([]language.Tag, len(tags))
	for i, tag := range tags {
		parsed[i] = language.MustParse(tag)
	}
	return &matcher{tags, language.NewMatcher(parsed)}
}

// match returns the tag that best fits the first of prefs for which any fits.
// If none fits, ok is false and the tag is the first.
//
// It asks for one preference after the other: given all at once, package
// language would prefer an exact second choice, English, to a first choice
// that fits less well, such as traditional Chinese.
func (m *matcher) match(prefs ...language.Tag) (tag string, ok bool) {
	for _, p := range prefs {
		// Mandarin has a tag of its own, as in the locale cmn_TW. Its macro
		// language is zh.
		if t, err := language.Macro.Canonicalize(p); err == nil {
			p = t
		}
		if _, i, confidence := m.matcher.Match(p); confidence > language.No {
			return m.tags[i], true
		}
	}
	return m.tags[0], false
}
