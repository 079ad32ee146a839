package readers

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestReaders verifies that the readers run every vector, and that exactly the
// known vectors fail.
func TestReaders(t *testing.T) {
	for _, v := range []struct {
		name    string
		command []string
		differ  []string // its version of the registry ends with 1013
	}{
		{"ws", []string{"node", "read.mjs"}, nil},
		{"wsproto", []string{"/usr/bin/python3", "read.py"}, []string{
			"payload/code-1014", "payload/code-1014-reason",
			"frame/client/code-1014", "frame/client/code-1014-reason",
			"frame/server/code-1014", "frame/server/code-1014-reason"}},
	} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			out, err := exec.Command(v.command[0], append(v.command[1:], "../../../testdata")...).CombinedOutput()
			if err != nil {
				t.Fatalf("%v (run peers/install first)\n%s", err, out)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			var differ []string
			for _, line := range lines[:len(lines)-1] {
				id, _, _ := strings.Cut(strings.TrimPrefix(line, "differs: "), " ")
				differ = append(differ, id)
			}
			if !slices.Equal(differ, v.differ) {
				t.Errorf("differs: %q\nwant: %q", differ, v.differ)
			}
			if last := lines[len(lines)-1]; !strings.HasPrefix(last, "2646 vectors, ") {
				t.Errorf("%s, want 2646 vectors", last)
			}
		})
	}
}
