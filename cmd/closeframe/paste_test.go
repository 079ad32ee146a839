package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
)

// A pasteCase is a line of testdata/paste.jsonl; see testdata/README.md.
type pasteCase struct {
	ID     string
	Args   []string
	Stdin  string
	Expect pasteExpect
}

type pasteExpect struct {
	Exit    int
	ExitAny bool `json:"exit_any"`
	Bytes   string
	Closes  []pasteClose
	Refuse  string
	Says    [][]string
	Alt     []pasteExpect
}

type pasteClose struct {
	From   string
	Code   int
	Reason string
	Valid  bool
	Error  string
}

// pasteCases returns the cases of a file of testdata.
func pasteCases(t *testing.T, name string) []pasteCase {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []pasteCase
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var c pasteCase
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	if err := sc.Err(); err != nil || len(all) == 0 {
		t.Fatalf("%s: %d cases, %v", name, len(all), err)
	}
	return all
}

// TestPaste verifies the output of decode for texts as users paste them.
func TestPaste(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"paste.jsonl", "tools.jsonl", "languages.jsonl"} {
		for i, c := range pasteCases(t, name) {
			if testing.Short() && i%8 != 0 {
				continue
			}
			for _, lang := range []string{"en", "zh"} {
				t.Run(c.ID+"/"+lang, func(t *testing.T) {
					t.Parallel()
					c.run(t, lang)
				})
			}
		}
	}
}

func (c *pasteCase) run(t *testing.T, lang string) {
	text := runWith(nil, c.Stdin, append([]string{"decode", "-lang", lang}, c.Args...)...)
	checkScreen(t, text.stdout, true)
	if lang != "en" { // the words expected are English
		return
	}
	r := runWith(nil, c.Stdin, append([]string{"decode", "-json"}, c.Args...)...)
	if text.status != r.status {
		t.Errorf("status %d as text, %d as JSON", text.status, r.status)
	}
	var why []string
	for _, e := range append([]pasteExpect{c.Expect}, c.Expect.Alt...) {
		err := e.compare(r, text)
		if err == nil {
			return
		}
		why = append(why, err.Error())
	}
	t.Errorf("%s\n%s\nstatus %d\n%s%s", strings.Join(why, "; or "), c.Stdin, text.status, text.stdout, text.stderr)
}

// compare compares the output of decode, as JSON and as text, with the expected
// output.
func (e *pasteExpect) compare(r, text result) error {
	if r.status != e.Exit && !(e.ExitAny && r.status <= 1) {
		return fmt.Errorf("status %d, want %d", r.status, e.Exit)
	}
	said := strings.ToLower(r.stdout + r.stderr + text.stdout)
	if !strings.Contains(said, strings.ToLower(e.Refuse)) {
		return fmt.Errorf("does not say %q", e.Refuse)
	}
	for _, words := range e.Says {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(said, strings.ToLower(w)) }) {
			return fmt.Errorf("says none of %q", words)
		}
	}
	if r.status == exitUsage {
		return nil
	}
	var d decoded
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil {
		return err
	}
	var got []pasteClose
	var sides [][]byte
	n := 0
	for _, s := range d.Sides {
		var b []byte
		for _, f := range d.Frames[n : n+s.Frames] {
			b = append(b, f.Bytes...)
			if f.Type == "close" || f.Type == "payload" {
				got = append(got, closeOf(f))
			}
		}
		n += s.Frames
		sides = append(sides, b)
	}
	bytes := hex.EncodeToString(slices.Concat(sides...))
	slices.Reverse(sides)
	if swapped := hex.EncodeToString(slices.Concat(sides...)); bytes != e.Bytes && swapped != e.Bytes {
		return fmt.Errorf("bytes %s, want %s", bytes, e.Bytes)
	}
	want := slices.Clone(e.Closes)
	for i := range want {
		if want[i].Error != "" && want[i].Error != "incomplete" {
			want[i].Reason = ""
		}
	}
	for i := range got {
		if got[i].Error != "" && got[i].Error != "incomplete" {
			got[i].Reason = ""
		}
	}
	byText := func(a, b pasteClose) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	slices.SortFunc(want, byText)
	slices.SortFunc(got, byText)
	if !slices.Equal(got, want) {
		return fmt.Errorf("Close frames %+v, want %+v", got, want)
	}
	return nil
}

func closeOf(f dissect.Frame) pasteClose {
	c := pasteClose{From: f.From, Valid: f.Verdict.Status == dissect.Valid, Error: f.Verdict.Error}
	if f.Close != nil {
		c.Code, c.Reason = int(f.Close.Code), f.Close.Reason
	}
	return c
}
