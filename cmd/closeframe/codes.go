package main

import (
	"errors"
	"flag"
	"regexp"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/names"
)

var cmdCodes = &command{
	name: "codes",
	examples: []string{
		"closeframe codes",
		"closeframe codes 1006",
		`closeframe codes "going away" 1012 CLOSE_TOO_LARGE`,
		"closeframe codes 'websocket: close 1006 (abnormal closure): unexpected EOF'",
		"closeframe codes 1000-1015",
		"closeframe codes -json 4000-4999",
	},
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		var rows []codeRow
		if whole := strings.Join(args, " "); rangeRE.MatchString(whole) {
			args = rangeRE.FindAllString(whole, 1) // a range with spaces
		}
	args:
		for _, arg := range listed(args) {
			first, last, ok := parseRange(arg)
			switch {
			case !ok && len(args) > 1:
				// The arguments may be the words of one text.
				if r, err := names.Find(strings.Join(args, " ")); err == nil {
					rows = s.codeRows(r.Code, r.Code)
					break args
				}
				return s.noCode(arg)
			case !ok:
				return s.noCode(arg)
			case first > last:
				return s.usage("codes.error.range", arg, int(first), int(last))
			}
			rows = append(rows, s.codeRows(first, last)...)
		}
		if len(args) == 0 {
			rows = s.codeRows(0, 65535)
		}
		if s.asJSON {
			s.json(rows)
		} else {
			s.printCodes(rows)
		}
		return exitOK
	},
}

// A codeRow is one code, or a range of codes of one class without names.
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

// A window is the range from which the first delay before reconnecting is
// drawn.
type window struct {
	Min float64 `json:"minSeconds"`
	Max float64 `json:"maxSeconds"`
}

// codeRows returns the rows for the codes from first to last.
func (s *session) codeRows(first, last closecode.Code) []codeRow {
	var rows []codeRow
	for n := int(first); n <= int(last); n++ {
		c := closecode.Code(n)
		class := c.Class().String()
		if i := len(rows) - 1; i >= 0 && c.Name() == "" && rows[i].Name == "" && rows[i].Class == class {
			rows[i].Last = c
			continue
		}
		d := s.text.Code(c)
		r := codeRow{First: c, Last: c, Name: c.Name(), Class: class, Title: d.Title, Meaning: d.What,
			Valid: c.Valid(), Script: c.Scriptable()}
		if lo, hi, ok := c.Reconnect(0); ok {
			r.Reconnect = &window{lo.Seconds(), hi.Seconds()}
		}
		rows = append(rows, r)
	}
	return rows
}

// rangeRE matches a range, and listRE a list of codes and ranges.
var (
	rangeRE = regexp.MustCompile(`^\s*([0-9]+)\s*(?:-|–|—|\.\.\.?|…)\s*([0-9]+)\s*$`)
	listRE  = regexp.MustCompile(`^[0-9\s–—….-]+(?:[,，、;][0-9\s–—….-]+)+$`)
)

// listed returns the arguments with lists such as 1000,1001 split.
func listed(args []string) []string {
	var all []string
	for _, arg := range args {
		if listRE.MatchString(arg) {
			all = append(all, strings.FieldsFunc(arg, func(r rune) bool { return strings.ContainsRune(",，、; ", r) })...)
		} else {
			all = append(all, arg)
		}
	}
	return all
}

// noCode reports why arg is not a code: it has several, or none.
func (s *session) noCode(arg string) int {
	var e *names.Error
	if _, err := names.Find(arg); errors.As(err, &e) && len(e.Codes) > 0 {
		return s.notFound(err)
	}
	return s.notACode(arg, "codes.error.code")
}

// parseRange parses a code, a name, "first-last", or a text that contains a
// code.
func parseRange(arg string) (first, last closecode.Code, ok bool) {
	if c, ok := findCode(arg); ok {
		return c, c, true
	}
	lo, hi := arg, arg
	if m := rangeRE.FindStringSubmatch(arg); m != nil {
		lo, hi = m[1], m[2]
	}
	a, ok1 := parseNumber(lo)
	b, ok2 := parseNumber(hi)
	if ok1 && ok2 {
		return a, b, true
	}
	r, err := names.Find(arg)
	return r.Code, r.Code, err == nil
}

// parseNumber parses a code in decimal, without leading zeros.
func parseNumber(s string) (closecode.Code, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return closecode.Code(n), err == nil && (s == "0" || s[0] != '0')
}

// printCodes prints a table of codes. In English, whose titles are close to the
// registered names, it has a column of classes, and in other languages a column
// of titles.
func (s *session) printCodes(rows []codeRow) {
	t, st := table{}, s.style()
	english := s.text.Tag() == "en"
	third := "codes.head.title"
	if english {
		third = "codes.head.class"
	}
	t.row(s.text.Text("codes.head.code"), s.text.Text("codes.head.name"), s.text.Text(third),
		s.text.Text("codes.head.sent"), s.text.Text("codes.head.script"), s.text.Text("codes.head.reconnect"))
	for _, r := range rows {
		code := strconv.Itoa(int(r.First))
		if r.Last != r.First {
			code += "-" + strconv.Itoa(int(r.Last))
		}
		third := r.Title // the title of the class for a code without a name
		if english {
			third = r.Class
		}
		reconnect := s.text.Text("word.no")
		if r.Reconnect != nil {
			reconnect = s.text.Text("codes.after", r.Reconnect.Min, r.Reconnect.Max)
		}
		t.row(code, r.Name, third, s.yesNo(r.Valid), s.yesNo(r.Script), reconnect)
	}
	t.print(s.stdout, func(row, col int, cell string) string {
		switch {
		case row == 0:
			return st.dim(cell)
		case col == 0:
			return st.bold(cell)
		}
		return cell
	})
}

func (s *session) yesNo(b bool) string {
	if b {
		return s.text.Text("word.yes")
	}
	return s.text.Text("word.no")
}
