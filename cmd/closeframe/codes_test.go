package main

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/internal/catalog"
	"github.com/closeframe/closeframe/internal/vectors"
)

func TestCodes(t *testing.T) {
	steps := []step{
		{"codes", exitOK},
		{"codes 1006", exitOK},
		{"codes 'going away' 1012 CLOSE_TOO_LARGE", exitOK},
		{"codes 0 4001 65535", exitOK},
		{"codes 1000-1015", exitOK},
		{"codes 2990-3005 4000-4000", exitOK},
		{"codes -json 1012 4000-4999", exitOK},
		{"codes 'websocket: close 1006 (abnormal closure): unexpected EOF'", exitOK},
		{"codes websocket: close 1006", exitOK},
		{"codes StatusGoingAway LWS_CLOSE_STATUS_NORMAL", exitOK},
		{"codes local", exitOK},
		{"codes private 1006", exitOK},
		{"codes out of range", exitOK},
		{"codes privat", exitUsage},
		{"codes 65536", exitUsage},
		{"codes 01000", exitUsage},
		{"codes 2024-11-29", exitUsage},
		{"codes NORMAL_CLOSUER", exitUsage},
		{"codes nonsense", exitUsage},
		{"codes 1001-1000", exitUsage},
		{"codes 1000-", exitUsage},
		{"codes -1000", exitUsage},
	}
	transcript(t, "codes.txt", []string{"LANG=C"}, steps)
	transcript(t, "codes.zh.txt", []string{"LC_ALL=zh_CN.UTF-8"}, steps)
}

// TestCodesAgainstTheVectors verifies the output for all codes and for ranges
// of codes.
func TestCodesAgainstTheVectors(t *testing.T) {
	t.Parallel()
	all := vectors.AllCodes()
	for _, args := range []string{"codes -json", "codes -json 0-65535", "codes -json 0-1007 1008-4001 4002-65535"} {
		r := runWith(nil, "", strings.Fields(args)...)
		var rows []codeRow
		if err := json.Unmarshal([]byte(r.stdout), &rows); err != nil {
			t.Fatal(err)
		}
		next := 0
		for _, row := range rows {
			if int(row.First) != next || row.Last < row.First {
				t.Fatalf("%s: the row %+v is not at %d", args, row, next)
			}
			for ; next <= int(row.Last); next++ {
				for _, v := range all {
					if next < int(v.First) || next > int(v.Last) {
						continue
					}
					_, _, reconnect := closecode.Code(next).Reconnect(0)
					if row.Name != v.Name || row.Class != v.Class || row.Valid != v.Valid || row.Script != v.Scriptable || reconnect != (row.Reconnect != nil) {
						t.Errorf("%s: %d: %+v, want %+v", args, next, row, v)
					}
				}
			}
		}
		if next != 65536 {
			t.Errorf("%s: ends before %d", args, next)
		}
	}
}

// TestCodesClasses verifies that the codes of a class, by its name in any
// language, are those of [closecode.Code.Class].
func TestCodesClasses(t *testing.T) {
	t.Parallel()
	for c := closecode.Unused; c <= closecode.OutOfRange; c++ {
		arguments := []string{c.String(), strings.ToUpper(c.String()), className(c)}
		for _, tag := range catalog.Languages() {
			arguments = append(arguments, catalog.In(tag).Class(c).Title)
		}
		for _, arg := range arguments {
			r := runWith(nil, "", "codes", "-json", arg)
			var rows []codeRow
			if err := json.Unmarshal([]byte(r.stdout), &rows); err != nil {
				t.Fatalf("%s: %v, %s", arg, err, r.stderr)
			}
			listed := map[int]bool{}
			for _, row := range rows {
				for n := int(row.First); n <= int(row.Last); n++ {
					listed[n] = true
				}
			}
			for n := range 65536 {
				if listed[n] != (closecode.Code(n).Class() == c) {
					t.Errorf("%s: %d is listed: %t", arg, n, listed[n])
				}
			}
		}
	}
	for arg, want := range map[string]string{"privat": "private", "extensoin": "extension", "outofrange": "out-of-range", "going awya": "Going Away"} {
		if r := runWith(nil, "", "codes", arg); r.status != exitUsage || !strings.Contains(strings.ToLower(r.stderr), `did you mean "`+strings.ToLower(want)+`"?`) {
			t.Errorf("%s: status %d, %s", arg, r.status, r.stderr)
		}
	}
}

// TestTableAligned verifies that the columns of a table start at the same
// screen column in each row, also with wide characters.
func TestTableAligned(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		out := runWith(nil, "", "codes", "-lang", lang).stdout
		l, _ := matchLang(lang)
		at := -1
		for line := range strings.Lines(out) {
			for _, s := range []string{l.Text("codes.head.sent"), " " + l.Text("word.yes") + " ", " " + l.Text("word.no") + " "} {
				i := strings.Index(line, s)
				if i < 0 {
					continue
				}
				n := columns(line[:i] + strings.Repeat(" ", len(s)-len(strings.TrimLeft(s, " "))))
				if at < 0 {
					at = n
				}
				if n != at {
					t.Errorf("%s: column %d, want %d: %s", lang, n, at, line)
				}
				break
			}
		}
		if at < 0 {
			t.Errorf("%s: no rows in\n%s", lang, out)
		}
	}
}

// TestCodesRanges verifies the spellings of ranges and lists.
func TestCodesRanges(t *testing.T) {
	for args, want := range map[string]string{
		"1000-1001":       "1000 1001",
		"1000 - 1001":     "1000 1001",
		"1000..1001":      "1000 1001",
		"1000–1001":       "1000 1001",
		"1000,1003-1004":  "1000 1003 1004",
		"1000, 1003":      "1000 1003",
		"1001 1000":       "1001 1000",
		"1001-1000":       "",
		"1000,99999":      "",
		"close 1000 1006": "",
		"private":         "4000",
		"Private":         "4000",
		"private,local":   "4000 1005 1006 1015",
		"1000,unused":     "1000 0",
		"out of range":    "5000",
		"out-of-range":    "5000",
		"本地":              "1005 1006 1015",
		"超出范围":            "5000",
		"private,x":       "",
		"privat":          "",
		"1000-x":          "",
	} {
		r := runWith(nil, "", append([]string{"codes", "-json"}, strings.Split(args, " ")...)...)
		var rows []codeRow
		if err := json.Unmarshal([]byte(r.stdout), &rows); err != nil && want != "" {
			t.Errorf("%s: %v, %s", args, err, r.stderr)
			continue
		}
		var got []string
		for _, x := range rows {
			got = append(got, strconv.Itoa(int(x.First)))
		}
		if strings.Join(got, " ") != want || (r.status == exitUsage) != (want == "") {
			t.Errorf("%s: status %d, %q, want %q", args, r.status, got, want)
		}
	}
}
