package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/closecode"
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
`,
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		asJSON := fs.Bool("json", false, "print a JSON array")
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		var rows []codeRow
		for _, arg := range args {
			first, last, err := parseRange(arg)
			if err != nil {
				return s.usage("%v", err)
			}
			rows = append(rows, codeRows(first, last)...)
		}
		if len(args) == 0 {
			rows = codeRows(0, 65535)
		}
		if asJSON := *asJSON; asJSON {
			e := json.NewEncoder(s.stdout)
			e.SetIndent("", "  ")
			e.Encode(rows)
			return exitOK
		}
		printCodes(s.stdout, s.style(), rows)
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
	Valid     bool           `json:"valid"`
	Script    bool           `json:"scriptable"`
	Reconnect *window        `json:"reconnect"`
}

// A window is where the delay before reconnecting is drawn from, in seconds.
type window struct {
	Lo float64 `json:"lo"`
	Hi float64 `json:"hi"`
}

// codeRows returns the rows for the codes from first to last.
func codeRows(first, last closecode.Code) []codeRow {
	var rows []codeRow
	for n := int(first); n <= int(last); n++ {
		c := closecode.Code(n)
		r := codeRow{First: c, Last: c, Name: c.Name(), Class: c.Class().String(), Valid: c.Valid(), Script: c.Scriptable()}
		if lo, hi, ok := c.Reconnect(0); ok {
			r.Reconnect = &window{lo.Seconds(), hi.Seconds()}
		}
		if i := len(rows) - 1; i >= 0 && r.Name == "" && rows[i].Name == "" && rows[i].Class == r.Class {
			rows[i].Last = c
			continue
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

func printCodes(w io.Writer, st style, rows []codeRow) {
	var t table
	t.row("CODE", "NAME", "CLASS", "SENT", "SCRIPT", "RECONNECT")
	for _, r := range rows {
		code := strconv.Itoa(int(r.First))
		if r.Last != r.First {
			code += "-" + strconv.Itoa(int(r.Last))
		}
		reconnect := "no"
		if r.Reconnect != nil {
			reconnect = fmt.Sprintf("after %v-%v s", r.Reconnect.Lo, r.Reconnect.Hi)
		}
		t.row(code, r.Name, r.Class, yesNo(r.Valid), yesNo(r.Script), reconnect)
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

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
