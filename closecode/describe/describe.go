// Package describe explains close codes to people, in their language: what
// happened, who sends the code, its usual causes, and what to do about it.
//
// It is for logs, dashboards and tools. No other library package of this module
// imports it, so programs that do not use it do not contain its texts.
package describe

import (
	"strings"

	"golang.org/x/text/language"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/catalog"
	"github.com/closeframe/closeframe/internal/catalog/match"
)

// Supported returns the languages of [Code], English first. The caller may
// modify the slice.
func Supported() []language.Tag {
	var tags []language.Tag
	for _, name := range catalog.Languages() {
		tags = append(tags, language.MustParse(name))
	}
	return tags
}

// Code returns the meaning of c (RFC 6455 §7.4 and the registry), in a
// supported language. It chooses the best match for the first of prefs that has
// one, or else English. Every Code has a meaning: an unregistered code has that
// of its class.
//
// The text has five lines, the last without a line feed. The first says what
// happened, in one or two sentences that can be used alone. The others have a
// heading each: who sends the code, its usual causes, advice for the operator
// of the server, and advice for the author of the client. The text does not
// contain c or its name, which [closecode.Code.String] returns. The wording may
// change between releases.
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
