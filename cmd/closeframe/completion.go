package main

import (
	"flag"
	"fmt"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/apps"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/paste"
	"github.com/closeframe/closeframe/internal/catalog"
)

var cmdCompletion = &command{
	name: "completion",
	examples: []string{
		"source <(closeframe completion bash)",
		"source <(closeframe completion zsh)",
		"closeframe completion fish | source",
	},
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		if args, ok := wordsArgs(args); ok && s.inspect == nil {
			s.complete(args)
			return exitOK
		}
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		if len(args) != 1 || completions[args[0]] == "" {
			return s.usage("completion.error.shell")
		}
		script := completions[args[0]]
		if s.asJSON {
			s.json(struct {
				Shell  string `json:"shell"`
				Script string `json:"script"`
			}{args[0], script})
		} else {
			fmt.Fprint(s.stdout, script)
		}
		return exitOK
	},
}

// shells are the shells that completion knows.
var shells = []string{"bash", "zsh", "fish"}

// completions are the scripts. Each calls the program for the candidates, so it
// never gets out of date.
var completions = map[string]string{
	"bash": `_closeframe() {
	local IFS=$'\n'
	COMPREPLY=($(closeframe completion -words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _closeframe closeframe
`,
	"zsh": `#compdef closeframe
_closeframe() {
	local -a candidates
	candidates=(${(f)"$(closeframe completion -words "${(@Q)words[2,CURRENT]}" 2>/dev/null)"})
	if (( $#candidates )); then compadd -a candidates; else _files; fi
}
compdef _closeframe closeframe
`,
	"fish": `function __closeframe
	set -l words (commandline -opc)
	set -e words[1]
	set -l last (commandline -ct)
	closeframe completion -words $words "$last" 2>/dev/null
end
complete -c closeframe -a '(__closeframe)'
`,
}

// wordsArgs returns the words of the command line to complete, if a script
// calls the program.
func wordsArgs(args []string) ([]string, bool) {
	if len(args) > 0 && args[0] == "-words" {
		return args[1:], true
	}
	return nil, false
}

// complete prints the candidates for the last of words, which are the words
// after the program's name.
func (s *session) complete(words []string) {
	if len(words) == 0 {
		words = []string{""}
	}
	last, before := words[len(words)-1], words[:len(words)-1]
	for _, c := range s.candidates(before, strings.HasPrefix(last, "-")) {
		if strings.HasPrefix(c, last) {
			fmt.Fprintln(s.stdout, c)
		}
	}
}

// candidates returns the words that may follow others. It returns flags only if
// they are wanted.
func (s *session) candidates(before []string, flags bool) []string {
	var cmd *command
	var app *apps.App
	fs := s.flags("closeframe")
	for i := 0; i < len(before); i++ {
		name, ok := strings.CutPrefix(before[i], "-")
		if !ok {
			if cmd == nil {
				if cmd = find(before[i]); cmd == nil {
					return nil
				}
				fs = s.flagsOf(cmd)
			}
			continue
		}
		name = strings.TrimPrefix(name, "-")
		f := fs.Lookup(name)
		if f == nil {
			continue // with its value, or unknown
		}
		if b, ok := f.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
			continue
		}
		i++ // its value
		switch {
		case i == len(before) && name == "app":
			return apps.Names()
		case i == len(before):
			return flagValues[name]
		case name == "app":
			app, _ = apps.Find(before[i])
		}
	}
	switch {
	case flags:
		var all []string
		fs.VisitAll(func(f *flag.Flag) { all = append(all, "-"+f.Name) })
		return all
	case cmd == nil || cmd.name == "help":
		return commandNames()
	case cmd.name == "completion":
		return shells
	case app != nil:
		var all []string
		for _, c := range app.Codes {
			all = append(all, fmt.Sprint(int(c.Code)))
		}
		return all
	case cmd.name == "codes":
		return append(codeWords(), classNames()...)
	case cmd.name == "explain" || cmd.name == "encode":
		return codeWords()
	}
	return nil
}

// flagValues lists the values of flags that accept only certain words.
var flagValues = map[string][]string{
	"color": colors,
	"lang":  catalog.Languages(),
	"from":  {"client", "server"},
	"as":    paste.Forms,
}

// codeWords returns the numbers of the registered codes.
func codeWords() []string {
	var all []string
	for n := range 5000 {
		if c := closecode.Code(n); c.Name() != "" {
			all = append(all, fmt.Sprint(n))
		}
	}
	return all
}
