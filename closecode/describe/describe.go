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
	"github.com/closeframe/closeframe/internal/catalog/match"
)

// Supported returns the languages that [Code] can answer in, English first.
// The slice is the caller's.
func Supported() []language.Tag {
	var tags []language.Tag
	for _, name := range catalog.Languages() {
		tags = append(tags, language.MustParse(name))
	}
	return tags
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
	l, _ := match.Language(prefs...)
	d := l.Code(c)

	var b strings.Builder
	b.WriteString(d.What)
	for _, line := range [...]struct{ key, text string }{
		{"word.who", d.Who},
		{"word.causes", strings.Join(d.Causes, l.Text("word.space"))},
		{"word.operator", d.Operator},
		{"word.client", d.Client},
	} {
		b.WriteString("\n" + l.Text(line.key) + l.Text("word.colon") + line.text)
	}
	return b.String()
}
