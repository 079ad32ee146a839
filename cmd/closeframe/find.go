package main

import (
	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/names"
)

// findCode returns the code for arg, which is a number, or a name in any
// spelling.
func findCode(arg string) (closecode.Code, bool) {
	if c, ok := closecode.Lookup(arg); ok || arg == "0" {
		return c, true
	}
	n, ok := names.Lookup(arg)
	return n.Code, ok
}

// notACode reports that arg is not a code, with the text of the given key, or
// with the nearest name if there is one.
func (s *session) notACode(arg, key string) int {
	if guess := names.Near(arg); guess != "" {
		return s.usage("error.codeNear", "\""+arg+"\"", guess)
	}
	return s.usage(key, arg)
}
