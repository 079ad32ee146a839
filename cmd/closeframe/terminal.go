package main

import (
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// screen is the number of columns that everything printed keeps within.
const screen = 80

// A style colors text for a terminal. The zero style leaves it as it is.
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

// style returns how to color what is written to stdout.
func (s *session) style() style { return style(colored(terminal(s.stdout), s.env)) }

// colored reports whether output is to be colored: on a terminal alone, unless
// it is a dumb one or NO_COLOR is set to anything (no-color.org).
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

// An output remembers that it could not be written to, since not every print
// looks.
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

// columns returns the number of terminal columns that s takes.
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

// pad returns s and as many spaces as bring it to n columns.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-columns(s)))
}

// padded is like pad for a text that is painted, but not the spaces after it.
func padded(s string, n int, paint func(string) string) string {
	return paint(s) + strings.Repeat(" ", max(0, n-columns(s)))
}

// A table is rows of cells that are printed as aligned columns, two spaces
// apart.
type table struct {
	rows [][]string
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// print writes the table; paint, if not nil, colors a cell.
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
