package doc

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/interop/peers"
)

// TestFormats passes the TAP report to Perl's prove and the JUnit report to
// junitparser, and verifies that both find the results of probe.
func TestFormats(t *testing.T) {
	dir := t.TempDir()
	bin := build(t)
	var server func() (*peers.Running, error)
	for _, p := range peers.All() {
		if p.Name == "gorilla/websocket" {
			server = p.Server
		}
	}
	r, err := server()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Stop()
	report := func(format string) string {
		out, err := exec.CommandContext(context.Background(), bin, "probe", "-format", format, "-run", "^(one-byte|code-100|starts$)", r.URL).Output()
		if e := (*exec.ExitError)(nil); !errors.As(err, &e) || e.ExitCode() != 1 {
			t.Fatalf("%s: %v", format, err)
		}
		name := filepath.Join(dir, format)
		if err := os.WriteFile(name, out, 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	out, err := exec.Command("prove", "--exec", "cat", report("tap")).CombinedOutput()
	if e := (*exec.ExitError)(nil); !errors.As(err, &e) || !strings.Contains(string(out), "Failed 3/15 subtests") || !strings.Contains(string(out), "less 1 skipped subtest") {
		t.Errorf("prove: %v\n%s", err, out)
	}
	script := "import sys, junitparser; s = next(iter(junitparser.JUnitXml.fromfile(sys.argv[1]))); print(s.tests, s.failures, s.skipped, len([c for c in s if c.result]))"
	out, err = exec.Command("/usr/bin/python3", "-c", script, report("junit")).CombinedOutput()
	if string(out) != "15 3 1 4\n" || err != nil {
		t.Errorf("junitparser: %v\n%s", err, out)
	}
}
