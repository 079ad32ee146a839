package main

import (
	"encoding/json"
	"fmt"
	"io"
)

// maxInput is the maximum number of bytes read.
const maxInput = 16 << 20

// readAll reads standard input to its end. At a terminal it first prints that
// it waits for input, with the text of the given key.
func (s *session) readAll(key string) ([]byte, error) {
	if terminal(s.stdin) {
		fmt.Fprintln(s.stderr, s.text.Text("input.reading", s.text.Text(key)))
	}
	b, err := io.ReadAll(io.LimitReader(s.stdin, maxInput+1))
	if err != nil {
		return nil, errText("input.error", err)
	}
	if len(b) > maxInput {
		return nil, errText("input.long", maxInput>>20)
	}
	return b, nil
}

// json prints v as JSON.
func (s *session) json(v any) {
	e := json.NewEncoder(s.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil && s.stdout.(*output).err == nil {
		panic(err) // not a JSON type
	}
}
