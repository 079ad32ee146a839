package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// beginRelay is the mark before the output of closeframe relay in a document.
const beginRelay = "<!-- output: go run ./proxy -relay ../docs/relay.md, in interop -->\n"

// relayWays are the ways in which the connections through closeframe relay are
// closed.
var relayWays = []way{
	{name: "client closes", toClient: "close 4001 bye"},
	{name: "server closes", toPeer: "close 1001 deploy"},
	{name: "client closes without a code", toClient: "close"},
	{name: "server closes without a code", toPeer: "close"},
	{name: "server closes with a Chinese reason", toPeer: "close 1008 会话已过期"},
	{name: "server drops TCP", toPeer: "drop"},
	{name: "client is cut off", cut: true},
	{name: "client is reset", reset: true},
}

// runRelay runs closeframe relay between Chromium and ws, and returns what it
// prints. It replaces times and ports, which differ between runs.
func runRelay() (string, error) {
	dir, err := os.MkdirTemp("", "relay")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "closeframe")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/closeframe/closeframe/cmd/closeframe").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	server, err := named("ws").Server()
	if err != nil {
		return "", err
	}
	defer server.Stop()
	cmd := exec.Command(binary, "relay", "-color", "never", "-lang", "en", server.URL)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	defer cmd.Process.Kill()
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for sc := bufio.NewScanner(stdout); sc.Scan(); {
			lines <- sc.Text()
		}
	}()
	var out strings.Builder
	b := make([]byte, 256)
	n, err := stderr.Read(b)
	if err != nil {
		return "", err
	}
	fields := strings.Fields(string(b[:n]))
	if len(fields) < 2 {
		return "", fmt.Errorf("closeframe relay printed %q", b[:n])
	}
	sh, err := newShim()
	if err != nil {
		return "", err
	}
	defer sh.close()
	running, err := startBrowser(sh.url())
	if err != nil {
		return "", err
	}
	defer running.Stop()
	for _, w := range relayWays {
		if _, err := once(sh, hostOf(fields[1]), w, nil, running, server); err != nil {
			return "", fmt.Errorf("%s: %w", w.name, err)
		}
		// The relay prints the timeline once both sides have ended. The
		// timeline's heading begins with the client.
		for line := ""; !strings.HasPrefix(strings.TrimSpace(line), "client  "); {
			select {
			case line = <-lines:
				out.WriteString(line + "\n")
			case <-time.After(eventTimeout):
				return "", fmt.Errorf("%s: closeframe relay printed only\n%s", w.name, out.String())
			}
		}
	}
	cmd.Process.Signal(os.Interrupt)
	for line := range lines {
		out.WriteString(line + "\n")
	}
	err = cmd.Wait()
	text := regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllString(out.String(), "127.0.0.1:50000")
	text = regexp.MustCompile(`([# ])( *)\d+\.(\d)\d\d\b`).ReplaceAllString(text, "$1${2}0.000")
	return regexp.MustCompile(`\+\d+\.\d\d\ds`).ReplaceAllString(text, "+0.000s"), err
}
