package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var covered = regexp.MustCompile(`^ok\s+(\S+).*coverage: ([\d.]+)% of statements`)

// tested has the packages whose own tests must run every statement. Most tests
// of closetest are child processes, which write to the coverage directory of
// their parent, so that the go command counts their statements, too.
var tested = append(slices.Clone(mutated), "closetap", "closetest", "closecode/describe")

// showCoverage verifies that the tests of each package run all its statements.
func showCoverage() (string, error) {
	args := []string{"test", "-short", "-cover"}
	for _, pkg := range tested {
		args = append(args, "./"+pkg)
	}
	out, err := combined(args...)
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	var errs []error
	n := 0
	for line := range strings.Lines(string(out)) {
		if m := covered.FindStringSubmatch(line); m != nil {
			n++
			if m[2] != "100.0" {
				errs = append(errs, errors.New(strings.TrimSpace(line)))
			}
		}
	}
	if n != len(tested) {
		errs = append(errs, fmt.Errorf("coverage of %d packages:\n%s", n, out))
	}
	return fmt.Sprintf("100 %% of the statements of %s", strings.Join(tested, ", ")), errors.Join(errs...)
}

// combined runs the go command and returns its output.
func combined(args ...string) ([]byte, error) {
	cmd := command("go", args...)
	cmd.Stderr = nil
	return cmd.CombinedOutput()
}
