package probe_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/internal/probe"
)

// serveStack echoes messages until the connection ends; the text "close"
// makes it close.
func serveStack(c *stack.Conn) {
	closing := false
	for {
		op, p, err := c.Read(nil)
		switch {
		case err != nil:
			return
		case string(p) == "close" && !closing:
			closing = true
			go c.Close(1000, "bye") // the loop ends when Read returns an error
		case !closing:
			c.Write(op, p)
		}
	}
}

// stackOptions has short timeouts, because loopback is fast, but leaves room
// for a busy machine.
var stackOptions = probe.Options{Timeout: 5 * time.Second, Quiet: 300 * time.Millisecond, Trigger: "close"}

// stackConfig makes the stack stop waiting for an answer within the time of a
// scenario.
var stackConfig = stack.Config{Timeout: time.Second}

func stackHandler(t *testing.T) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := stack.Upgrade(w, r, stackConfig)
		if err != nil {
			t.Error(err)
			return
		}
		serveStack(c)
	})
}

// load returns the scenarios.
func load(t *testing.T) *probe.Set {
	t.Helper()
	set, err := probe.Load()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// wantPass fails the test unless every scenario passed, except those named.
func wantPass(t *testing.T, rep *probe.Report, err error, leftOut int, allowed ...string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	ok := map[string]bool{}
	for _, id := range allowed {
		ok[id] = true
	}
	for _, r := range rep.Results {
		if r.Verdict == probe.Fail || r.Verdict == probe.Warn && !ok[r.ID] {
			t.Errorf("%s %s (%s): %s; also %q\n\tsent: %s\n\tgot: %s", r.Verdict, r.ID, r.Section, r.Got, r.Also, r.Sent, r.Got)
		}
	}
	if rep.Stopped != "" || rep.Counts[probe.Skip] != leftOut || len(rep.Results) < 150 {
		t.Errorf("%v of %d scenarios, stopped %q", rep.Counts, len(rep.Results), rep.Stopped)
	}
}

// Shows: scenarios.json
func TestStackServer(t *testing.T) {
	t.Parallel()
	set := load(t)
	ts := httptest.NewServer(stackHandler(t))
	defer ts.Close()
	rep, err := set.Dial(t.Context(), "ws"+strings.TrimPrefix(ts.URL, "http"), stackOptions)
	wantPass(t, rep, err, 2) // no extensions
}

func TestStackServerTLS(t *testing.T) {
	t.Parallel()
	set := load(t)
	ts := httptest.NewTLSServer(stackHandler(t))
	defer ts.Close()
	o := stackOptions
	o.TLS = ts.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	o.TLS.ServerName = "example.com"
	rep, err := set.Dial(t.Context(), "wss"+strings.TrimPrefix(ts.URL, "https"), o)
	wantPass(t, rep, err, 2)
}

func TestStackServerUnix(t *testing.T) {
	t.Parallel()
	set := load(t)
	sock := filepath.Join(t.TempDir(), "s")
	ln, err := net.Listen("unix", sock)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: stackHandler(t)}
	go srv.Serve(ln)
	defer srv.Close()
	rep, err := set.Dial(t.Context(), "ws+unix:"+sock, stackOptions)
	wantPass(t, rep, err, 2)
}

// Shows: scenarios.json
func TestStackClient(t *testing.T) {
	t.Parallel()
	set := load(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := stack.Dial(ctx, "ws://"+ln.Addr().String(), stackConfig)
			if err != nil {
				return // the prober has stopped listening
			}
			serveStack(c)
		}
	}()
	rep, err := set.Listen(t.Context(), ln, stackOptions)
	wantPass(t, rep, err, 2)
	cancel()
	<-done
}
