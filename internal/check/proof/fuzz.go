package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

var fuzzTime = flag.Duration("fuzztime", 5*time.Minute, "for fuzz: how long each target is fuzzed")

var execs = regexp.MustCompile(`elapsed: (\S+), execs: (\d+)`)

// A target is a fuzz test.
type target struct {
	dir       string // of its module
	pkg, name string
}

// targets finds the fuzz tests of a module by name.
func targets(dir, pkgs string) (list []target, err error) {
	cmd := command("go", "test", "-list", "^Fuzz", pkgs)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	// The names of a package precede its line.
	var names []string
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if strings.HasPrefix(line, "Fuzz") {
			names = append(names, fields[0])
			continue
		}
		if fields[0] != "ok" {
			continue // "?", for a package without tests
		}
		for _, name := range names {
			list = append(list, target{dir, fields[1], name})
		}
		names = nil
	}
	return list, nil
}

// showFuzz fuzzes every target, one per core at a time, including those in
// interop/ that compare with the parsers of other libraries.
func showFuzz() (string, error) {
	own, err := targets(root(), "./...")
	others, err2 := targets(filepath.Join(root(), "interop"), "./peers/parsers")
	if err := errors.Join(err, err2); err != nil {
		return "", err
	}
	if len(own) == 0 || len(others) == 0 {
		return "", fmt.Errorf("%d targets, and %d with other libraries", len(own), len(others))
	}
	queue := make(chan target)
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		errs   []error
		total  int // executions of our own targets
		beside int // and of the others
		done   int
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for t := range queue {
				n, err := fuzz(t)
				mu.Lock()
				if done++; t.dir == root() {
					total += n
				} else {
					beside += n
				}
				if err != nil {
					errs = append(errs, fmt.Errorf("%s in %s: %w", t.name, t.pkg, err))
				}
				fmt.Printf("%d of %d: %s: %s executions\n", done, len(own)+len(others), t.name, count(n))
				mu.Unlock()
			}
		})
	}
	for _, t := range append(own, others...) {
		queue <- t
	}
	close(queue)
	wg.Wait()
	return fmt.Sprintf("%d targets, %v each, %s executions; %d against the parsers of other libraries, %s executions; no finding",
		len(own), *fuzzTime, count(total), len(others), count(beside)), errors.Join(errs...)
}

// fuzz returns the number of executions. It handles three failures that are not
// caused by the target. If the time passes while the corpus is run, the target
// gets more. On a busy machine go test may report its own deadline as an error,
// without a failing input: the target runs once more. If a worker gets no time
// for ten seconds, as when the machine is suspended, go test reports a hang: if
// the input passes, fuzzing continues for the remaining time.
func fuzz(t target) (total int, err error) {
	left := *fuzzTime
	for tries := 0; ; tries++ {
		n, spent, out, err := fuzzOnce(t, left)
		total += n
		m := written.FindStringSubmatch(out)
		switch {
		case err == nil:
			return total, nil
		case tries == 30:
		case errors.Is(err, errNoRun):
			left += 10 * time.Second
			continue
		case m == nil && strings.Contains(out, "context deadline exceeded"):
			fmt.Printf("%s: go test exceeded its deadline; running again\n", t.name)
			left = *fuzzTime
			continue
		case m != nil && strings.Contains(out, "hung or terminated unexpectedly") && passes(t, m[1]):
			fmt.Printf("%s: hung or terminated, by an input that passes; %v of it done\n", t.name, *fuzzTime-left+spent)
			left = max(left-spent, 5*time.Second)
			continue
		}
		fmt.Print(out)
		return total, err
	}
}

var written = regexp.MustCompile(`Failing input written to testdata/fuzz/\w+/(\w+)`)

// passes runs an input that fuzzing reported as failing, and removes it if it
// passes.
func passes(t target, name string) bool {
	cmd := command("go", "list", "-f", "{{.Dir}}", t.pkg)
	cmd.Dir = t.dir
	dir, err := cmd.Output()
	if err != nil {
		return false
	}
	cmd = command("go", "test", "-count=10", "-run", "^"+t.name+"$/^"+name+"$", t.pkg)
	cmd.Dir = t.dir
	if cmd.Run() != nil {
		return false
	}
	return os.Remove(filepath.Join(strings.TrimSpace(string(dir)), "testdata", "fuzz", t.name, name)) == nil
}

var errNoRun = errors.New("it did not run")

// fuzzOnce also returns the time spent and the output.
func fuzzOnce(t target, d time.Duration) (n int, spent time.Duration, out string, err error) {
	// A single worker would spend up to a minute on minimizing each input.
	cmd := exec.Command("go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", d.String(), "-fuzzminimizetime", "2s", "-parallel", "1", t.pkg)
	cmd.Dir = t.dir
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return 0, 0, "", err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return 0, 0, "", err
	}
	var all strings.Builder
	shown := time.Now()
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		line := lines.Text()
		all.WriteString(line + "\n")
		m := execs.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		spent, _ = time.ParseDuration(m[1])
		if n, err = strconv.Atoi(m[2]); err != nil {
			return 0, 0, "", err
		}
		if time.Since(shown) >= 30*time.Second {
			shown = time.Now()
			fmt.Printf("%s: %s\n", t.name, strings.TrimPrefix(line, "fuzz: "))
		}
	}
	if err := errors.Join(lines.Err(), cmd.Wait()); err != nil {
		return n, spent, all.String(), err
	}
	if n == 0 {
		return 0, spent, all.String(), errNoRun
	}
	return n, spent, all.String(), nil
}
