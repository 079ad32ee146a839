// Closeframe explains and builds the frames that end WebSocket connections
// (RFC 6455).
//
//	closeframe decode 88 02 03 e8        what do these bytes say
//	closeframe encode 1001 see you       the bytes that say so
//	closeframe help                      all the rest
//
// The exit status is 0 if all is well, 1 if a frame or what was asked for is
// invalid, and 2 if the command was not understood.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// The exit statuses.
const (
	exitOK      = 0
	exitInvalid = 1 // the frame, the peer or what was asked for is at fault
	exitUsage   = 2 // the command line or the input was not understood
)

// commands are the subcommands, in the order in which help lists them. A
// subcommand is one file with one variable, and that has one line here.
var commands []*command

func init() {
	commands = []*command{ // in init, since help refers to the list
		cmdDecode,
		cmdEncode,
		cmdCodes,
		cmdExplain,
		cmdProbe,
		cmdLab,
		cmdHelp,
	}
}

// A command is a subcommand.
type command struct {
	name  string // "decode"
	args  string // what follows the name in the usage line: "[flags] [hex ...]"
	short string // one line for the list of commands
	long  string // paragraphs for the command's help, then its examples

	// run does the work. It defines its flags on fs, calls s.parse, and
	// returns an exit status. It reads and writes through s alone, so that
	// tests run it in-process.
	run func(s *session, fs *flag.FlagSet, args []string) int
}

// A session is what one run of the program may touch.
type session struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	env    func(key string) string // os.Getenv, or a test's
	cmd    *command                // nil until it is known
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// run is main without the process around it: it returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string) int {
	out := &output{w: stdout}
	s := &session{stdin: stdin, stdout: out, stderr: stderr, env: env}
	if len(args) == 0 {
		overview(stderr)
		return exitUsage
	}
	name := args[0]
	switch name {
	case "-h", "-help", "--help":
		name = "help"
	}
	cmd := find(name)
	if cmd == nil {
		return s.usage("unknown command %q; the commands are %s", name, strings.Join(names(), ", "))
	}
	s.cmd = cmd
	fs := flag.NewFlagSet(cmd.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard) // parse reports the errors
	status := cmd.run(s, fs, args[1:])
	if out.err != nil && status == exitOK {
		return s.invalid("writing: %v", out.err)
	}
	return status
}

// find returns the command of that name, or nil.
func find(name string) *command {
	for _, c := range commands {
		if c.name == name {
			return c
		}
	}
	return nil
}

// names returns the names of all commands.
func names() []string {
	var all []string
	for _, c := range commands {
		all = append(all, c.name)
	}
	return all
}

// parse parses flags and returns the other arguments; the two may be mixed,
// up to an argument "--". If ok is false the command is over, with the given
// status: help was asked for and printed, or a flag was wrong.
func (s *session) parse(fs *flag.FlagSet, args []string) (rest []string, status int, ok bool) {
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				s.help(fs)
				return nil, exitOK, false
			}
			return nil, s.usage("%v", err), false
		}
		n := len(args) - fs.NArg()
		if fs.NArg() == 0 || n > 0 && args[n-1] == "--" {
			return append(rest, fs.Args()...), exitOK, true
		}
		rest = append(rest, fs.Arg(0))
		args = fs.Args()[1:]
	}
}

// usage reports in one sentence why the command was not understood, and
// returns the exit status for that.
func (s *session) usage(format string, a ...any) int {
	s.errorf(format, a...)
	topic := ""
	if s.cmd != nil && s.cmd.name != "help" {
		topic = " " + s.cmd.name
	}
	fmt.Fprintf(s.stderr, "Run \"closeframe help%s\" for how to use it.\n", topic)
	return exitUsage
}

// invalid reports in one sentence what is wrong with what was asked for, and
// returns the exit status for that.
func (s *session) invalid(format string, a ...any) int {
	s.errorf(format, a...)
	return exitInvalid
}

func (s *session) errorf(format string, a ...any) {
	prefix := "closeframe"
	if s.cmd != nil {
		prefix += " " + s.cmd.name
	}
	fmt.Fprintf(s.stderr, "%s: %s\n", prefix, fmt.Sprintf(format, a...))
}

// help prints the help of the session's command, flags included.
func (s *session) help(fs *flag.FlagSet) {
	w := s.stdout
	fmt.Fprintf(w, "Usage: closeframe %s %s\n\n%s\n", s.cmd.name, s.cmd.args, strings.TrimSpace(s.cmd.long))
	any := false
	fs.VisitAll(func(f *flag.Flag) {
		if !any {
			fmt.Fprint(w, "\nFlags:\n")
			any = true
		}
		arg, usage := flag.UnquoteUsage(f)
		if arg != "" {
			arg = " " + arg
		}
		fmt.Fprintf(w, "  -%-14s %s\n", f.Name+arg, strings.ReplaceAll(usage, "\n", "\n"+strings.Repeat(" ", 18)))
	})
}

// overview prints the list of commands.
func overview(w io.Writer) {
	fmt.Fprint(w, `Closeframe explains and builds the frames that end WebSocket connections
(RFC 6455).

Usage: closeframe command [arguments]

`)
	for _, c := range commands {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, c.short)
	}
	fmt.Fprint(w, `
Run "closeframe help decode" for how to use one of them, here decode.
`)
}
