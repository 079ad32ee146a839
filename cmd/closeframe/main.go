// Closeframe explains and builds the frames that end WebSocket connections (RFC
// 6455).
//
//	closeframe decode 88 02 03 e8        explains captured bytes
//	closeframe encode 1001 see you       prints the bytes of a Close frame
//	closeframe explain 1006              explains a code, a log line, an error
//	closeframe help                      lists the commands
//
// The exit status is 0 on success, 1 if a frame, a peer or an argument is
// invalid, and 2 for an error in the command line or the input.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/near"
	"github.com/closeframe/closeframe/internal/catalog"
)

// The exit statuses.
const (
	exitOK      = 0
	exitInvalid = 1 // a frame, a peer or an argument is invalid
	exitUsage   = 2 // an error in the command line or the input
)

// commands are the subcommands, in the order in which help lists them. A
// subcommand is one file with one variable, and has one line here.
var commands []*command

func init() {
	commands = []*command{ // in init, because help refers to the list
		cmdDecode,
		cmdEncode,
		cmdCodes,
		cmdExplain,
		cmdProbe,
		cmdAutopsy,
		cmdRelay,
		cmdLab,
		cmdCompletion,
		cmdVersion,
		cmdHelp,
	}
}

// A command is a subcommand. Its texts are in the catalog: "help.NAME.args" is
// the usage line after the name, "help.NAME.short" the line in the list of
// commands, "help.NAME.long" the paragraphs of its help, and
// "help.NAME.flag.FLAG" the description of a flag.
type command struct {
	name     string   // "decode"
	examples []string // command lines

	// run does the work. It defines its flags on fs, calls s.parse, and
	// returns an exit status. It reads and writes only through s, so that tests
	// can run it in-process.
	run func(s *session, fs *flag.FlagSet, args []string) int
}

// A session is one run of the program.
type session struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	env    func(key string) string // os.Getenv, or a test's
	cmd    *command                // nil until it is known

	common
	text *catalog.Language // the language of all output

	// inspect, if not nil, is called with the flags of a command instead of
	// running it.
	inspect func(fs *flag.FlagSet)
}

// common are the flags of every command.
type common struct {
	langName string
	color    string
	asJSON   bool
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// run implements main and returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string) int {
	out := &output{w: stdout}
	s := &session{stdin: stdin, stdout: out, stderr: stderr, env: env, common: common{color: "auto"}}
	s.text = s.language(langArg(args))
	if len(args) == 0 {
		s.overview(stderr)
		return exitUsage
	}
	// Flags of every command may precede its name.
	fs := s.flags("closeframe")
	args, err := parseFlags(fs, args, true)
	if err != nil && err != flag.ErrHelp {
		return s.flagError(err)
	}
	name := "help"
	if err != flag.ErrHelp {
		if len(args) == 0 {
			s.overview(stderr)
			return exitUsage
		}
		name, args = args[0], args[1:]
	}
	cmd := find(name)
	if cmd == nil {
		return s.unknownCommand(name)
	}
	s.cmd = cmd
	status := cmd.run(s, s.flags(cmd.name), args)
	if out.err != nil && status == exitOK {
		return s.invalid("error.write", out.err)
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

// commandNames returns the names of all commands.
func commandNames() []string {
	var all []string
	for _, c := range commands {
		all = append(all, c.name)
	}
	return all
}

// unknownCommand reports that there is no command of that name.
func (s *session) unknownCommand(name string) int {
	if guess := near.Find(name, commandNames()); guess != "" {
		return s.usage("error.unknownCommandNear", name, guess)
	}
	return s.usage("error.unknownCommand", name, strings.Join(commandNames(), ", "))
}

// usage reports an error of the command line in one sentence, and returns the
// exit status 2.
func (s *session) usage(key string, a ...any) int {
	s.errorf(key, a...)
	topic := ""
	if s.cmd != nil && s.cmd.name != "help" {
		topic = " " + s.cmd.name
	}
	fmt.Fprintln(s.stderr, s.text.Text("error.see", "closeframe help"+topic))
	return exitUsage
}

// invalid reports an invalid argument in one sentence, and returns the exit
// status 1.
func (s *session) invalid(key string, a ...any) int {
	s.errorf(key, a...)
	return exitInvalid
}

// errorf prints the text with that key to standard error.
func (s *session) errorf(key string, a ...any) {
	prefix := "closeframe"
	if s.cmd != nil {
		prefix += " " + s.cmd.name
	}
	fmt.Fprintf(s.stderr, "%s: %s\n", prefix, s.text.Text(key, a...))
}

// errText returns an error whose message is a text of the catalog.
func errText(key string, args ...any) error { return catalog.NewError(key, args...) }
