package docs_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWorkflows verifies that the hosted workflows pin every action to a full
// commit with its version in a comment, have read permission only unless a job
// asks for more, and name only steps that .ci/run has. Their syntax is verified by
// .ci/run actionlint.
func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(files) < 3 {
		t.Fatalf("found the workflows %q, %v", files, err)
	}
	uses := regexp.MustCompile(`(?m)^[\s-]*uses: (.*)$`)
	pinned := regexp.MustCompile(`^[\w-]+/[\w./-]+@[0-9a-f]{40} # v\d`)
	steps := regexp.MustCompile(`(?m)run: \.ci/run(.*)$`)
	ci := read(t, "../.ci/run")
	for _, f := range files {
		text := read(t, f)
		for _, m := range uses.FindAllStringSubmatch(text, -1) {
			if !pinned.MatchString(m[1]) {
				t.Errorf("%s: %s is not pinned to a commit with a version", f, m[1])
			}
		}
		if !strings.Contains(text, "\npermissions:\n  contents: read\njobs:") && !strings.Contains(text, "\npermissions:\n  contents: read\nconcurrency:") {
			t.Errorf("%s may do more than read by default", f)
		}
		for _, m := range steps.FindAllStringSubmatch(text, -1) {
			for _, step := range strings.Fields(m[1]) {
				if !strings.Contains(ci, "\nstep_"+step+"()") {
					t.Errorf("%s: .ci/run has no step %s", f, step)
				}
			}
		}
	}
}

// TestRelease verifies that CITATION.cff and the changelog name the same version.
func TestRelease(t *testing.T) {
	version := regexp.MustCompile(`(?m)^version: (.*)$`).FindStringSubmatch(read(t, "../CITATION.cff"))
	newest := regexp.MustCompile(`(?m)^## (\S+)`).FindStringSubmatch(read(t, "../CHANGELOG.md"))
	if version == nil || newest == nil || version[1] != newest[1] {
		t.Errorf("CITATION.cff has the version %q, CHANGELOG.md %q", version, newest)
	}
}
