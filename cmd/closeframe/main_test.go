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

	"github.com/closeframe/closeframe/internal/catalog"
)

var update = flag.Bool("update", false, "write the golden files in testdata instead of comparing with them")

// A result is the output and the exit status of a run.
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

// A step is a command line, in which single quotes group words, and its
// expected exit status.
type step struct {
	args   string
	status int
}

// transcript runs the steps and compares their output with the file
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
	golden(t, name, b.String())
}

// golden compares got with the file testdata/name, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s (go test ./cmd/closeframe -update writes it) differs from line %d on: %s", name, 1+strings.Count(shared(got, string(want)), "\n"),
			cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")))
	}
}

// shared returns the common prefix of a and b.
func shared(a, b string) string {
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

// checkScreen verifies that the output fits the screen and has no control
// characters.
func checkScreen(t *testing.T, out string, narrow bool) {
	t.Helper()
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if n := columns(line); narrow && n > screen && !strings.Contains(line, "https://") { // URLs are not broken
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
		{"", exitUsage, "", "Usage: closeframe [flags] command"},
		{"-json", exitUsage, "", "Usage: closeframe [flags] command"},
		{"help", exitOK, "Usage: closeframe [flags] command", ""},
		{"-h", exitOK, "Usage: closeframe [flags] command", ""},
		{"--help", exitOK, "Usage: closeframe [flags] command", ""},
		{"-lang zh -h", exitOK, "用法：closeframe [选项] 命令", ""},
		{"help codes", exitOK, "Usage: closeframe codes", ""},
		{"help help", exitOK, "Usage: closeframe help", ""},
		{"help nonsense", exitUsage, "", `unknown command "nonsense"`},
		{"help codes help", exitUsage, "", "one command at a time"},
		{"codes -h", exitOK, "-json", ""},
		{"codes -nonsense", exitUsage, "", "closeframe codes: unknown flag -nonsense\n"},
		{"codes -jsno", exitUsage, "", "unknown flag -jsno; did you mean -json?"},
		{"codes -lang", exitUsage, "", "the flag -lang needs a value"},
		{"codes -json=maybe", exitUsage, "", `invalid value "maybe" for the flag -json`},
		{"codes -color blue", exitUsage, "", `invalid value "blue" for the flag -color`},
		{"-color blue codes", exitUsage, "", `invalid value "blue" for the flag -color`},
		{"codes -lang qaa", exitUsage, "", `the language "qaa" is not supported; the languages are ` + strings.Join(catalog.Languages(), ", ")},
		{"-lang vo codes", exitUsage, "", `the language "vo" is not supported`},
		{"-lang=%% codes", exitUsage, "", `the language "%%" is not supported`},
		{"codes -lang zh 70000", exitUsage, "", "既不是"},
		{"nonsense", exitUsage, "", `closeframe: unknown command "nonsense"; the commands are `},
		{"explian 1006", exitUsage, "", `unknown command "explian"; did you mean "explain"?`},
		{"-lang zh explian 1006", exitUsage, "", `没有命令 "explian"；是否指 "explain"？`},
		{"version extra", exitUsage, "", `unexpected argument "extra"`},
		{"explain 'going awya'", exitUsage, "", `did you mean "Going Away"?`},
	}
	for _, tt := range tests {
		r := runWith(nil, "", split(tt.args)...)
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

// TestHelp verifies that every command has help in every language: a summary
// of one line, an example, a description of each flag, with its default, and
// the exit statuses.
func TestHelp(t *testing.T) {
	for _, tag := range catalog.Languages() {
		l := catalog.In(tag)
		for _, c := range commands {
			r := runWith(nil, "", "help", "-lang", tag, c.name)
			if r.status != exitOK || r.stderr != "" {
				t.Errorf("%s: help %s: status %d, stderr %q", tag, c.name, r.status, r.stderr)
			}
			if other := runWith(nil, "", c.name, "-h", "-lang", tag); other.stdout != r.stdout {
				t.Errorf("%s: %s -h and help %s differ:\n%s", tag, c.name, c.name, other.stdout)
			}
			checkScreen(t, r.stdout, true)
			if !strings.Contains(r.stdout, "closeframe "+c.name) || len(c.examples) == 0 {
				t.Errorf("%s: help %s has no example", tag, c.name)
			}
			if n := columns(l.Text("help." + c.name + ".short")); n > screen-16 {
				t.Errorf("%s: %s: its line in the list of commands is %d columns too long", tag, c.name, n-(screen-16))
			}
			for _, part := range []string{"args", "short", "long"} {
				if !l.Has("help." + c.name + "." + part) {
					t.Errorf("%s: no text help.%s.%s", tag, c.name, part)
				}
			}
			s := &session{text: l, common: common{color: "auto"}, stdout: io.Discard, stderr: io.Discard}
			for _, f := range s.page(c, s.flagsOf(c)).Flags {
				if strings.HasPrefix(f.Description, "help.") {
					t.Errorf("%s: no text for -%s of %s", tag, f.Name, c.name)
				}
				if !strings.Contains(r.stdout, "-"+f.Name) || !strings.Contains(r.stdout, f.Default) {
					t.Errorf("%s: help %s lacks -%s or its default %q", tag, c.name, f.Name, f.Default)
				}
			}
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
		{"-x -24 -96", "-24|-96"},
		{"-x=true a", "a"},
		{"--x a", "a"},
	}
	for _, tt := range tests {
		fs := flag.NewFlagSet("test", flag.ContinueOnError)
		fs.SetOutput(io.Discard)
		x := fs.Bool("x", false, "")
		s := &session{stdout: io.Discard, stderr: io.Discard, cmd: cmdCodes, common: common{color: "auto"}, text: catalog.In("en")}
		rest, status, ok := s.parse(fs, strings.Fields(tt.args))
		if got := strings.Join(rest, "|"); got != tt.rest || status != exitOK || !ok || !*x {
			t.Errorf("%q: %q, %d, %v, -x=%v; want %q", tt.args, got, status, ok, *x, tt.rest)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestCannotWrite(t *testing.T) {
	for _, args := range []string{"encode 1000", "encode -raw 1000", "decode 8800", "decode -json 8800", "codes", "codes -json", "explain 1000", "help", "help codes", "version", "completion bash"} {
		var stderr strings.Builder
		status := run(strings.Fields(args), strings.NewReader(""), brokenWriter{}, &stderr, func(string) string { return "" })
		if status != exitInvalid || !strings.HasSuffix(stderr.String(), ": writing: no space left\n") {
			t.Errorf("%s: status %d, %q", args, status, stderr.String())
		}
	}
}
