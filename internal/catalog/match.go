package catalog

import "golang.org/x/text/language"

// A Matcher finds, among the languages that there are, the one to use.
type Matcher struct {
	names   []string
	matcher language.Matcher
}

// NewMatcher returns a Matcher for the languages that names, BCP 47 tags,
// stand for. The first is for everyone whom none of them fits.
func NewMatcher(names []string) *Matcher {
	tags := make([]language.Tag, len(names))
	for i, name := range names {
		tags[i] = language.MustParse(name)
	}
	return &Matcher{names, language.NewMatcher(tags)}
}

// Match returns the name of the language that the first of prefs to fit any
// fits best.
//
// It asks for one preference after the other: asked for all at once, package
// language would take a perfect second choice, English, over a first choice
// that fits less well, such as traditional Chinese.
func (m *Matcher) Match(prefs ...language.Tag) string {
	for _, p := range prefs {
		// Mandarin has a tag of its own, as in the locale cmn_TW: it is what
		// zh is taken for.
		if t, err := language.Macro.Canonicalize(p); err == nil {
			p = t
		}
		if _, i, confidence := m.matcher.Match(p); confidence > language.No {
			return m.names[i]
		}
	}
	return m.names[0]
}
