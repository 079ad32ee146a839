package lab

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// build builds the command in dir and returns the path of its executable.
func build(dir string) (string, error) {
	file := filepath.Join(dir, "closeframe")
	cmd := exec.Command("go", "build", "-o", file, "./cmd/closeframe")
	cmd.Dir = "../.." // the main module
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %v\n%s", err, out)
	}
	return file, nil
}

// A process is a running closeframe lab.
type process struct {
	url   string        // without the last slash
	lines chan string   // of its output, after the first
	ended chan struct{} // closed when the process has ended
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// start starts closeframe lab at a free port, and stops it when the test ends.
func start(t testing.TB, args ...string) *process {
	t.Helper()
	if command.err != nil {
		t.Fatal(command.err)
	}
	cmd := exec.CommandContext(t.Context(), command.path, append([]string{"lab", "-addr", "127.0.0.1:0"}, args...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{lines: make(chan string, 100), ended: make(chan struct{})}
	first := make(chan string, 1)
	go func() {
		defer close(p.ended)
		s := bufio.NewScanner(stdout)
		if s.Scan() {
			first <- s.Text()
		}
		close(first)
		for s.Scan() {
			p.lines <- s.Text()
		}
		cmd.Wait()
	}()
	t.Cleanup(func() { <-p.ended }) // the test's context is done by now
	line := <-first
	if p.url = address.FindString(line); p.url == "" {
		<-p.ended
		t.Fatalf("closeframe lab printed %q and %q", line, &stderr)
	}
	return p
}
