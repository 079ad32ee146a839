// Command table runs the tests of interop/closetest once and writes the results
// to docs/testing.md (how many vectors and scenarios pass) and docs/peers.md
// (which rules the libraries are known to violate). It runs in interop:
//
//	go run ./closetest/table
//
// Its test verifies that both documents agree with a new run.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

func write() error {
	r, err := runTests("./closetest")
	if err != nil {
		return err
	}
	for _, p := range parts {
		text, err := os.ReadFile("../docs/" + p.file)
		if err != nil {
			return err
		}
		before, _, after, err := p.split(string(text))
		if err != nil {
			return err
		}
		if err := os.WriteFile("../docs/"+p.file, []byte(before+p.table(r)+after), 0o666); err != nil {
			return err
		}
		fmt.Print(p.table(r), "\n")
	}
	return nil
}
