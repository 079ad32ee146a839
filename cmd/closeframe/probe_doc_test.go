package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestProbeDoc runs the commands of docs/probe.md, including those of its
// workflow, against a test server, and verifies that none is rejected.
func TestProbeDoc(t *testing.T) {
	doc, err := os.ReadFile("../../docs/probe.md")
	if err != nil {
		t.Fatal(err)
	}
	addr := strings.TrimPrefix(closer(t), "ws://")
	baseline := filepath.Join(t.TempDir(), "probe.json")
	n := 0
	for _, m := range regexp.MustCompile(`(?m)^ *closeframe probe (.*?)( +#.*)?$`).FindAllStringSubmatch(string(doc), -1) {
		line := strings.NewReplacer("localhost:8080", addr, "probe.json", baseline, "'", "").Replace(m[1])
		line, output, _ := strings.Cut(line, " >")
		args := append([]string{"probe", "-run", "^code-1000$"}, strings.Fields(line)...)
		if !strings.Contains(line, addr) { // another directory: only the flags are tested
			args = append(args, "-timeout", "0s")
		}
		r := runWith(nil, "", args...)
		switch {
		case !strings.Contains(line, addr):
			if r.status != exitUsage || !strings.Contains(r.stderr, "-timeout") {
				t.Errorf("%s: status %d, %s", line, r.status, r.stderr)
			}
		case r.status != exitOK:
			t.Errorf("%s: status %d\n%s%s", line, r.status, r.stdout, r.stderr)
		}
		if output != "" {
			if err := os.WriteFile(output, []byte(r.stdout), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		n++
	}
	if n < 7 {
		t.Errorf("%d commands in docs/probe.md", n)
	}
}
