// Package doc verifies that docs/probe.md has the output of closeframe probe.
package doc

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/interop/peers"
)

var update = flag.Bool("update", false, "write the output to docs/probe.md")

// serveStack serves echo connections with the reference stack.
func serveStack() (*peers.Running, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := stack.Upgrade(w, r, stack.Config{})
		if err != nil {
			return
		}
		for {
			op, p, err := c.Read(nil)
			if err != nil {
				return
			}
			c.Write(op, p)
		}
	})}
	go srv.Serve(ln)
	return &peers.Running{URL: "ws://" + ln.Addr().String() + "/", Stop: func() { srv.Close() }}, nil
}

// build builds the command.
func build(t *testing.T) string {
	bin := filepath.Join(t.TempDir(), "closeframe")
	cmd := exec.Command("go", "build", "-o", bin, "./cmd/closeframe")
	cmd.Dir = filepath.Join("..", "..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

var (
	address = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	took    = regexp.MustCompile(`in [0-9.]+m?s\n`)
)

// TestProbeDoc runs closeframe probe against the servers named in the document,
// and compares its output except for the address and the time.
func TestProbeDoc(t *testing.T) {
	bin := build(t)
	servers := map[string]func() (*peers.Running, error){"stack": serveStack}
	for _, p := range peers.All() {
		servers[p.Name] = p.Server
	}
	name := filepath.Join("..", "..", "..", "docs", "probe.md")
	doc, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)<!-- probe (\\S+) -->\n```\n(.*?)```\n")
	n := 0
	got := block.ReplaceAllFunc(doc, func(b []byte) []byte {
		n++
		m := block.FindSubmatch(b)
		r, err := servers[string(m[1])]()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Stop()
		cmd := exec.CommandContext(context.Background(), bin, "probe", r.URL)
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		out, err := cmd.Output()
		if e := (*exec.ExitError)(nil); err != nil && !(errors.As(err, &e) && e.ExitCode() == 1) {
			t.Fatalf("%s: %v", m[1], err)
		}
		out = address.ReplaceAll(out, []byte("localhost:8080"))
		out = took.ReplaceAll(out, []byte("in 3s\n"))
		if lines := strings.Count(string(out), "\n"); lines > 45 {
			t.Errorf("%s: %d lines are more than a screen", m[1], lines)
		}
		return []byte("<!-- probe " + string(m[1]) + " -->\n```\n" + string(out) + "```\n")
	})
	if n != 3 {
		t.Errorf("%d outputs in %s", n, name)
	}
	if *update {
		if err := os.WriteFile(name, got, 0o666); err != nil {
			t.Fatal(err)
		}
	} else if !bytes.Equal(got, doc) {
		t.Errorf("%s differs; run go test ./peers/doc -update\n%s", name, got)
	}
}
