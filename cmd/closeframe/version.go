package main

import (
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
)

var cmdVersion = &command{
	name:     "version",
	examples: []string{"closeframe version", "closeframe version -json"},
	run: func(s *session, fs *flag.FlagSet, args []string) int {
		args, status, ok := s.parse(fs, args)
		switch {
		case !ok:
			return status
		case len(args) > 0:
			return s.usage("error.arguments", args[0])
		}
		v := build()
		if s.asJSON {
			s.json(v)
			return exitOK
		}
		fmt.Fprintf(s.stdout, "closeframe %s\n", v.Version)
		var list definitions
		list.add(s.text.Text("version.module"), v.Module)
		if v.Commit != "" {
			commit := v.Commit
			if v.Modified {
				commit = s.text.Text("version.modified", commit)
			}
			list.add(s.text.Text("version.commit"), commit)
		}
		if v.Time != "" {
			list.add(s.text.Text("version.time"), v.Time)
		}
		list.add("Go", v.Go+" "+v.Platform)
		list.print(s.stdout, s.width(), nil, s.style())
		return exitOK
	},
}

// A version describes how the program was built.
type version struct {
	Module   string `json:"module"`
	Version  string `json:"version"`  // "(devel)" if built from a checkout
	Commit   string `json:"commit"`   // "" if not known
	Modified bool   `json:"modified"` // the checkout differed from the commit
	Time     string `json:"time"`     // of the commit
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func build() version {
	v := version{Module: "github.com/closeframe/closeframe", Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}
