package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// checked is a function with the bounds checks that the compiler keeps in it.
type checked struct {
	Func   string `json:"func"`
	Checks int    `json:"checks"`
	Reason string `json:"reason,omitempty"` // why the compiler cannot remove the checks
}

var found = regexp.MustCompile(`^(\S+\.go):(\d+):(\d+): Found Is(?:Slice)?InBounds`)

// showBounds compares the bounds checks that the compiler reports with bounds.json,
// which gives the reason for each. Compilers differ, so it compares only with the
// release that bounds.json was recorded for.
func showBounds() (string, error) {
	cmd := command("go", "build", "-gcflags=-d=ssa/check_bce", "./closecode", "./utf8check", "./frame", "./closeevent", "./internal/kernel")
	cmd.Stderr = nil
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%v\n%s", err, out)
	}
	counts := map[string]int{}
	seen := map[string]bool{} // generic code is compiled more than once
	total := 0
	for line := range strings.Lines(string(out)) {
		m := found.FindStringSubmatch(line)
		if m == nil || seen[m[0]] {
			continue
		}
		seen[m[0]] = true
		row, _ := strconv.Atoi(m[2])
		name, err := funcAt(filepath.Join(root(), filepath.FromSlash(m[1])), row)
		if err != nil {
			return "", err
		}
		counts[name]++
		total++
	}

	var recorded struct {
		Go        string    `json:"go"`
		Functions []checked `json:"functions"`
	}
	b, err := os.ReadFile(filepath.Join(root(), "internal", "check", "proof", "bounds.json"))
	if err := errors.Join(err, json.Unmarshal(b, &recorded)); err != nil {
		return "", err
	}
	version, err := command("go", "env", "GOVERSION").Output()
	if err != nil {
		return "", err
	}
	if v := strings.TrimSpace(string(version)); v != recorded.Go && !strings.HasPrefix(v, recorded.Go+".") {
		return fmt.Sprintf("%d bounds checks remain with %s; bounds.json was recorded for %s, and is not compared", total, v, recorded.Go), nil
	}
	list := recorded.Functions
	var errs []error
	packages := []string{"closecode", "utf8check", "closeevent"}
	for _, c := range list {
		packages = slices.DeleteFunc(packages, func(pkg string) bool { return strings.HasPrefix(c.Func, pkg+".") })
		if len(c.Reason) < 10 {
			errs = append(errs, fmt.Errorf("%s: no reason is given", c.Func))
		}
		if counts[c.Func] != c.Checks {
			errs = append(errs, fmt.Errorf("%s has %d bounds checks, and bounds.json has %d", c.Func, counts[c.Func], c.Checks))
		}
		delete(counts, c.Func)
	}
	for name, n := range counts {
		errs = append(errs, fmt.Errorf("%s has %d bounds checks, and is not in bounds.json", name, n))
	}
	return fmt.Sprintf("%d bounds checks remain in %d functions, each with its reason; none in %s", total, len(list), strings.Join(packages, ", ")), errors.Join(errs...)
}

// funcAt returns the name of the function at a line of a file, with its
// package.
func funcAt(file string, row int) (string, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(f.Decls, func(d ast.Decl) bool {
		return fset.Position(d.Pos()).Line <= row && row <= fset.Position(d.End()).Line
	})
	if i < 0 {
		return "", fmt.Errorf("%s:%d is in no declaration", file, row)
	}
	fn, ok := f.Decls[i].(*ast.FuncDecl)
	if !ok {
		return f.Name.Name, nil
	}
	return f.Name.Name + "." + fn.Name.Name, nil
}

// showMemory runs the tests with guard pages, the race detector and checkptr.
func showMemory() (string, error) {
	guard, err := goTest(nil, "./internal/kernel", "-run", "^Test(Backends|GuardPages)$")
	if err != nil {
		return "", err
	}
	backends, err := backendsOf(guard)
	if err := errors.Join(err, guard.need("TestBackends", "TestGuardPages")); err != nil {
		return "", err
	}
	race := []string{"./closecode", "./utf8check", "./frame", "./closeevent", "./closeconn", "./internal/kernel", "./examples/stack", "./examples/eventloop"}
	raced, err := goTest(nil, append([]string{"-race", "-short"}, race...)...)
	if err != nil {
		return "", err
	}
	ptr := []string{"./internal/kernel", "./utf8check", "./frame", "./closeevent", "./closeconn", "./examples/eventloop"}
	checked, err := goTest(nil, append([]string{"-tags=purego", "-race", "-gcflags=all=-d=checkptr", "-short"}, ptr...)...)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("guard pages on the backends %s; %d tests in %d packages with the race detector; %d in %d with checkptr and purego",
		strings.Join(backends, ", "), raced.tests(), len(race), checked.tests(), len(ptr)), nil
}

// showLeaks ends at least 10,000 connections and counts goroutines and
// descriptors.
func showLeaks() (string, error) {
	ended, err := goTest(nil, "./closeconn", "-timeout=1h", "-run", "^TestNoLeaks$", "-ends", "3500")
	if err != nil {
		return "", err
	}
	text, err := ended.text("TestNoLeaks")
	if err := errors.Join(err, ended.need("TestNoLeaks")); err != nil {
		return "", err
	}
	drained, err := goTest(nil, "./examples/stack", "-timeout=1h", "-run", "^TestDrain$", "-count", "10")
	if err != nil {
		return "", err
	}
	n := numbers(drained.logged)["connections"]
	if numbers(ended.logged)["closes"] < 10_000 || n < 10_000 {
		return "", fmt.Errorf("not 10,000: closeconn: %s; examples/stack: %d", text, n)
	}
	return fmt.Sprintf("closeconn: %s; examples/stack: %d connections closed by the server, up to 1000 at once, nothing left", text, n), nil
}
