package main

import (
	"flag"
	"strings"
)

var cmdHelp = &command{
	name:  "help",
	args:  "[command]",
	short: "say how to use a command",
	long:  `Help lists the commands, or says how to use one of them.`,
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		args, status, ok := s.parse(fs, args)
		if !ok {
			return status
		}
		switch len(args) {
		case 0:
			overview(s.stdout)
			return exitOK
		case 1:
			if find(args[0]) == nil {
				return s.usage("unknown command %q; the commands are %s", args[0], strings.Join(names(), ", "))
			}
			// Its flags are defined where it runs, so let it say them itself.
			return run([]string{args[0], "-h"}, s.stdin, s.stdout, s.stderr, s.env)
		}
		return s.usage("one command at a time, please")
	},
}
