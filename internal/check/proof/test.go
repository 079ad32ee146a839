package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// A logged is a line that a test logged.
type logged struct{ test, text string }

var logLine = regexp.MustCompile(`^\s+\w+_test\.go:\d+: (.*)`)

// A result has the results of a test run.
type result struct {
	logged []logged
	passed map[string][]string // by package; those within a test do not count
	skips  int
}

// tests returns the number of tests that passed.
func (r result) tests() (n int) {
	for _, names := range r.passed {
		n += len(names)
	}
	return n
}

// need returns an error for a test that did not pass: it was removed, renamed
// or skipped.
func (r result) need(names ...string) error {
	var errs []error
	for _, name := range names {
		if !slices.ContainsFunc(slices.Collect(maps.Values(r.passed)), func(list []string) bool { return slices.Contains(list, name) }) {
			errs = append(errs, fmt.Errorf("%s did not run", name))
		}
	}
	return errors.Join(errs...)
}

// text returns the last line that a test logged. It is an error if there is
// none.
func (r result) text(test string) (string, error) {
	for _, l := range slices.Backward(r.logged) {
		if l.test == test {
			return l.text, nil
		}
	}
	return "", fmt.Errorf("%s has no figures", test)
}

// goTest runs go test with the arguments and environment, copies its output,
// and returns the results. It fails if a package has no passing test.
func goTest(env []string, args ...string) (result, error) {
	cmd := command("go", append([]string{"test", "-json", "-v", "-count=1", "-timeout=0"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	shown := slices.DeleteFunc(slices.Clone(env), func(s string) bool { return strings.HasPrefix(s, "PATH=") })
	fmt.Println("$", strings.Join(slices.Concat(shown, []string{"go", "test"}, args), " "))
	return runJSON(cmd)
}

func runJSON(cmd *exec.Cmd) (result, error) {
	r := result{passed: map[string][]string{}}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return r, err
	}
	if err := cmd.Start(); err != nil {
		return r, err
	}
	failed := map[string]bool{}
	output := map[string]*strings.Builder{}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var e struct{ Action, Package, Test, Output string }
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text())
			continue
		}
		id := e.Package + "." + e.Test
		whole := e.Test != "" && !strings.Contains(e.Test, "/")
		switch e.Action {
		case "start":
			r.passed[e.Package] = nil
		case "output":
			if output[id] == nil {
				output[id] = &strings.Builder{}
			}
			output[id].WriteString(e.Output)
			if m := logLine.FindStringSubmatch(e.Output); m != nil {
				r.logged = append(r.logged, logged{e.Test, strings.TrimSpace(m[1])})
				fmt.Printf("%s: %s\n", e.Test, strings.TrimSpace(m[1]))
			} else if e.Test != "" && !strings.HasPrefix(strings.TrimSpace(e.Output), "---") && !strings.HasPrefix(e.Output, "===") {
				fmt.Print(e.Output) // progress
			}
		case "pass":
			if whole {
				r.passed[e.Package] = append(r.passed[e.Package], e.Test)
			}
		case "skip":
			if whole {
				r.skips++
			}
		case "fail":
			failed[id] = true
		}
	}
	if err := cmd.Wait(); err != nil || len(failed) > 0 {
		for _, id := range slices.Sorted(maps.Keys(failed)) {
			if output[id] != nil {
				fmt.Print(output[id])
			}
		}
		return r, fmt.Errorf("tests failed: %v", err)
	}
	for pkg, names := range r.passed {
		if len(names) == 0 {
			return r, fmt.Errorf("no test ran in %s", pkg)
		}
	}
	if len(r.passed) == 0 {
		return r, errors.New("no test ran")
	}
	return r, nil
}

// numbers adds up, for each word, the numbers before it in the log: "9 states,
// 12 pairs" gives 9 for states and 12 for pairs.
func numbers(list []logged) map[string]int {
	sum := map[string]int{}
	for _, l := range list {
		for _, part := range strings.Split(l.text, ",") {
			var n int
			var what string
			if k, _ := fmt.Sscanf(strings.TrimSpace(part), "%d %s", &n, &what); k == 2 {
				sum[strings.TrimRight(what, ":;.")] += n
			}
		}
	}
	return sum
}

// count formats n with commas.
func count(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
