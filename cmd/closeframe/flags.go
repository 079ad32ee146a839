package main

import (
	"errors"
	"flag"
	"io"
	"slices"
	"strings"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/near"
)

// colors are the values of -color.
var colors = []string{"auto", "always", "never"}

// flags returns a flag set with the common flags. They have the values given
// before the command's name until parse changes them.
func (s *session) flags(name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard) // parse reports errors
	fs.StringVar(&s.langName, "lang", s.langName, "")
	fs.StringVar(&s.color, "color", s.color, "")
	fs.BoolVar(&s.asJSON, "json", s.asJSON, "")
	return fs
}

// isCommon reports whether the flag is one of the common flags.
func isCommon(name string) bool { return name == "lang" || name == "color" || name == "json" }

// parse parses the flags of a command and returns the other arguments. The two
// may be mixed, up to an argument "--". If ok is false, the command must exit
// with the given status: help was printed, or a flag was invalid.
func (s *session) parse(fs *flag.FlagSet, args []string) (rest []string, status int, ok bool) {
	if s.inspect != nil {
		s.inspect(fs)
		return nil, exitOK, false
	}
	rest, err := parseFlags(fs, args, false)
	help := errors.Is(err, flag.ErrHelp)
	if err != nil && !help {
		return nil, s.flagError(err), false
	}
	if err := s.checkCommon(); err != nil {
		return nil, s.flagError(err), false
	}
	if help {
		return nil, s.help(fs), false
	}
	return rest, exitOK, true
}

// checkCommon checks the values of the common flags.
func (s *session) checkCommon() error {
	if !slices.Contains(colors, s.color) {
		return errText("error.color", s.color)
	}
	return s.checkLang(s.langName)
}

// flagError reports an error of parse.
func (s *session) flagError(err error) int { return s.usage("error.flag", err) }

// parseFlags parses flags like flag.FlagSet.Parse. But its error messages are
// texts of the catalog, with the nearest flag's name, and flags may follow
// other arguments. It returns the arguments that are not flags. If first is
// set, it stops at the first of them.
func parseFlags(fs *flag.FlagSet, args []string, first bool) (rest []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		if len(arg) < 2 || arg[0] != '-' || isNumber(arg) {
			if first {
				return args, nil
			}
			rest = append(rest, arg)
			args = args[1:]
			continue
		}
		args = args[1:]
		if arg == "--" {
			break
		}
		name, value, hasValue := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
		f := fs.Lookup(name)
		if f == nil {
			if name == "h" || name == "help" {
				return nil, flag.ErrHelp
			}
			return nil, unknownFlag(fs, name)
		}
		if b, ok := f.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
			if !hasValue {
				value = "true"
			}
		} else if !hasValue {
			if len(args) == 0 {
				return nil, errText("error.flagValue", name)
			}
			value, args = args[0], args[1:]
		}
		if err := fs.Set(name, value); err != nil {
			if err.Error() == "parse error" { // of package flag
				return nil, errText("error.flagInvalid", value, name)
			}
			return nil, errText("error.flagInvalidWhy", value, name, err)
		}
	}
	return append(rest, args...), nil
}

// isNumber reports whether arg is a negative number and not a flag, such as
// "-24" in a list of signed bytes.
func isNumber(arg string) bool {
	return len(arg) > 1 && strings.Trim(arg[1:], "0123456789") == ""
}

// unknownFlag returns the error for a flag that fs does not have.
func unknownFlag(fs *flag.FlagSet, name string) error {
	var all []string
	fs.VisitAll(func(f *flag.Flag) { all = append(all, f.Name) })
	if guess := near.Find(name, all); guess != "" {
		return errText("error.unknownFlagNear", name, guess)
	}
	return errText("error.unknownFlag", name)
}

// langArg returns the value of -lang among the arguments, so that errors in
// other arguments are reported in that language too.
func langArg(args []string) string {
	for i, arg := range args {
		name, value, ok := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch {
		case arg == "--":
			return ""
		case name != "lang" || arg[0] != '-':
		case ok:
			return value
		case i+1 < len(args):
			return args[i+1]
		}
	}
	return ""
}
