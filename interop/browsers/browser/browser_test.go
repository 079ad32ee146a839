package browser_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/interop/browsers/browser"
)

// TestStart verifies that each browser opens a page from a loopback server,
// runs its script, and leaves no process and no file.
func TestStart(t *testing.T) {
	for _, name := range []string{browser.Chromium, browser.Firefox, browser.WebKitGTK} {
		t.Run(name, func(t *testing.T) {
			program, err := browser.Find(name)
			if err != nil {
				t.Fatal(err)
			}
			agent := make(chan string, 1)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/":
					w.Header().Set("Content-Type", "text/html")
					w.Write([]byte("<!DOCTYPE html><script>fetch('/here', {method: 'POST'})</script>"))
				case "/here":
					agent <- r.UserAgent()
				}
			}))
			defer server.Close()

			// Not t.TempDir: Chromium keeps a socket below it, whose path must be short.
			temp, err := os.MkdirTemp("", "")
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(temp)
			t.Setenv("TMPDIR", temp)
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			b, err := program.Start(ctx, server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer b.Stop()
			select {
			case got := <-agent:
				// WebKitGTK does not send its version to scripts and servers.
				if want := program.Major() + "."; name != browser.WebKitGTK && !strings.Contains(got, want) {
					t.Errorf("%v says it is %s", program, got)
				}
			case <-b.Exited():
				t.Fatalf("the browser ended:\n%s", b.Stderr())
			case <-ctx.Done():
				t.Fatalf("%v; the last lines of its standard error:\n%s", ctx.Err(), b.Stderr())
			}
			if err := b.Stop(); err != nil {
				t.Error(err)
			}
			left, err := os.ReadDir(temp)
			if err != nil || len(left) != 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// TestDevTools verifies that Chromium announces an address for drivers.
func TestDevTools(t *testing.T) {
	program, err := browser.Find(browser.Chromium)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	b, err := program.Start(ctx, "about:blank", "--remote-debugging-port=0")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Stop()
	address, err := b.DevTools(ctx)
	if err != nil || !strings.HasPrefix(address, "ws://127.0.0.1:") {
		t.Errorf("got %q, %v", address, err)
	}
}

// TestProgramKilled verifies that a browser ends with the program that started
// it, even if that is killed. The test starts itself as that program.
func TestProgramKilled(t *testing.T) {
	if name := os.Getenv("START_BROWSER"); name != "" {
		program, err := browser.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := program.Start(context.Background(), os.Getenv("START_URL")); err != nil {
			t.Fatal(err)
		}
		select {} // until it is killed
	}
	for _, name := range []string{browser.Chromium, browser.Firefox} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			here, gone := make(chan bool, 1), make(chan bool, 1)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/":
					w.Header().Set("Content-Type", "text/html")
					w.Write([]byte("<!DOCTYPE html><script>fetch('/here')</script>"))
				case "/here": // never answered: the connection stays open until the browser ends
					here <- true
					<-r.Context().Done()
					gone <- true
				}
			}))
			defer server.Close()
			defer server.CloseClientConnections()
			temp, err := os.MkdirTemp("", "")
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(temp)
			cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestProgramKilled$")
			cmd.Env = append(os.Environ(), "START_BROWSER="+name, "START_URL="+server.URL, "TMPDIR="+temp)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			select {
			case <-here:
			case <-ctx.Done():
				t.Fatal("the browser did not connect: ", ctx.Err())
			}
			cmd.Process.Kill()
			cmd.Wait()
			select {
			case <-gone:
			case <-ctx.Done():
				t.Fatal("the browser is still running: ", ctx.Err())
			}
		})
	}
}

func TestFindUnknown(t *testing.T) {
	if p, err := browser.Find("netscape"); err == nil {
		t.Errorf("found %v", p)
	}
}
