package main

import (
	"errors"
	"flag"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/names"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/near"
	"github.com/closeframe/closeframe/internal/catalog"
)

var cmdCodes = &command{
	name: "codes",
	examples: []string{
		"closeframe codes",
		"closeframe codes 1006",
		`closeframe codes "going away" 1012 CLOSE_TOO_LARGE`,
		"closeframe codes 'websocket: close 1006 (abnormal closure): unexpected EOF'",
		"closeframe codes 1000-1015",
		"closeframe codes private",
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
		if whole := strings.Join(args, " "); isClass(whole) {
			args = []string{whole} // "out of range"
		}
	args:
		for _, arg := range listed(args) {
			if class, ok := findClass(arg); ok {
				rows = append(rows, s.classRows(class)...)
				continue
			}
			first, last, ok := parseRange(arg)
			switch {
			case !ok && len(args) > 1:
				// The arguments may be the words of one text.
				r, err := names.Find(strings.Join(args, " "))
				if err != nil {
					return s.noCode(arg, err)
				}
				rows = s.codeRows(r.Code, r.Code)
				break args
			case !ok:
				_, err := names.Find(arg)
				return s.noCode(arg, err)
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

// classRows returns the rows for the codes of a class.
func (s *session) classRows(c closecode.Class) []codeRow {
	return slices.DeleteFunc(s.codeRows(0, 65535), func(r codeRow) bool { return r.Class != c.String() })
}

// className returns the name of a class in one word.
func className(c closecode.Class) string { return strings.ReplaceAll(c.String(), " ", "-") }

// classNames returns the names of all classes.
func classNames() []string {
	var all []string
	for c := closecode.Unused; c <= closecode.OutOfRange; c++ {
		all = append(all, className(c))
	}
	return all
}

// findClass returns the class with a name: that of the API, or the title in any
// language.
func findClass(name string) (closecode.Class, bool) {
	name = strings.TrimSpace(name)
	for c := closecode.Unused; c <= closecode.OutOfRange; c++ {
		if strings.EqualFold(name, className(c)) {
			return c, true
		}
		for _, tag := range catalog.Languages() {
			if strings.EqualFold(name, catalog.In(tag).Class(c).Title) {
				return c, true
			}
		}
	}
	return 0, false
}

func isClass(name string) bool {
	_, ok := findClass(name)
	return ok
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
		parts := strings.FieldsFunc(arg, func(r rune) bool { return strings.ContainsRune(",，、; ", r) })
		if listRE.MatchString(arg) || slices.ContainsFunc(parts, isClass) && !slices.ContainsFunc(parts, isNeither) {
			all = append(all, parts...)
		} else {
			all = append(all, arg)
		}
	}
	return all
}

// isNeither reports whether s is neither a class nor a code or range of codes.
func isNeither(s string) bool {
	_, _, ok := parseRange(s)
	return !ok && !isClass(s)
}

// noCode reports why arg is not a code, given the error of [names.Find]: the
// text has several, or none.
func (s *session) noCode(arg string, err error) int {
	var e *names.Error
	if errors.As(err, &e) && len(e.Codes)+len(e.Unclear) > 0 {
		return s.notFound(err)
	}
	if class := near.Find(arg, classNames()); class != "" {
		if code := names.Near(arg); near.Find(arg, []string{class, code}) == class {
			return s.usage("codes.error.near", arg, class)
		}
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
