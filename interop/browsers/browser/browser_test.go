package browser_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/interop/browsers/browser"
)

// Each browser opens a page that a server on loopback serves, runs its script,
// and leaves no process and no file behind.
func TestStart(t *testing.T) {
	for _, name := range []string{browser.Chromium, browser.Firefox} {
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
				if !strings.Contains(got, program.Major()+".") {
					t.Errorf("%v says it is %s", program, got)
				}
			case <-b.Exited():
				t.Fatalf("the browser ended:\n%s", b.Stderr())
			case <-ctx.Done():
				t.Fatalf("%v; the browser's last words:\n%s", ctx.Err(), b.Stderr())
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

// A driver gets an address from Chromium.
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

func TestFindUnknown(t *testing.T) {
	if p, err := browser.Find("netscape"); err == nil {
		t.Errorf("found %v", p)
	}
}
