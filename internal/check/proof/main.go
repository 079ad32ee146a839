// Command proof verifies the claims of this module. Each claim is a point with
// its own command, and the last line of the output has the figures:
//
//	go run ./internal/check/proof NAME [-write | -generate]
//
// With -write it records the figures in docs/proof.md and rewrites the
// generated files (docs/conformance.md, internal/check/proof/api.txt). With
// -generate it only rewrites the generated files. Without arguments it lists
// the points. It runs in any directory of the module.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A point is a claim to verify.
type point struct {
	name, what string
	// show returns the figures of a run in one line.
	show func() (string, error)
}

var points = []point{
	{"rules", "every rule has a test: docs/conformance.md", showRules},
	{"api", "the exported names are those of internal/check/proof/api.txt, documented and in examples", showAPI},
	{"automaton", "the validators accept the language of RFC 3629, and no other", showAutomaton},
	{"differential", "random frames, parsed and appended as the model does, -frames of a -seed", showDifferential},
	{"exhaustive", "what is finite, to its end", showExhaustive},
	{"coverage", "the tests run every statement", showCoverage},
	{"mutants", "a test fails for every change to the code", showMutants},
	{"kit", "the conformance kit alone notices every change to frame", showKit},
	{"bounds", "the bounds checks that remain are known, and why", showBounds},
	{"memory", "guard pages, the race detector, checkptr", showMemory},
	{"leaks", "10,000 closes leave no goroutine and no descriptor", showLeaks},
	{"machines", "the tests as other machines would run them", showMachines},
	{"size", "what a program for arm grows by", showSize},
	{"fuzz", "every fuzz target, -fuzztime each", showFuzz},
	{"corpus", "what fuzzing found, chosen for testdata/fuzz", showCorpus},
	{"promises", "the promises of SECURITY.md have tests that hold them", showPromises},
}

var (
	write    = flag.Bool("write", false, "write the figures to docs/proof.md, and the generated files")
	generate = flag.Bool("generate", false, "write the generated files alone")
)

func main() {
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: proof NAME [-write | -generate]")
		for _, p := range points {
			fmt.Fprintf(os.Stderr, "  %-12s %s\n", p.name, p.what)
		}
	}
	// The flag may follow the name.
	var args []string
	for rest := os.Args[1:]; len(rest) > 0; rest = flag.Args() {
		flag.CommandLine.Parse(rest)
		if flag.NArg() == 0 {
			break
		}
		args = append(args, flag.Arg(0))
		flag.CommandLine.Parse(flag.Args()[1:])
	}
	if len(args) == 0 {
		flag.Usage()
		os.Exit(2)
	}
	for _, name := range args {
		if err := run(name); err != nil {
			fmt.Fprintf(os.Stderr, "proof %s: %v\n", name, err)
			os.Exit(1)
		}
	}
}

func run(name string) error {
	for _, p := range points {
		if p.name != name {
			continue
		}
		begin := time.Now()
		figures, err := p.show()
		if err != nil {
			return err
		}
		figures += fmt.Sprintf(" (%v)", time.Since(begin).Round(time.Second/10))
		fmt.Printf("proof %s: %s\n", name, figures)
		if *write {
			return record(name, figures)
		}
		return nil
	}
	return errors.New("there is no such point")
}

// record writes the figures to the line of docs/proof.md that starts with the
// command of the point.
func record(name, figures string) error {
	file := filepath.Join(root(), "docs", "proof.md")
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	lines := strings.Split(string(b), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "proof "+name+": ") {
			lines[i] = "proof " + name + ": " + figures
			return os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o666)
		}
	}
	return fmt.Errorf("docs/proof.md has no line for %s", name)
}

// root returns the root directory of the module.
func root() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(b, []byte("module github.com/closeframe/closeframe\n")) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			panic("proof: not in the module's tree")
		}
	}
}

// made compares a generated file with its expected content, or writes it.
func made(file, want string) error {
	path := filepath.Join(root(), file)
	if *write || *generate {
		return os.WriteFile(path, []byte(want), 0o666)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if string(got) != want {
		return fmt.Errorf("%s is not what the code says: look at the difference after running the command with -write", file)
	}
	return nil
}

// command returns a command that runs in the root of the module and shows its
// errors.
func command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = root()
	cmd.Stderr = os.Stderr
	return cmd
}
