package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files in testdata instead of comparing with them")

// A result is what a run of the program left behind.
type result struct {
	status         int
	stdout, stderr string
}

// runWith runs the program in-process with the given environment, as in
// "LANG=zh_CN.UTF-8".
func runWith(env []string, stdin string, args ...string) result {
	var stdout, stderr bytes.Buffer
	status := run(args, strings.NewReader(stdin), &stdout, &stderr, func(key string) string {
		for _, e := range env {
			if k, v, _ := strings.Cut(e, "="); k == key {
				return v
			}
		}
		return ""
	})
	return result{status, stdout.String(), stderr.String()}
}

// A step is a command line, in which single quotes keep words together, and the
// exit status it is to have.
type step struct {
	args   string
	status int
}

// transcript runs the steps and compares what they print with the file
// testdata/name.
func transcript(t *testing.T, name string, env []string, steps []step) {
	t.Helper()
	var b strings.Builder
	for _, step := range steps {
		r := runWith(env, "", split(step.args)...)
		if r.status != step.status {
			t.Errorf("%s: status %d, want %d", step.args, r.status, step.status)
		}
		checkScreen(t, r.stdout, !strings.Contains(step.args, "-json") && !strings.HasPrefix(step.args, "encode"))
		fmt.Fprintf(&b, "$ closeframe %s\n%s%s[%d]\n\n", strings.ToValidUTF8(step.args, "?"), r.stdout, r.stderr, r.status)
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("%s (go test ./cmd/closeframe -update writes it) differs from line %d on: %s", name, 1+strings.Count(common(got, string(want)), "\n"),
			cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")))
	}
}

// common returns the prefix that a and b have in common.
func common(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

// split splits a command line at spaces that are not between single quotes.
func split(line string) []string {
	var args []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			args = append(args, part)
		} else {
			args = append(args, strings.Fields(part)...)
		}
	}
	return args
}

// checkScreen checks that what is printed fits the screen and cannot harm the
// terminal.
func checkScreen(t *testing.T, out string, narrow bool) {
	t.Helper()
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if n := columns(line); narrow && n > screen {
			t.Errorf("a line of %d columns: %q", n, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("spaces at the end of %q", line)
		}
		for _, r := range line {
			if r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 || 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069 {
				t.Errorf("%U in %q", r, line)
			}
		}
	}
}

func TestDispatch(t *testing.T) {
	tests := []struct {
		args   string
		status int
		stdout string // a part of it; "" for none at all
		stderr string
	}{
		{"", exitUsage, "", "Usage: closeframe command"},
		{"help", exitOK, "Usage: closeframe command", ""},
		{"-h", exitOK, "Usage: closeframe command", ""},
		{"--help", exitOK, "Usage: closeframe command", ""},
		{"help codes", exitOK, "Usage: closeframe codes", ""},
		{"help help", exitOK, "Usage: closeframe help", ""},
		{"help nonsense", exitUsage, "", `unknown command "nonsense"`},
		{"help codes help", exitUsage, "", "one command at a time"},
		{"codes -h", exitOK, "-json", ""},
		{"codes -nonsense", exitUsage, "", "closeframe codes: flag provided but not defined: -nonsense\n"},
		{"nonsense", exitUsage, "", `closeframe: unknown command "nonsense"; the commands are `},
	}
	for _, tt := range tests {
		r := runWith(nil, "", strings.Fields(tt.args)...)
		if r.status != tt.status {
			t.Errorf("%q: status %d, want %d", tt.args, r.status, tt.status)
		}
		for _, s := range []struct{ what, got, want string }{{"stdout", r.stdout, tt.stdout}, {"stderr", r.stderr, tt.stderr}} {
			if s.want == "" && s.got != "" || !strings.Contains(s.got, s.want) {
				t.Errorf("%q: %s %q, want %q", tt.args, s.what, s.got, s.want)
			}
		}
	}
}

func TestHelpOfEveryCommand(t *testing.T) {
	for _, c := range commands {
		r := runWith(nil, "", "help", c.name)
		if r.status != exitOK || r.stderr != "" {
			t.Errorf("help %s: status %d, stderr %q", c.name, r.status, r.stderr)
		}
		for line := range strings.Lines(r.stdout) {
			if n := columns(strings.TrimSuffix(line, "\n")); n > screen {
				t.Errorf("help %s: a line of %d columns: %q", c.name, n, line)
			}
		}
		if c.name != "help" && !strings.Contains(r.stdout, "\n  closeframe "+c.name) {
			t.Errorf("help %s has no example", c.name)
		}
		if n := columns(c.short); n > screen-12 {
			t.Errorf("%s: its line in the list of commands is %d columns too long", c.name, n-(screen-12))
		}
	}
}

func TestParseMixesFlagsAndArguments(t *testing.T) {
	tests := []struct{ args, rest string }{
		{"a -x b", "a|b"},
		{"-x a b", "a|b"},
		{"a b -x", "a|b"},
		{"-x -- a -y", "a|-y"},
		{"a -x -- -x", "a|-x"},
		{"-x -", "-"},
		{"-x", ""},
	}
	for _, tt := range tests {
		fs := flag.NewFlagSet("test", flag.ContinueOnError)
		fs.SetOutput(io.Discard)
		x := fs.Bool("x", false, "")
		s := &session{stdout: io.Discard, stderr: io.Discard, cmd: cmdCodes}
		rest, status, ok := s.parse(fs, strings.Fields(tt.args))
		if got := strings.Join(rest, "|"); got != tt.rest || status != exitOK || !ok || !*x {
			t.Errorf("%q: %q, %d, %v, -x=%v; want %q", tt.args, got, status, ok, *x, tt.rest)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestCannotWrite(t *testing.T) {
	for _, args := range []string{"encode 1000", "encode -raw 1000", "decode 8800", "decode -json 8800", "codes", "codes -json", "explain 1000", "help", "help codes"} {
		var stderr strings.Builder
		status := run(strings.Fields(args), strings.NewReader(""), brokenWriter{}, &stderr, func(string) string { return "" })
		if status != exitInvalid || !strings.HasSuffix(stderr.String(), ": writing: no space left\n") {
			t.Errorf("%s: status %d, %q", args, status, stderr.String())
		}
	}
}
