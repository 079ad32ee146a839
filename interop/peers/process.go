package peers

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Dir is this directory, which has the peers not written in Go.
var Dir = func() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}()

// A program is a peer that runs as a separate process. It is started as "…
// server" or "… client URL", prints a line of JSON when it is ready and one for
// each Event, and ends when its standard input does.
type program []string

func (p program) cmd(args ...string) *exec.Cmd {
	cmd := exec.Command(p[0], append(p[1:len(p):len(p)], args...)...)
	cmd.Dir = Dir
	return cmd
}

// version is the version reported by the program.
func (p program) version() (string, error) {
	out, err := p.cmd("version").Output()
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(p, " "), err, lastLine(e.Stderr))
	}
	return strings.TrimSpace(string(out)), err
}

func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return lines[len(lines)-1]
}

func (p program) server() (*Running, error)           { return p.start("server") }
func (p program) client(url string) (*Running, error) { return p.start("client", url) }

func (p program) start(args ...string) (*Running, error) {
	cmd := p.cmd(args...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if os.Getenv("PEERS_STDERR") != "" { // for debugging a peer
		cmd.Stderr = os.Stderr
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r := bufio.NewReader(stdout)
	var ready struct{ URL string }
	line, err := r.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err != nil {
		stdin.Close()
		cmd.Process.Kill()
		cmd.Wait()
		return nil, fmt.Errorf("%s: not ready: %q, %w", strings.Join(p, " "), line, err)
	}
	events := make(chan Event, 100_000)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(events)
		for {
			line, err := r.ReadBytes('\n')
			if err != nil {
				return
			}
			var e Event
			if err := json.Unmarshal(line, &e); err != nil {
				e.Error = fmt.Sprintf("%v: %q", err, line)
			}
			events <- e
		}
	}()
	return &Running{URL: ready.URL, Events: events, Stop: func() { stop(cmd, stdin, done) }}, nil
}

// stop ends a process by closing its input, and then by killing it.
func stop(cmd *exec.Cmd, stdin io.Closer, done <-chan struct{}) {
	stdin.Close()
	select {
	case <-done:
	case <-time.After(2 * time.Second):
	}
	cmd.Process.Kill()
	cmd.Wait()
}

var node = func(name, source, file string, server bool) *Peer {
	p := program{"node", file}
	peer := &Peer{
		Name: name, Language: "JavaScript", Source: source, File: file,
		Version: p.version, Client: p.client, Tells: CodeAndReason, Trigger: "close 1000 bye",
	}
	if server {
		peer.Server = p.server
	}
	return peer
}

var (
	wsNode = node("ws", "npm: ws", "ws.mjs", true)
	undici = node("undici", "npm: undici", "undici.mjs", false)
)

// python is Debian's Python, which finds Debian's packages.
var python = func(name, source, file string, tells Telling, note string) *Peer {
	p := program{"/usr/bin/python3", file}
	return &Peer{
		Note: note,
		Name: name, Language: "Python", Source: source, File: file,
		Version: p.version, Server: p.server, Client: p.client, Tells: tells, Trigger: "close 1000 bye",
	}
}

var (
	websocketsPy = python("websockets", "Debian: python3-websockets", "websockets_peer.py", CodeAndReason, "")
	wsprotoPy    = python("wsproto", "Debian: python3-wsproto", "wsproto_peer.py", CodeAndReason,
		"A protocol without I/O: the application decides who closes TCP, and when.")
	aiohttpPy = python("aiohttp", "Debian: python3-aiohttp", "aiohttp_peer.py", Code,
		"Used with its default options: it answers every Close by itself, always with 1000, and does not tell the reason.")
)
