package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var covered = regexp.MustCompile(`^ok\s+(\S+).*coverage: ([\d.]+)% of statements`)

// showCoverage verifies that the tests of each package run all its statements.
func showCoverage() (string, error) {
	args := []string{"test", "-short", "-cover"}
	for _, pkg := range mutated {
		args = append(args, "./"+pkg)
	}
	out, err := combined(append(args, "./closecode/describe")...)
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
	if n != len(mutated)+1 {
		errs = append(errs, fmt.Errorf("coverage of %d packages:\n%s", n, out))
	}
	return fmt.Sprintf("100 %% of the statements of %s and closecode/describe", strings.Join(mutated, ", ")), errors.Join(errs...)
}

// combined runs the go command and returns its output.
func combined(args ...string) ([]byte, error) {
	cmd := command("go", args...)
	cmd.Stderr = nil
	return cmd.CombinedOutput()
}
