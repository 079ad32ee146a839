package main

import (
	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/near"
)

// findCode returns the code that arg names.
func findCode(arg string) (closecode.Code, bool) {
	if arg == "0" {
		return 0, true
	}
	return closecode.Lookup(arg)
}

// notACode reports that arg is no code, with the text of the given key, or
// with the nearest name if there is one.
func (s *session) notACode(arg, key string) int {
	var all []string
	for n := range 1 << 16 {
		if name := closecode.Code(n).Name(); name != "" {
			all = append(all, name)
		}
	}
	if guess := near.Find(arg, all); guess != "" {
		return s.usage("error.codeNear", arg, guess)
	}
	return s.usage(key, arg)
}
