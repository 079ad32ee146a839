package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/scanner"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Mutation testing changes the code in one place at a time, and a test must
// fail for each change. gremlins makes and tests most of the changes. It omits
// code that Go's coverage does not count although tests run it: conditions of
// case clauses, and tables and constants of a package. These changes are made
// and tested here.

const gremlins = "github.com/go-gremlins/gremlins/cmd/gremlins@v0.6.0"

// The packages with mutants, the slowest first.
var mutated = []string{"closeconn", "closeevent", "frame", "utf8check", "closecode"}

var only = flag.String("package", "", "for mutants: one package")

// A mutant is one change, with the name that gremlins gives to its kind.
type mutant struct {
	File   string `json:"file"`
	Type   string `json:"type"`
	Line   string `json:"line"`   // the text of the line, without spaces around it
	Column int    `json:"column"` // in that text, from 1
	Status string `json:"status,omitempty"`
	Reason string `json:"reason,omitempty"` // why it does not change the behavior
	row    int    // line number in the file today
}

func (m mutant) String() string {
	return fmt.Sprintf("%s: %s at column %d of %q", m.File, m.Type, m.Column, m.Line)
}

// changes has the replacement tokens of each kind of mutant.
var changes = map[string]map[token.Token]string{
	"ARITHMETIC_BASE":       {token.ADD: "-", token.SUB: "+", token.MUL: "/", token.QUO: "*", token.REM: "*"},
	"CONDITIONALS_BOUNDARY": {token.GTR: ">=", token.LSS: "<=", token.GEQ: ">", token.LEQ: "<"},
	"CONDITIONALS_NEGATION": {token.EQL: "!=", token.NEQ: "==", token.LEQ: ">", token.GTR: "<=", token.LSS: ">=", token.GEQ: "<"},
	"INCREMENT_DECREMENT":   {token.INC: "--", token.DEC: "++"},
	"INVERT_LOGICAL":        {token.LAND: "||", token.LOR: "&&"},
	"INVERT_NEGATIVES":      {token.SUB: "+"},
	"INVERT_LOOPCTRL":       {token.BREAK: "continue", token.CONTINUE: "break"},
	"INVERT_ASSIGNMENTS":    {token.ADD_ASSIGN: "-=", token.SUB_ASSIGN: "+=", token.MUL_ASSIGN: "/=", token.QUO_ASSIGN: "*=", token.REM_ASSIGN: "*="},
	"INVERT_BITWISE":        {token.AND: "|", token.OR: "&", token.XOR: "&", token.SHL: ">>", token.SHR: "<<", token.AND_NOT: "&"},
	"INVERT_BWASSIGN":       {token.AND_ASSIGN: "|=", token.OR_ASSIGN: "&=", token.XOR_ASSIGN: "&=", token.SHL_ASSIGN: ">>=", token.SHR_ASSIGN: "<<=", token.AND_NOT_ASSIGN: "&="},
	"REMOVE_SELF_ASSIGNMENTS": {token.ADD_ASSIGN: "=", token.SUB_ASSIGN: "=", token.MUL_ASSIGN: "=", token.QUO_ASSIGN: "=", token.REM_ASSIGN: "=",
		token.AND_ASSIGN: "=", token.OR_ASSIGN: "=", token.XOR_ASSIGN: "=", token.SHL_ASSIGN: "=", token.SHR_ASSIGN: "=", token.AND_NOT_ASSIGN: "="},
}

func showMutants() (string, error) {
	known, err := equivalents()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	counts := map[string]int{}
	used := map[mutant]bool{}
	var alive []error
	total := 0
	for _, pkg := range mutated {
		if *only != "" && pkg != *only {
			continue
		}
		list, err := unleash(pkg, filepath.Join(dir, "out.json"))
		if err != nil {
			return "", err
		}
		// The unchanged code must pass. Its time determines the timeout for
		// mutants.
		begin := time.Now()
		if status, err := try(pkg, "", nil, dir, 10*time.Minute); err != nil || status != "LIVED" {
			return "", fmt.Errorf("%s without a change: %s, %v", pkg, status, err)
		}
		timeout := 30*time.Second + 10*time.Since(begin)
		if err := tryAgain(pkg, list, dir, timeout); err != nil {
			return "", err
		}
		for _, m := range list {
			total++
			counts[m.Status]++
			if m.Status == "LIVED" {
				m.Status, m.row = "", 0
				if _, ok := known[m]; !ok || used[m] { // an entry covers one line, even if others are equal
					b, _ := json.Marshal(m)
					alive = append(alive, fmt.Errorf("no test notices %s", b))
				}
				used[m] = true
			}
		}
	}
	for m := range known {
		if !used[m] && (*only == "" || strings.HasPrefix(m.File, *only+"/")) {
			alive = append(alive, fmt.Errorf("mutants.json has a change that a test notices or that is gone: %v", m))
		}
	}
	return fmt.Sprintf("%d mutants in %s: %d killed, %d that do not end, %d that do not compile, %d that make no difference",
		total, cmp.Or(*only, strings.Join(mutated, ", ")), counts["KILLED"], counts["TIMED OUT"], counts["NOT VIABLE"], counts["LIVED"]), errors.Join(alive...)
}

