package main

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// width is how many characters a line of a document has at most.
const width = 100

// word is text without a space outside code.
var word = regexp.MustCompile("(?:`[^`]*`|[^\\s`])+")

// wrap wraps the paragraphs and the list items of a Markdown document. Tables,
// headings, comments, code and blank lines stay as they are.
func wrap(text string) string {
	var b strings.Builder
	var words []string // of a paragraph or item, which indent and the first word begin
	indent := ""
	flush := func() {
		line := ""
		for _, w := range words {
			switch {
			case line == "":
				line = w
			case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > width:
				b.WriteString(line + "\n")
				line = indent + w
			default:
				line += " " + w
			}
		}
		if line != "" {
			b.WriteString(line + "\n")
		}
		words, indent = nil, ""
	}
	for line := range strings.Lines(text) {
		switch {
		case strings.TrimSpace(line) == "" || strings.ContainsAny(line[:1], "|#<") || strings.HasPrefix(line, "    "):
			flush()
			b.WriteString(line)
			continue
		case strings.HasPrefix(line, "- "):
			flush()
			indent = "  "
		}
		words = append(words, word.FindAllString(line, -1)...)
	}
	flush()
	return b.String()
}
