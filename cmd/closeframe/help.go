package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/closeframe/closeframe/internal/catalog"
)

var cmdHelp = &command{
	name:     "help",
	examples: []string{"closeframe help", "closeframe help decode", "closeframe help -lang zh explain"},
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		switch len(args) {
		case 0:
			if s.asJSON {
				s.json(s.manual())
			} else {
				s.overview(s.stdout)
			}
			return exitOK
		case 1:
			cmd := find(args[0])
			if cmd == nil {
				return s.unknownCommand(args[0])
			}
			s.cmd = cmd
			// The command itself defines the flags.
			return s.help(s.flagsOf(cmd))
		}
		return s.usage("help.error.many")
	},
}

// flagsOf returns the flags of a command.
func (s *session) flagsOf(cmd *command) (fs *flag.FlagSet) {
	t := *s
	t.common = common{color: "auto"} // the defaults
	t.inspect = func(f *flag.FlagSet) { fs = f }
	cmd.run(&t, t.flags(cmd.name), nil)
	return fs
}

// A manualPage is the help of a command as JSON.
type manualPage struct {
	Name     string       `json:"name"`
	Usage    string       `json:"usage"`
	Summary  string       `json:"summary"`
	Flags    []manualFlag `json:"flags"`
	Examples []string     `json:"examples"`
}

type manualFlag struct {
	Name        string `json:"name"`
	Argument    string `json:"argument"` // "" for a switch
	Default     string `json:"default"`
	Description string `json:"description"`
}

func (s *session) manual() []manualPage {
	var pages []manualPage
	for _, c := range commands {
		pages = append(pages, s.page(c, s.flagsOf(c)))
	}
	return pages
}

func (s *session) page(c *command, fs *flag.FlagSet) manualPage {
	p := manualPage{
		Name:     c.name,
		Usage:    strings.TrimSpace("closeframe " + c.name + " " + s.text.Text("help."+c.name+".args")),
		Summary:  s.text.Text("help." + c.name + ".short"),
		Flags:    []manualFlag{},
		Examples: c.examples,
	}
	fs.VisitAll(func(f *flag.Flag) {
		arg, text := s.describe(c, f)
		p.Flags = append(p.Flags, manualFlag{f.Name, arg, defaultOf(f), text})
	})
	return p
}

// describe returns the name of a flag's argument, "" for a switch, and the
// description of the flag.
func (s *session) describe(c *command, f *flag.Flag) (arg, text string) {
	key := "help." + c.name + ".flag." + f.Name
	if isCommon(f.Name) && !s.text.Has(key) {
		key = "help.flag." + f.Name
	}
	g := *f
	g.Usage = s.text.Text(key)
	if f.Name == "lang" {
		g.Usage = s.text.Text(key, strings.Join(catalog.Languages(), ", "))
	}
	return flag.UnquoteUsage(&g)
}

// defaultOf returns a flag's default value, "" for none.
func defaultOf(f *flag.Flag) string {
	switch f.DefValue {
	case "false", "0", "0s":
		return ""
	}
	return f.DefValue
}

// help prints the help of the session's command, flags included.
func (s *session) help(fs *flag.FlagSet) int {
	p := s.page(s.cmd, fs)
	if s.asJSON {
		s.json(p)
		return exitOK
	}
	w, width := s.stdout, s.width()
	fmt.Fprintf(w, "%s\n", s.text.Text("help.usage", p.Usage))
	for paragraph := range strings.SplitSeq(s.text.Text("help."+s.cmd.name+".long"), "\n\n") {
		fmt.Fprintln(w)
		for _, line := range wrap(paragraph, width) {
			fmt.Fprintln(w, line)
		}
	}
	fmt.Fprintf(w, "\n%s\n", s.text.Text("help.examples"))
	for _, e := range p.Examples {
		fmt.Fprintf(w, "  %s\n", e)
	}
	for _, common := range []bool{false, true} {
		var list definitions
		for _, f := range p.Flags {
			if isCommon(f.Name) != common {
				continue
			}
			text := f.Description
			if f.Default != "" {
				text = s.text.Text("help.default", text, f.Default)
			}
			list.add(strings.TrimSpace("-"+f.Name+" "+f.Argument), text)
		}
		if len(list.terms) == 0 {
			continue
		}
		heading := "help.flags"
		if common {
			heading = "help.flagsCommon"
		}
		fmt.Fprintf(w, "\n%s\n", s.text.Text(heading))
		list.print(w, width, nil, false)
	}
	fmt.Fprintln(w)
	for _, line := range wrap(s.text.Text("help.exit"), width) {
		fmt.Fprintln(w, line)
	}
	return exitOK
}

// overview prints the list of commands.
func (s *session) overview(w io.Writer) {
	width := s.width()
	for _, line := range wrap(s.text.Text("help.about"), width) {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintf(w, "\n%s\n\n", s.text.Text("help.usage", "closeframe "+s.text.Text("help.synopsis")))
	var list definitions
	for _, c := range commands {
		list.add(c.name, s.text.Text("help."+c.name+".short"))
	}
	list.print(w, width, nil, false)
	fmt.Fprintf(w, "\n%s\n", s.text.Text("help.more", "closeframe help decode"))
}