// equivalents returns the mutants that are known not to change the behavior,
// with the reasons.
func equivalents() (map[mutant]string, error) {
	b, err := os.ReadFile(filepath.Join(root(), "internal", "check", "proof", "mutants.json"))
	if err != nil {
		return nil, err
	}
	var list []mutant
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, err
	}
	known := map[mutant]string{}
	for _, m := range list {
		reason := m.Reason
		if len(reason) < 10 {
			return nil, fmt.Errorf("%v: no reason is given", m)
		}
		m.Reason = ""
		known[m] = reason
	}
	return known, nil
}

// unleash runs gremlins on a package.
func unleash(pkg, out string) (list []mutant, err error) {
	args := []string{"run", gremlins, "unleash", "--output", out, "--workers", "2", "--timeout-coefficient", "30",
		"--exclude-files", `_js\.go$`, "--exclude-files", "describe/"}
	for kind := range maps.Keys(changes) {
		args = append(args, "--"+strings.ToLower(strings.ReplaceAll(kind, "_", "-")))
	}
	slices.Sort(args[len(args)-len(changes):])
	cmd := command("go", append(args, "./"+pkg)...)
	cmd.Stdout = os.Stdout
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	var v struct {
		Files []struct {
			Name      string `json:"file_name"`
			Mutations []struct {
				Type, Status string
				Line, Column int
			}
		}
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, err
	}
	for _, f := range v.Files {
		name := filepath.ToSlash(f.Name)
		if !strings.HasPrefix(name, pkg+"/") {
			name = pkg + "/" + name
		}
		src, err := os.ReadFile(filepath.Join(root(), filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		lines := strings.Split(string(src), "\n")
		for _, x := range f.Mutations {
			line := lines[x.Line-1]
			text := strings.TrimLeft(line, "\t ")
			list = append(list, mutant{File: name, Type: x.Type, Status: x.Status, Line: strings.TrimRight(text, " "), Column: x.Column - len(line) + len(text), row: x.Line})
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("gremlins found nothing to change in %s", pkg)
	}
	return list, nil
}

// atOnce is the number of mutants that are tested at the same time: more than
// cores, since the tests of most mutants only wait for the timeout.
const atOnce = 4

// tryAgain tests the mutants that gremlins did not test, or did not end, for
// the machine may have been busy.
func tryAgain(pkg string, list []mutant, dir string, timeout time.Duration) error {
	var group sync.WaitGroup
	slots := make(chan bool, atOnce)
	errs := make([]error, len(list))
	for i := range list {
		m := &list[i]
		if m.Status != "NOT COVERED" && m.Status != "TIMED OUT" {
			continue
		}
		slots <- true
		group.Go(func() {
			defer func() { <-slots }()
			own := filepath.Join(dir, strconv.Itoa(i))
			errs[i] = os.Mkdir(own, 0o777)
			for n := 0; n < 2 && errs[i] == nil; n++ {
				m.Status, errs[i] = try(pkg, "", m, own, timeout)
				if m.Status != "TIMED OUT" {
					break
				}
			}
			os.RemoveAll(own) // the next package has the same numbers
			fmt.Printf("%12s %v (%d of %d)\n", m.Status, m, i+1, len(list))
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// try makes the change, if any, and runs the tests of the package. It writes
// files to dir.
func try(pkg, run string, m *mutant, dir string, timeout time.Duration) (status string, err error) {
	args := []string{"test", "-count=1", "-vet=off", "-failfast", "-short", "-run=" + run, "-timeout=" + timeout.String()}
	if m != nil {
		path := filepath.Join(root(), filepath.FromSlash(m.File))
		src, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		changed, err := apply(src, *m)
		if err != nil {
			return "", err
		}
		file := filepath.Join(dir, "mutant.go")
		overlay := filepath.Join(dir, "overlay.json")
		b, err := json.Marshal(map[string]map[string]string{"Replace": {path: file}})
		if err := errors.Join(err, os.WriteFile(file, changed, 0o666), os.WriteFile(overlay, b, 0o666)); err != nil {
			return "", err
		}
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.Command("go", append(args, "./"+pkg)...)
	cmd.Dir = root()
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return "LIVED", nil
	case bytes.Contains(out, []byte("[build failed]")):
		return "NOT VIABLE", nil
	case bytes.Contains(out, []byte("panic: test timed out")):
		return "TIMED OUT", nil
	case bytes.Contains(out, []byte("FAIL\tgithub.com/closeframe/")):
		return "KILLED", nil
	}
	return "", fmt.Errorf("%v\n%s", err, out)
}

// apply returns the source with the change made.
func apply(src []byte, m mutant) ([]byte, error) {
	fset := token.NewFileSet()
	f := fset.AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(f, src, nil, 0)
	lines := strings.Split(string(src), "\n")
	var found []byte
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		at := fset.Position(pos)
		line := lines[at.Line-1]
		if at.Line != m.row || at.Column-len(line)+len(strings.TrimLeft(line, "\t ")) != m.Column {
			continue
		}
		with, ok := changes[m.Type][tok]
		if !ok {
			continue
		}
		if lit == "" || tok != token.BREAK && tok != token.CONTINUE {
			lit = tok.String()
		}
		found = slices.Concat(src[:at.Offset], []byte(with), src[at.Offset+len(lit):])
	}
	if found == nil {
		return nil, fmt.Errorf("%v: nothing to change", m)
	}
	return found, nil
}
