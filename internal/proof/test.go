package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// A logged is a line that a test logged.
type logged struct{ test, text string }

var logLine = regexp.MustCompile(`^\s+\w+_test\.go:\d+: (.*)`)

// goTest runs go test with the arguments and environment, shows what the tests print as they do, and
// returns what they logged. It fails if no test ran.
func goTest(env []string, args ...string) ([]logged, error) {
	cmd := command("go", append([]string{"test", "-json", "-v", "-count=1", "-timeout=0"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	fmt.Printf("$ %s go test %s\n", strings.Join(env, " "), strings.Join(args, " "))
	return runJSON(cmd)
}

func runJSON(cmd *exec.Cmd) (list []logged, err error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	passed := 0
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
		switch e.Action {
		case "output":
			if output[id] == nil {
				output[id] = &strings.Builder{}
			}
			output[id].WriteString(e.Output)
			if m := logLine.FindStringSubmatch(e.Output); m != nil {
				list = append(list, logged{e.Test, strings.TrimSpace(m[1])})
				fmt.Printf("%s: %s\n", e.Test, strings.TrimSpace(m[1]))
			} else if e.Test != "" && !strings.HasPrefix(strings.TrimSpace(e.Output), "---") && !strings.HasPrefix(e.Output, "===") {
				fmt.Print(e.Output) // progress
			}
		case "pass":
			if e.Test != "" {
				passed++
			}
		case "fail":
			failed[id] = true
		}
	}
	if err := cmd.Wait(); err != nil || len(failed) > 0 {
		for id := range failed {
			if output[id] != nil {
				fmt.Print(output[id])
			}
		}
		return nil, fmt.Errorf("tests failed: %v", err)
	}
	if passed == 0 {
		return nil, fmt.Errorf("no test ran")
	}
	return list, nil
}

// numbers adds up, for each word, the numbers that stand before it in what
// was logged: "9 states, 12 pairs" gives 9 for states and 12 for pairs.
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

// count writes n with commas.
func count(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
