// Package describe tells people what a close code means, in their language:
// what happened, who sends the code, what usually causes it, and what to do
// about it.
//
// It is for logs, dashboards and tools. Nothing else in this module's
// libraries imports it, so whoever does not use it pays nothing for it.
package describe

import (
	"strings"

	"golang.org/x/text/language"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/catalog"
)

var (
	supported = parse(catalog.Languages())
	matcher   = catalog.NewMatcher(catalog.Languages())
)

func parse(names []string) []language.Tag {
	tags := make([]language.Tag, len(names))
	for i, name := range names {
		tags[i] = language.MustParse(name)
	}
	return tags
}

// Supported returns the languages that [Code] can answer in, English first.
// The slice is the caller's.
func Supported() []language.Tag {
	return append([]language.Tag(nil), supported...)
}

// Code returns what c means (RFC 6455 §7.4 and the registry), in the supported
// language that the first of prefs to fit any fits best, or in English if none
// does. Every Code has a meaning: one that is
// not registered has that of its class.
//
// The text has five lines, the last without a line feed: what happened, as a
// sentence or two that can stand alone; then, each behind a heading, who sends
// the code, its usual causes, and what to do for whoever operates the server
// and for whoever wrote the client. It does not contain c or its name, which
// [closecode.Code.String] gives. The wording may change between releases.
func Code(c closecode.Code, prefs ...language.Tag) string {
	lang := matcher.Match(prefs...)
	s, w := catalog.Of(lang, c), catalog.WordsOf(lang)

	var b strings.Builder
	b.WriteString(s.What)
	for _, line := range [...]struct{ heading, text string }{
		{w.Who, s.Who},
		{w.Causes, strings.Join(s.Causes, w.Space)},
		{w.Operator, s.Operator},
		{w.Client, s.Client},
	} {
		b.WriteString("\n" + line.heading + w.Colon + line.text)
	}
	return b.String()
}
