package main

import (
	"go/scanner"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
)

// A sentence is a sentence of a comment, a document or a JSON string.
type sentence struct {
	file string
	line int // of its first word
	text string
}

// A line is a line of text without its comment marker.
type line struct {
	num  int
	text string
}

// sentences returns the sentences of the named file with content src.
func sentences(name, src string) []sentence {
	var paragraphs [][]line
	switch base := filepath.Base(name); {
	case strings.HasSuffix(name, ".go"):
		paragraphs = goComments(src)
	case strings.HasSuffix(name, ".md"):
		paragraphs = markdown(src)
	case strings.HasSuffix(name, ".json"):
		paragraphs = jsonStrings(src)
	case hasSuffix(name, ".s", ".h", ".c", ".js", ".mjs"):
		paragraphs = comments(src, "//")
	case hasSuffix(name, ".sh", ".py", ".yml", ".yaml"), base == "Makefile", strings.HasPrefix(src, "#!"):
		paragraphs = comments(src, "#")
	}
	var all []sentence
	for _, p := range paragraphs {
		all = append(all, split(name, p)...)
	}
	return all
}

func hasSuffix(name string, suffixes ...string) bool {
	for _, s := range suffixes {
		if strings.HasSuffix(name, s) {
			return true
		}
	}
	return false
}

// goComments returns the paragraphs of the comments of Go source. It leaves
// out directives, indented code and the expected output of examples.
func goComments(src string) [][]line {
	var s scanner.Scanner
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(src))
	s.Init(file, []byte(src), func(token.Position, string) {}, scanner.ScanComments)
	var lines []line
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return group(lines)
		}
		if tok != token.COMMENT {
			continue
		}
		if strings.HasPrefix(lit, "/*") {
			lit = strings.TrimSuffix(strings.TrimPrefix(lit, "/*"), "*/")
		}
		p := file.Position(pos)
		// Only a comment that starts its line continues the one above.
		start := strings.LastIndexByte(src[:p.Offset], '\n') + 1
		if strings.TrimSpace(src[start:p.Offset]) != "" {
			lines = append(lines, line{p.Line, ""})
		}
		for i, text := range strings.Split(lit, "\n") {
			lines = append(lines, line{p.Line + i, strings.TrimPrefix(text, "//")})
		}
	}
}

// comments returns the paragraphs of the comments that start with marker, on
// lines of their own or after two spaces, a tab or a brace.
func comments(src, marker string) [][]line {
	var lines []line
	for i, text := range strings.Split(src, "\n") {
		own := strings.TrimSpace(text)
		if strings.HasPrefix(own, marker) && !strings.HasPrefix(own, "#!") && !directive.MatchString(own) {
			lines = append(lines, line{i + 1, strings.TrimSuffix(strings.TrimRight(own[len(marker):], " \t"), "\\")})
			continue
		}
		for _, before := range []string{" ", "\t"} {
			if _, after, ok := strings.Cut(text, before+marker+" "); ok {
				lines = append(lines, line{i + 1, ""}, line{i + 1, " " + strings.TrimSuffix(after, "\\")})
				break
			}
		}
	}
	return group(lines)
}

// directive matches preprocessor directives, which start like a comment.
var directive = regexp.MustCompile(`^#(include|define|undef|ifn?def|if|else|endif)\b`)

// group splits the lines of comments into paragraphs.
func group(lines []line) [][]line {
	var out [][]line
	last, output := -1, false
	for _, l := range lines {
		text := strings.TrimSpace(l.text)
		output = output && last == l.num-1 || strings.HasPrefix(text, "Output:") || strings.HasPrefix(text, "Unordered output:")
		switch {
		case output:
			last = l.num
			continue
		case text == "",
			strings.HasPrefix(l.text, "\t"), strings.HasPrefix(l.text, "    "), // indented code
			!strings.HasPrefix(l.text, " ") && goDirective.MatchString(l.text):
			last = -1
			continue
		}
		if last != l.num-1 || strings.HasPrefix(text, "- ") {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], line{l.num, text})
		last = l.num
	}
	return out
}

var goDirective = regexp.MustCompile(`^[a-z]+:[a-z]`)

// markdown returns the paragraphs, list items and table cells of Markdown,
// without fenced blocks.
func markdown(src string) [][]line {
	var out [][]line
	open, fence := false, false
	for i, text := range strings.Split(src, "\n") {
		own := strings.TrimSpace(text)
		if strings.HasPrefix(own, "```") || strings.HasPrefix(own, "~~~") {
			fence, open = !fence, false
			continue
		}
		if fence || own == "" || strings.HasPrefix(own, "<") || strings.HasPrefix(own, "[") && strings.Contains(own, "]: ") {
			open = false
			continue
		}
		if strings.HasPrefix(own, "|") {
			open = false
			for cell := range strings.SplitSeq(own, "|") {
				if words(link.ReplaceAllString(cell, "")) > 1 {
					out = append(out, []line{{i + 1, strings.TrimSpace(cell)}})
				}
			}
			continue
		}
		if !open || item.MatchString(own) || strings.HasPrefix(own, "#") {
			out = append(out, nil)
			own = strings.TrimLeft(item.ReplaceAllString(own, ""), "# ")
		}
		out[len(out)-1] = append(out[len(out)-1], line{i + 1, own})
		open = !strings.HasPrefix(text, "#")
	}
	return out
}

var (
	link = regexp.MustCompile(`\]\([^)]*\)`)
	item = regexp.MustCompile(`^([-*]|[0-9]+\.) `)
)

// jsonStrings returns the strings of JSON that look like sentences, one for
// each paragraph.
func jsonStrings(src string) [][]line {
	var out [][]line
	for i, text := range strings.Split(src, "\n") {
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			if m[2] == "" && words(m[1]) > 3 && strings.Count(m[1], " ") > 1 || wide.MatchString(m[1]) {
				out = append(out, []line{{i + 1, m[1]}})
			}
		}
	}
	return out
}

var (
	quoted = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"(:?)`)
	wide   = regexp.MustCompile(`\p{Han}`)
	word   = regexp.MustCompile(`[A-Za-z]{2,}`)
)

// words returns the number of words in s.
func words(s string) int { return len(word.FindAllString(s, -1)) }

// split returns the sentences of a paragraph.
func split(file string, p []line) []sentence {
	var out []sentence
	var cur sentence
	add := func() {
		if cur.text != "" && (words(cur.text) > 1 || wide.MatchString(cur.text)) {
			out = append(out, cur)
		}
		cur = sentence{}
	}
	for _, l := range p {
		rest := l.text
		for rest != "" {
			part := rest
			end := stop.FindStringIndex(rest)
			if end != nil {
				part = strings.TrimSpace(rest[:end[1]])
			}
			if cur.text == "" {
				cur = sentence{file, l.num, part}
			} else {
				cur.text += " " + part
			}
			rest = strings.TrimSpace(rest[len(part):])
			if end != nil && !abbreviation.MatchString(part) {
				add()
			}
		}
	}
	add()
	return out
}

var (
	stop         = regexp.MustCompile(`[.?!]["”)]*(?: |$)|[。！？]`)
	abbreviation = regexp.MustCompile(`\b(e\.g|i\.e|etc|vs|\.\.)\.$`)
)
