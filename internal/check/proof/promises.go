package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// These match a row of the table of promises in SECURITY.md, and its links to
// tests.
var (
	promise  = regexp.MustCompile(`(?m)^\| \*\*.*$`)
	testLink = regexp.MustCompile(`\[([\w/]+)\.((?:Test|Fuzz)\w+)\]\(([\w/]+_test\.go)\)`)
)

// promised returns the number of promises in SECURITY.md, and their tests by
// package. It returns an error if a promise has no test, or one that does not
// exist.
func promised() (promises int, tests map[string][]string, err error) {
	b, err := os.ReadFile(filepath.Join(root(), "SECURITY.md"))
	if err != nil {
		return 0, nil, err
	}
	rows := promise.FindAllString(string(b), -1)
	if len(rows) == 0 {
		return 0, nil, fmt.Errorf("SECURITY.md promises nothing")
	}
	tests = map[string][]string{}
	for _, row := range rows {
		links := testLink.FindAllStringSubmatch(row, -1)
		if len(links) == 0 {
			return 0, nil, fmt.Errorf("no test verifies: %s", row)
		}
		for _, m := range links {
			pkg, name, file := m[1], m[2], m[3]
			src, err := os.ReadFile(filepath.Join(root(), filepath.FromSlash(file)))
			if err != nil || !strings.Contains(string(src), "func "+name+"(") || !strings.HasPrefix(file, pkg+"/") {
				return 0, nil, fmt.Errorf("SECURITY.md names %s.%s, which is not in %s", pkg, name, file)
			}
			if !slices.Contains(tests[pkg], name) {
				tests[pkg] = append(tests[pkg], name)
			}
		}
	}
	return len(rows), tests, nil
}

func showPromises() (string, error) {
	promises, tests, err := promised()
	if err != nil {
		return "", err
	}
	n := 0
	for _, pkg := range slices.Sorted(maps.Keys(tests)) {
		r, err := goTest(nil, "./"+pkg, "-run", "^("+strings.Join(tests[pkg], "|")+")$")
		if err := errors.Join(err, r.need(tests[pkg]...)); err != nil {
			return "", err
		}
		n += len(tests[pkg])
	}
	return fmt.Sprintf("%d promises of SECURITY.md, held by %d tests", promises, n), nil
}
