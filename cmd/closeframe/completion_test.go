package main

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestComplete(t *testing.T) {
	for _, tt := range []struct {
		words string // separated by "|"
		want  string // some of the candidates
		not   string
	}{
		{"", "decode explain version help", "-lang 1006"},
		{"exp", "explain", "decode"},
		{"-", "-lang -color -json", "decode"},
		{"-lang|", "en zh-Hans", "decode"},
		{"-lang|zh|", "decode", "en"},
		{"-json|", "decode", "en"},
		{"explain|10", "1000 1015", "3000"},
		{"explain|-", "-app -after -lang", "1006"},
		{"explain|-app|", "discord pusher", "1006"},
		{"explain|-app|dis", "discord discord-voice", "pusher"},
		{"explain|-app|discord|4", "4000 4014", "1006"},
		{"explain|-color|", "auto always never", "1006"},
		{"encode|-key|00|10", "1000", "-key"},
		{"decode|-from|", "client server", "1006"},
		{"decode|-as|w", "words-le", "hex"},
		{"help|", "decode explain", "1006"},
		{"codes|", "1006 private out-of-range", "range"},
		{"explain|p", "", "private"},
		{"completion|", "bash zsh fish", "decode"},
		{"nonsense|", "", "decode"},
	} {
		r := runWith(nil, "", append([]string{"completion", "-words"}, strings.Split(tt.words, "|")...)...)
		got := strings.Fields(r.stdout)
		for _, w := range strings.Fields(tt.want) {
			if !slices.Contains(got, w) {
				t.Errorf("%q: %q lacks %q", tt.words, got, w)
			}
		}
		for _, w := range strings.Fields(tt.not) {
			if slices.Contains(got, w) {
				t.Errorf("%q: %q has %q", tt.words, got, w)
			}
		}
	}
	for _, shell := range shells {
		if r := runWith(nil, "", "completion", shell); r.status != exitOK || r.stdout != completions[shell] {
			t.Errorf("completion %s: %+v", shell, r)
		}
	}
	for _, args := range []string{"completion", "completion tcsh", "completion bash zsh"} {
		if r := runWith(nil, "", strings.Fields(args)...); r.status != exitUsage || !strings.Contains(r.stderr, "bash, zsh or fish") {
			t.Errorf("%s: %+v", args, r)
		}
	}
}

// TestProgram runs the program in the shells that TestShells starts.
func TestProgram(t *testing.T) {
	if os.Getenv("CLOSEFRAME_PROGRAM") != "" {
		os.Exit(run(flag.Args(), os.Stdin, os.Stdout, os.Stderr, os.Getenv))
	}
}

// shellTests are programs of the shells that complete the words of $line and
// print the candidates.
var shellTests = map[string][]string{
	"bash": {"bash", "--norc", "-c", `source <(closeframe completion bash)
		read -ra COMP_WORDS <<<"$line"
		[[ $line == *' ' ]] && COMP_WORDS+=('')
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_closeframe
		printf '%s\n' "${COMPREPLY[@]}"`},
	"fish": {"fish", "--no-config", "-c", `closeframe completion fish | source; complete -C "$line"`},
	// Completion of zsh works only at a prompt, so this types the line there,
	// presses Tab twice, and prints the output.
	"zsh": {"zsh", "-f", "-c", `zmodload zsh/zpty
		zpty shell zsh -f -i
		zpty -w shell 'PS1=; unsetopt zle_bracketed_paste 2>/dev/null; autoload -Uz compinit; compinit -u -D; source <(closeframe completion zsh); setopt list_ambiguous no_list_beep; LISTMAX=1000; print rea""dy'
		zpty -r -m shell out '*ready*'
		zpty -w -n shell "$line"$'\t\t'
		zpty -r -m shell out "*$want*" && print -r -- "$out"
		zpty -d shell`},
}

// TestShells verifies completion in real shells: in bash if it is installed,
// and with CLOSEFRAME_SHELLS=all in bash, zsh and fish.
func TestShells(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		return // there is no /bin/sh for the wrapper below
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	wrapper := "#!/bin/sh\nCLOSEFRAME_PROGRAM=1 exec '" + exe + "' -test.run '^TestProgram$' -- \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "closeframe"), []byte(wrapper), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, shell := range shells {
		all := os.Getenv("CLOSEFRAME_SHELLS") == "all"
		if _, err := exec.LookPath(shell); err != nil && all {
			t.Errorf("%s is not installed", shell)
			continue
		} else if !all && (err != nil || shell != "bash") {
			continue
		}
		for _, tt := range []struct{ line, want string }{
			{"closeframe exp", "explain"},
			{"closeframe completion z", "zsh"},
			{"closeframe explain -app discord-", "discord-voice"},
			{"closeframe -lang zh-", "zh-Hans"},
		} {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			program := shellTests[shell]
			cmd := exec.CommandContext(ctx, program[0], program[1:]...)
			cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "line="+tt.line, "want="+tt.want, "TERM=dumb", "HOME="+dir)
			out, err := cmd.CombinedOutput()
			cancel()
			if err != nil || !strings.Contains(string(out), tt.want) {
				t.Errorf("%s: %q: %v, %q, want %q", shell, tt.line, err, out, tt.want)
			}
		}
	}
}
