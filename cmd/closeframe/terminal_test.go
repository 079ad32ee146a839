package main

import (
	"os"
	"strings"
	"testing"
)

func TestColored(t *testing.T) {
	tests := []struct {
		terminal bool
		env      string
		want     bool
	}{
		{true, "TERM=xterm", true},
		{true, "", true},
		{true, "NO_COLOR=1", false},
		{true, "NO_COLOR=0", false}, // any value counts
		{true, "NO_COLOR=", true},   // "when present and not an empty string"
		{true, "TERM=dumb", false},
		{false, "TERM=xterm", false},
		{false, "", false},
	}
	for _, tt := range tests {
		k, v, _ := strings.Cut(tt.env, "=")
		got := colored(tt.terminal, func(key string) string {
			if key == k {
				return v
			}
			return ""
		})
		if got != tt.want {
			t.Errorf("colored(%v) with %q = %v", tt.terminal, tt.env, got)
		}
	}
}

func TestTerminal(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, f := range []any{null, file, &strings.Builder{}, nil} {
		if terminal(f) {
			t.Errorf("%T %v is considered a terminal", f, f)
		}
	}
}

func TestStyle(t *testing.T) {
	if got := style(false).red("x"); got != "x" {
		t.Errorf("without color: %q", got)
	}
	if got := style(true).red("x"); got != "\x1b[1;31mx\x1b[0m" {
		t.Errorf("with color: %q", got)
	}
	if got := style(true).red(""); got != "" {
		t.Errorf("nothing in color: %q", got)
	}
}

func TestColumns(t *testing.T) {
	tests := []struct {
		s    string
		want int
	}{
		{"", 0},
		{"abc", 3},
		{"é", 1},
		{"e\u0301", 1},      // combining
		{"关闭", 4},           // wide
		{"Ａ", 2},            // fullwidth
		{"ｱ", 1},            // halfwidth
		{"Ω§·", 3},          // ambiguous: narrow
		{"😀", 2},            // emoji
		{"a\u200db", 2},     // joiner
		{"\u3000", 2},       // ideographic space
		{"한", 2},            // Hangul
		{"正常关闭 (1000)", 15}, // mixed
	}
	for _, tt := range tests {
		if got := columns(tt.s); got != tt.want {
			t.Errorf("columns(%q) = %d, want %d", tt.s, got, tt.want)
		}
	}
	if got := pad("关闭", 6); got != "关闭  " {
		t.Errorf("pad: %q", got)
	}
}

// TestColorFlag verifies -color, before and after the name of the command, if
// the output is not a terminal.
func TestColorFlag(t *testing.T) {
	for _, tt := range []struct {
		args  string
		color bool
	}{
		{"explain 1006", false},
		{"explain -color auto 1006", false},
		{"explain -color always 1006", true},
		{"-color always explain 1006", true},
		{"-color always explain 1006 -color never", false},
		{"codes -color=always", true},
		{"decode -color always 8800", true},
	} {
		r := runWith([]string{"NO_COLOR=1"}, "", strings.Fields(tt.args)...)
		if got := strings.Contains(r.stdout, "\x1b["); got != tt.color || r.status != exitOK {
			t.Errorf("%s: colored: %v, want %v, status %d, %s", tt.args, got, tt.color, r.status, r.stderr)
		}
	}
}
