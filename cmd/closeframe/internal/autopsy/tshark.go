package autopsy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/closeframe/closeframe/internal/catalog"
)

// Tshark holds the options for running tshark.
type Tshark struct {
	Path   string // path of the program; found in PATH if empty
	Keylog string // a file of TLS secrets, as written by SSLKEYLOGFILE
	Filter string // a display filter of Wireshark; one that [Tshark.TwoPass] reports needs [Tshark.Select] first
	Memory int    // memory limit in MiB; 0: no limit
}

// MinVersion is the oldest version of tshark that has every field.
const MinVersion = "3.6"

var versionRE = regexp.MustCompile(`(\d+)\.(\d+)(?:\.\d+)*`)

// A MemoryError reports that tshark failed in a way that is typical of its
// memory limit.
type MemoryError struct {
	Killed bool // it was killed, as by a system that is short of memory
	err    error
}

func (e *MemoryError) Error() string { return e.err.Error() }

func (e *MemoryError) Unwrap() error { return e.err }

// noMemory matches what the dynamic linker, GLib and C++ print when they cannot
// allocate memory, and the signals that end a program that does not check.
var noMemory = regexp.MustCompile(`(?i)failed to map segment|cannot (allocate|map)|failed to allocate|out of memory|bad_alloc|` +
	`signal: (segmentation fault|aborted|trace/breakpoint trap|bus error)`)

var secretRE = regexp.MustCompile(`(?m)^(RSA|(CLIENT|SERVER|EARLY|EXPORTER|PMS|ECH)_[A-Z_0-9]+) `)

// HasSecrets reports whether b has a line of the format that SSLKEYLOGFILE
// selects.
func HasSecrets(b []byte) bool { return secretRE.Match(b) }

// Check finds tshark and returns its version.
func (t *Tshark) Check(ctx context.Context) (version string, err error) {
	if t.Path == "" {
		t.Path = "tshark"
	}
	path, err := exec.LookPath(t.Path)
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return "", catalog.NewError("autopsy.error.missing", catalog.NewError("autopsy.error.install"))
	} else if err != nil {
		return "", err
	}
	t.Path = path
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.WaitDelay = waitDelay
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("%s --version: %w", path, err)
	}
	first, _, _ := bytes.Cut(out, []byte{'\n'})
	m := versionRE.FindSubmatch(first)
	if m == nil {
		return "", catalog.NewError("autopsy.error.version", path, first)
	}
	if version = string(m[0]); older(version, MinVersion) {
		return version, catalog.NewError("autopsy.error.old", version, MinVersion, catalog.NewError("autopsy.error.install"))
	}
	return version, nil
}

// older reports whether version a comes before b, by their first two numbers.
func older(a, b string) bool {
	x, y := strings.SplitN(a, ".", 3), strings.SplitN(b, ".", 3)
	for i := range 2 {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return m < n
		}
	}
	return false
}

