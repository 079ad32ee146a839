package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// The limits of the output width, and the width if there is no terminal.
const (
	screen    = 80
	minScreen = 60
	maxScreen = 120
)

// width returns the width of the output in columns.
func (s *session) width() int {
	n := 0
	if terminal(s.stdout) {
		if n, _ = strconv.Atoi(s.env("COLUMNS")); n <= 0 {
			n = terminalWidth(s.stdout.(*output).w.(*os.File))
		}
	}
	if n <= 0 {
		return screen
	}
	return min(max(n, minScreen), maxScreen)
}

// A style colors text for a terminal. The zero style does not change the text.
type style bool

func (st style) bold(s string) string   { return st.sgr("1", s) }
func (st style) dim(s string) string    { return st.sgr("2", s) }
func (st style) red(s string) string    { return st.sgr("1;31", s) }
func (st style) green(s string) string  { return st.sgr("1;32", s) }
func (st style) yellow(s string) string { return st.sgr("33", s) }
func (st style) cyan(s string) string   { return st.sgr("36", s) }

func (st style) sgr(n, s string) string {
	if !st || s == "" {
		return s
	}
	return "\x1b[" + n + "m" + s + "\x1b[0m"
}

// style returns the style for the output according to -color.
func (s *session) style() style {
	switch s.color {
	case "always":
		return true
	case "never":
		return false
	}
	return style(colored(terminal(s.stdout), s.env))
}

// colored reports whether to color the output without -color: on a terminal,
// unless TERM is "dumb" or NO_COLOR is set (no-color.org).
func colored(terminal bool, env func(string) string) bool {
	return terminal && env("NO_COLOR") == "" && env("TERM") != "dumb"
}

// terminal reports whether f, a reader or a writer, is a terminal.
func terminal(f any) bool {
	if o, ok := f.(*output); ok {
		f = o.w
	}
	file, ok := f.(*os.File)
	if !ok {
		return false
	}
	st, err := file.Stat()
	if err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull) // the other character device in use
	return err != nil || !os.SameFile(st, null)
}

// An output keeps the first write error, so that callers need not check each
// write.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}

// columns returns the width of s in terminal columns.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case r < 0x7f:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// pad returns s padded with spaces to n columns.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-columns(s)))
}

// padded is like pad but paints the text and not the spaces.
func padded(s string, n int, paint func(string) string) string {
	return paint(s) + strings.Repeat(" ", max(0, n-columns(s)))
}

// A table is rows of cells that are printed as aligned columns, two spaces
// apart.
type table struct {
	rows [][]string
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// print writes the table. paint, if not nil, colors a cell.
func (t *table) print(w io.Writer, paint func(row, col int, cell string) string) {
	var widths []int
	for _, r := range t.rows {
		for i, c := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(c))
		}
	}
	var b strings.Builder
	for i, r := range t.rows {
		for j, c := range r {
			n := 0
			if j < len(r)-1 {
				n = widths[j] + 2
			}
			b.WriteString(padded(c, n, func(c string) string {
				if paint == nil {
					return c
				}
				return paint(i, j, c)
			}))
		}
		b.WriteByte('\n')
	}
	io.WriteString(w, b.String())
}

// definitions are terms with texts, printed side by side.
type definitions struct{ terms, texts []string }

func (d *definitions) add(term, text string) {
	d.terms = append(d.terms, term)
	d.texts = append(d.texts, text)
}

// print prints the list in width columns. If paint is not nil, it colors the
// lines of a text.
func (d *definitions) print(w io.Writer, width int, paint func(term, line string) string, st style) {
	left := 0
	for _, t := range d.terms {
		left = max(left, columns(t))
	}
	for i, t := range d.terms {
		term := t
		for _, line := range wrap(d.texts[i], width-left-4) {
			if paint != nil {
				line = paint(t, line)
			}
			fmt.Fprintf(w, "  %s  %s\n", padded(term, left, st.cyan), line)
			term = ""
		}
	}
}
