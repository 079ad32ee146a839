package main

import (
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/catalog"
)

var cmdCodes = &command{
	name:  "codes",
	args:  "[flags] [code | name | first-last ...]",
	short: "list status codes: names, classes, who may send them",
	long: `
Codes lists the status codes of Close frames: all of them, or those given by
number, by name, or as a range. Codes without a name that stand side by side
are one line.

  closeframe codes
  closeframe codes 1006
  closeframe codes "going away" 1012 CLOSE_TOO_LARGE
  closeframe codes 1000-1015
  closeframe codes -json 4000-4999

The columns: whether a Close frame may hold the code (SENT), whether a script
may give it to close() of a browser's WebSocket (SCRIPT), and after how long a
client may try to connect again the first time (RECONNECT).

With -json it prints an array of objects: "first" and "last" code, "name",
"class", "title" and "meaning" in the language asked for, "valid" (SENT),
"scriptable", and "reconnect", which is null or has "minSeconds" and
"maxSeconds".
`,
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		asJSON := fs.Bool("json", false, "print a JSON array")
		langName := langFlag(fs)
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		l, err := s.lang(*langName)
		if err != nil {
			return s.usage("%v", err)
		}
		var rows []codeRow
		for _, arg := range args {
			first, last, err := parseRange(arg)
			if err != nil {
				return s.usage("%v", err)
			}
			rows = append(rows, codeRows(l, first, last)...)
		}
		if len(args) == 0 {
			rows = codeRows(l, 0, 65535)
		}
		if *asJSON {
			s.json(rows)
			return exitOK
		}
		printCodes(s.stdout, s.style(), l, rows)
		return exitOK
	},
}

// A codeRow is one code, or several that stand side by side, have no name and
// are of one class.
type codeRow struct {
	First     closecode.Code `json:"first"`
	Last      closecode.Code `json:"last"`
	Name      string         `json:"name,omitempty"`
	Class     string         `json:"class"`
	Title     string         `json:"title"`
	Meaning   string         `json:"meaning"`
	Valid     bool           `json:"valid"`
	Script    bool           `json:"scriptable"`
	Reconnect *window        `json:"reconnect"`
}

// A window is where the first delay before reconnecting is drawn from.
type window struct {
	Min float64 `json:"minSeconds"`
	Max float64 `json:"maxSeconds"`
}

// codeRows returns the rows for the codes from first to last.
func codeRows(l lang, first, last closecode.Code) []codeRow {
	var rows []codeRow
	for n := int(first); n <= int(last); n++ {
		c := closecode.Code(n)
		class := c.Class().String()
		if i := len(rows) - 1; i >= 0 && c.Name() == "" && rows[i].Name == "" && rows[i].Class == class {
			rows[i].Last = c
			continue
		}
		story := catalog.Of(l.tag, c)
		r := codeRow{First: c, Last: c, Name: c.Name(), Class: class, Title: story.Title, Meaning: story.What,
			Valid: c.Valid(), Script: c.Scriptable()}
		if lo, hi, ok := c.Reconnect(0); ok {
			r.Reconnect = &window{lo.Seconds(), hi.Seconds()}
		}
		rows = append(rows, r)
	}
	return rows
}

// parseRange parses a code, a name of one, or "first-last".
func parseRange(arg string) (first, last closecode.Code, err error) {
	if c, ok := closecode.Lookup(arg); ok {
		return c, c, nil
	}
	lo, hi, ok := strings.Cut(arg, "-")
	if !ok {
		hi = lo
	}
	a, err1 := strconv.ParseUint(lo, 10, 16)
	b, err2 := strconv.ParseUint(hi, 10, 16)
	switch {
	case err1 != nil || err2 != nil:
		return 0, 0, fmt.Errorf("%q is neither a code from 0 to 65535, nor the name of one, nor a range such as 1000-1015", arg)
	case a > b:
		return 0, 0, fmt.Errorf("the range %q is empty: %d is greater than %d", arg, a, b)
	}
	return closecode.Code(a), closecode.Code(b), nil
}

// printCodes prints a table. In English it has the classes; in other languages,
// which the registered names are not in, titles stand in their place.
func printCodes(w io.Writer, st style, l lang, rows []codeRow) {
	var t table
	t.row(l.codeHead, l.nameHead, l.classHead, l.sentHead, l.scriptHead, l.reconnectHead)
	for _, r := range rows {
		code := strconv.Itoa(int(r.First))
		if r.Last != r.First {
			code += "-" + strconv.Itoa(int(r.Last))
		}
		class := r.Class
		if l.tag != "en" {
			class = r.Title
		}
		reconnect := l.No
		if r.Reconnect != nil {
			reconnect = fmt.Sprintf(l.after, r.Reconnect.Min, r.Reconnect.Max)
		}
		t.row(code, r.Name, class, l.yesNo(r.Valid), l.yesNo(r.Script), reconnect)
	}
	t.print(w, func(row, col int, cell string) string {
		switch {
		case row == 0:
			return st.dim(cell)
		case col == 0:
			return st.bold(cell)
		}
		return cell
	})
}

func (l *lang) yesNo(b bool) string {
	if b {
		return l.Yes
	}
	return l.No
}