// Args returns the arguments with which tshark reads a capture from standard
// input.
//
// The dissectors for HTTP and WebSocket are disabled, so that tshark prints the
// unchanged bytes of a connection or of decrypted TLS records, and does not
// keep HTTP bodies in memory. TLS is expected on every port. Without TLS, its
// dissector prints nothing, whereas tshark would try 60 others and then print
// each payload a second time, as data.data: that takes twice as long.
func (t *Tshark) Args() []string {
	args := append(t.options(), "-d", "tcp.port==1-65535,tls", "--disable-protocol", "http", "--disable-protocol", "websocket", "-Y", t.filter(),
		"-T", "fields", "-E", "header=y", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator="+aggregator)
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	return args
}

// options returns the arguments that do not depend on what is printed.
func (t *Tshark) options() []string {
	args := []string{"-r", "-", "-n", "-Q",
		"-o", "tcp.desegment_tcp_streams:TRUE", "-o", "tcp.reassemble_out_of_order:TRUE", "-o", "tcp.analyze_sequence_numbers:TRUE",
		"-o", "tls.desegment_ssl_records:TRUE", "-o", "tls.desegment_ssl_application_data:TRUE", "-o", "data.show_as_text:FALSE"}
	if t.Keylog != "" {
		args = append(args, "-o", "tls.keylog_file:"+t.Keylog)
	}
	return args
}

// filter returns the display filter for what is printed.
func (t *Tshark) filter() string {
	filter := "tcp && !icmp && !icmpv6" // ICMP quotes TCP headers
	if t.Filter != "" {
		filter += " && (" + t.Filter + ")"
	}
	return filter
}

// CommandLine returns the shell command whose output [Reader.Read] reads.
func (t *Tshark) CommandLine(file string) string {
	args := append([]string{"tshark"}, t.Args()...)
	args[2] = file // after -r
	for i, a := range args {
		if strings.ContainsAny(a, " |&!()'\"$`\\<>*?;") {
			args[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(args, " ")
}

// waitDelay is how long a process that tshark started, if it is a script, may
// keep a pipe open after tshark has ended.
const waitDelay = time.Second

// Run runs tshark on a capture and calls f with its output. If tshark fails, as
// for a truncated capture, Run returns its error after f has read all output.
func (t *Tshark) Run(ctx context.Context, capture io.Reader, f func(fields io.Reader) error) error {
	return t.run(ctx, t.Args(), capture, f)
}

func (t *Tshark) run(ctx context.Context, args []string, capture io.Reader, f func(output io.Reader) error) error {
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.Path, args...)
	if t.Memory > 0 && runtime.GOOS != "windows" && runtime.GOOS != "plan9" {
		// A shell sets the memory limit and then executes tshark.
		script := fmt.Sprintf(`ulimit -v %d 2>/dev/null; exec "$0" "$@"`, t.Memory<<10)
		cmd = exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", script, t.Path}, args...)...)
	}
	cmd.WaitDelay = waitDelay
	stderr := &lastLines{}
	cmd.Stderr = stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { stdout.Close() })
	defer stop()
	fed := make(chan error, 1)
	go func() {
		_, err := io.Copy(stdin, capture)
		stdin.Close()
		fed <- err
	}()
	readErr := f(stdout)
	if readErr != nil {
		cancel() // f has stopped reading
	}
	waitErr := cmd.Wait()
	var feedErr error
	select {
	case feedErr = <-fed:
	default: // still reading the capture, which is no longer needed
	}
	switch {
	case outer.Err() != nil:
		return context.Cause(outer)
	case readErr != nil && !errors.Is(readErr, io.ErrUnexpectedEOF):
		return readErr
	case waitErr != nil:
		err := fmt.Errorf("tshark: %w", waitErr)
		if msg := stderr.message(); msg != "" {
			err = fmt.Errorf("tshark: %s", msg)
		}
		killed := strings.Contains(err.Error(), "signal: killed")
		if killed || t.Memory > 0 && noMemory.MatchString(err.Error()) {
			err = &MemoryError{killed, err}
		}
		return err
	case feedErr != nil && !isBrokenPipe(feedErr):
		return catalog.NewError("autopsy.error.read", feedErr)
	}
	return readErr
}

func isBrokenPipe(err error) bool {
	return strings.Contains(err.Error(), "broken pipe") || errors.Is(err, io.ErrClosedPipe)
}

// lastLines keeps the last bytes written to it.
type lastLines struct {
	mu sync.Mutex
	b  []byte
}

func (l *lastLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b = append(l.b, p...)
	if len(l.b) > 4096 {
		l.b = append([]byte(nil), l.b[len(l.b)-4096:]...)
	}
	return len(p), nil
}

// message returns tshark's error, without its warning about running as root.
func (l *lastLines) message() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []string
	for line := range strings.Lines(string(l.b)) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "tshark: ")
		if line != "" && !strings.HasPrefix(line, "Running as user") && !strings.HasPrefix(line, "(") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " ")
}
