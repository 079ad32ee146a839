package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	out := flag.String("out", "testdata/pcap", "the `folder` to write to")
	large := flag.String("large", "", "write a capture for measurements to `FILE`, and no other")
	size := flag.Int64("size", 1024, "of that capture, in `MIB`")
	measured := flag.String("measure", "", "compare the time and memory of tshark and of closeframe for the capture `FILE`")
	closeframe := flag.String("closeframe", "closeframe", "the `command` closeframe for -measure")
	flag.Parse()
	if *measured != "" {
		if err := measure(*measured, *closeframe); err != nil {
			fatal(err)
		}
		return
	}
	if *large != "" {
		if err := writeLarge(*large, *size<<20); err != nil {
			fatal(err)
		}
		return
	}
	if err := os.MkdirAll(*out, 0o777); err != nil {
		fatal(err)
	}
	for _, c := range cases {
		if flag.NArg() > 0 && !slices.Contains(flag.Args(), c.name) {
			continue
		}
		fmt.Println(c.name)
		if err := c.record(*out); err != nil {
			fatal(fmt.Errorf("%s: %w", c.name, err))
		}
	}
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "captures:", err)
	os.Exit(1)
}

// A testCase is one capture: the actions while it is recorded, and how it is
// rewritten afterwards.
type testCase struct {
	name    string
	snap    int // bytes of each packet that are kept; 0: all
	run     func(e *env)
	rewrite func(t *trace) // nil: leave it as recorded
	gzip    bool
	pcapng  bool // with the TLS secrets in the capture, not beside it
}

// An env is the environment of a running case.
type env struct {
	keep   []int  // if not empty, only packets of these client ports are kept
	keylog []byte // TLS secrets, written beside the capture
	proxy  string // the URL of a proxy for connections over TLS
	stop   []func()
}

func (c *testCase) record(folder string) (err error) {
	rec, err := record(c.snap)
	if err != nil {
		return err
	}
	e := new(env)
	func() {
		defer func() {
			for _, f := range e.stop {
				f()
			}
			if p := recover(); p != nil {
				err = fmt.Errorf("%v", p)
			}
		}()
		c.run(e)
	}()
	t, stopErr := rec.stop()
	if err != nil {
		return err
	}
	if stopErr != nil {
		return stopErr
	}
	if len(e.keep) > 0 {
		t.keep(func(_ int, p packet) bool {
			from, to := p.ports()
			return slices.Contains(e.keep, from) || slices.Contains(e.keep, to)
		})
	}
	if c.rewrite != nil {
		c.rewrite(t)
	}
	if c.pcapng {
		return writePcapng(filepath.Join(folder, c.name+".pcapng"), t.bytes(), e.keylog)
	}
	if e.keylog != nil {
		if err := os.WriteFile(filepath.Join(folder, c.name+".keys"), e.keylog, 0o666); err != nil {
			return err
		}
	}
	if c.gzip {
		return writeGzip(filepath.Join(folder, c.name+".pcap.gz"), t.bytes())
	}
	return os.WriteFile(filepath.Join(folder, c.name+".pcap"), t.bytes(), 0o666)
}
