package main

import (
	"fmt"
	"os"
	"strings"
)

// A progress prints the progress of a run: on a terminal in one line that
// changes, otherwise in one line for each kind of work.
type progress struct {
	f        *os.File
	terminal bool
	kind     string
}

func newProgress(f *os.File) *progress {
	info, err := f.Stat()
	return &progress{f: f, terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// show prints that the i-th step starts. A nil progress prints nothing.
func (p *progress) show(i, of int, id string) {
	if p == nil {
		return
	}
	kind, _, _ := strings.Cut(id, "/")
	switch {
	case p.terminal:
		fmt.Fprintf(p.f, "\r\x1b[K%4d/%d %s", i, of, id)
	case kind != p.kind:
		fmt.Fprintf(p.f, "%4d/%d %s\n", i, of, kind)
	}
	p.kind = kind
}

func (p *progress) done() {
	if p != nil && p.terminal {
		fmt.Fprint(p.f, "\r\x1b[K")
	}
}
