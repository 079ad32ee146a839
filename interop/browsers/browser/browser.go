// Package browser finds the browsers of this machine and starts them without a
// window. Each has an empty profile, connects only to loopback addresses, and
// leaves no files when it is stopped.
//
// The package does not drive browsers. A page that fetches its work from its
// server needs no driver, and a page that must be clicked can be driven with
// chromedp and [Process.DevTools].
package browser

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

// A Program is a browser installed on this machine.
type Program struct {
	Name    string // "chromium", "firefox" or "webkitgtk"
	Path    string // of the executable
	Version string // as reported by the browser: "156.0.8078.79", "153.7.0esr", "2.50.6"
}

// Names of the browsers that [Find] supports.
const (
	Chromium  = "chromium"
	Firefox   = "firefox"
	WebKitGTK = "webkitgtk" // MiniBrowser, which comes with the library
)

var executables = map[string][]string{
	Chromium: {"chromium", "chromium-browser", "google-chrome"},
	Firefox:  {"firefox-esr", "firefox"},
}

// miniBrowsers are the paths of MiniBrowser in Debian, which is not in PATH.
const miniBrowsers = "/usr/lib/*/webkit2gtk-4.1/MiniBrowser"

// Find returns the installed browser with the given name.
func Find(name string) (Program, error) {
	files := executables[name]
	if name == WebKitGTK {
		files, _ = filepath.Glob(miniBrowsers) // the pattern is valid
	}
	for _, file := range files {
		path, err := exec.LookPath(file)
		if err != nil {
			continue
		}
		cmd := exec.Command(path, "--version")
		if name == WebKitGTK { // needs a display even for this
			d, err := startDisplay()
			if err != nil {
				return Program{}, err
			}
			defer d.stop()
			cmd.Env = append(os.Environ(), d.env())
		}
		out, err := cmd.Output()
		if err != nil {
			return Program{}, fmt.Errorf("%s --version: %w", path, err)
		}
		// "Chromium 156.0.8078.79 built on …", "Mozilla Firefox 153.7.0esr",
		// "WebKitGTK 2.50.6"
		for _, word := range strings.Fields(string(out)) {
			if word[0] >= '0' && word[0] <= '9' {
				return Program{Name: name, Path: path, Version: word}, nil
			}
		}
		return Program{}, fmt.Errorf("%s --version: no version in %q", path, out)
	}
	return Program{}, fmt.Errorf("%s is not installed (interop/browsers/install does it)", name)
}

// Major returns the part of the version before the first dot, or for WebKitGTK
// before the second: 2.50 and 2.52 differ as much as major releases of the
// others.
func (p Program) Major() string {
	major, minor, _ := strings.Cut(p.Version, ".")
	if p.Name == WebKitGTK {
		minor, _, _ = strings.Cut(minor, ".")
		return major + "." + minor
	}
	return major
}

// String returns the name and the version, for logs.
func (p Program) String() string { return p.Name + " " + p.Version }

// A Process is a running browser.
type Process struct {
	cmd       *exec.Cmd
	hasWindow bool // needs a display
	profile   string
	exited    chan struct{} // closed once the browser has ended
	display   *display
	tools     chan string // the DevTools address, once it was announced

	mu     sync.Mutex
	stderr []string // its last lines
}

// Start starts the browser with an empty profile and opens url in it. The
// process ends when ctx is done or [Process.Stop] is called. Other arguments
// precede the url.
func (p Program) Start(ctx context.Context, url string, args ...string) (*Process, error) {
	dir, err := os.MkdirTemp("", "closeframe-")
	if err != nil {
		return nil, err
	}
	b := &Process{profile: dir, exited: make(chan struct{}), tools: make(chan string, 1)}
	switch p.Name {
	case Firefox:
		args = append([]string{"--headless", "--no-remote", "--profile", dir}, args...)
		err = os.WriteFile(filepath.Join(dir, "user.js"), []byte(firefoxPrefs), 0o600)
	case WebKitGTK:
		b.hasWindow = true
		args = append([]string{"--private"}, args...)
	default:
		args = append(append(chromiumFlags(), "--user-data-dir="+dir), args...)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}

	b.cmd = exec.CommandContext(ctx, p.Path, append(args, url)...)
	b.cmd.Dir = dir
	b.cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir,
		"TMPDIR="+dir, "MOZ_CRASHREPORTER_DISABLE=1", "DBUS_SESSION_BUS_ADDRESS=disabled:")
	b.cmd.SysProcAttr = attributes()
	b.cmd.Cancel = b.kill
	stderr, w, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	b.cmd.Stderr = w
	started := make(chan error)
	go b.run(started)
	err = <-started
	w.Close()
	if err != nil {
		return nil, errors.Join(err, stderr.Close(), os.RemoveAll(dir))
	}
	go b.read(stderr)
	return b, nil
}

// run starts the browser and waits for its end.
func (b *Process) run(started chan<- error) {
	// If the system supports it, the browser ends when the thread that started
	// it ends, and so with this program. This also stops the browser of a test
	// that exceeds its time limit.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := b.begin()
	started <- err
	if err != nil {
		return
	}
	b.cmd.Wait()
	b.kill() // the remaining processes
	if b.hasWindow {
		b.display.stop()
	}
	close(b.exited)
}

// begin starts the display, if the browser needs one, and the browser.
func (b *Process) begin() (err error) {
	if b.hasWindow {
		if b.display, err = startDisplay(); err != nil {
			return err
		}
		b.cmd.Env = append(b.cmd.Env, b.display.env())
	}
	if err = b.cmd.Start(); err != nil && b.hasWindow {
		b.display.stop()
	}
	return err
}

// kill ends the whole process group.
func (b *Process) kill() error { return syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL) }

func (b *Process) read(stderr io.ReadCloser) {
	defer stderr.Close()
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		line := lines.Text()
		if address, ok := strings.CutPrefix(line, "DevTools listening on "); ok {
			select {
			case b.tools <- address:
			default:
			}
		}
		b.mu.Lock()
		b.stderr = append(b.stderr, line)
		if len(b.stderr) > 40 {
			b.stderr = b.stderr[1:]
		}
		b.mu.Unlock()
	}
	io.Copy(io.Discard, stderr) // a line too long for the scanner must not stop the browser
}

// DevTools returns the address for drivers of Chromium. The browser must have
// been started with --remote-debugging-port=0.
func (b *Process) DevTools(ctx context.Context) (string, error) {
	select {
	case address := <-b.tools:
		b.tools <- address // for the next caller
		return address, nil
	case <-b.exited:
		return "", fmt.Errorf("the browser ended:\n%s", b.Stderr())
	case <-ctx.Done():
		return "", fmt.Errorf("%w; the last lines of its standard error:\n%s", ctx.Err(), b.Stderr())
	}
}

// Exited returns a channel that is closed once the browser has ended.
func (b *Process) Exited() <-chan struct{} { return b.exited }

// Stderr returns the last lines of the browser's standard error.
func (b *Process) Stderr() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.stderr, "\n")
}

// Stop ends the browser and removes its profile.
func (b *Process) Stop() error {
	b.kill()
	<-b.exited
	return os.RemoveAll(b.profile)
}
