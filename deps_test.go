//go:build !js && !wasip1

package closeframe_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed has the packages for embedders, and what each of them may import.
var allowed = map[string][]string{
	"internal/kernel": {"math/bits", "unsafe"},
	"closecode":       {"strconv", "time"},
	"utf8check":       {module + "internal/kernel"},
	"closeevent":      {module + "closecode", module + "frame", "strconv", "syscall/js"},
	"frame":           {module + "closecode", module + "internal/kernel", module + "utf8check", "io", "math/bits", "strconv"},
}

const module = "github.com/closeframe/closeframe/"

// forbidden are packages that are not to come in by way of others either:
// they make binaries big, or do I/O.
var forbidden = []string{"fmt", "reflect", "net", "context", "os", "log", "encoding", "strings", "sort"}

// TestDeps is for embedders getting nothing that they do not use: on amd64, on
// arm64, where there is no assembly, without it, and in a browser.
func TestDeps(t *testing.T) {
	for _, on := range []struct{ os, arch, tags string }{
		{"linux", "amd64", ""},
		{"linux", "amd64", "purego"},
		{"linux", "arm64", ""},
		{"linux", "386", ""},
		{"js", "wasm", ""},
		{"wasip1", "wasm", ""},
	} {
		list := func(args ...string) []string {
			return list(t, []string{"GOOS=" + on.os, "GOARCH=" + on.arch}, append([]string{"-tags=" + on.tags}, args...)...)
		}
		for pkg, imports := range allowed {
			for _, dep := range list("-f", `{{join .Imports "\n"}}`, module+pkg) {
				if !slices.Contains(imports, dep) {
					t.Errorf("%v: %s imports %s", on, pkg, dep)
				}
			}
			for _, dep := range list("-deps", module+pkg) {
				first, _, _ := strings.Cut(dep, "/")
				switch {
				case strings.HasPrefix(dep, module):
					if allowed[strings.TrimPrefix(dep, module)] == nil {
						t.Errorf("%v: %s needs %s", on, pkg, dep)
					}
				case strings.Contains(first, "."):
					t.Errorf("%v: %s needs %s, of another module", on, pkg, dep)
				case slices.Contains(forbidden, first):
					t.Errorf("%v: %s needs %s", on, pkg, dep)
				}
			}
		}
	}
}

// list returns the words that go list prints.
func list(t *testing.T, env []string, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// TestKernelImporters is for all use of the kernels, which check nothing,
// being in the two packages that check.
func TestKernelImporters(t *testing.T) {
	importers := list(t, nil, "-f", `{{$p := .ImportPath}}{{range .Imports}}{{if eq . "`+module+`internal/kernel"}}{{$p}} {{end}}{{end}}`, "./...")
	if want := []string{module + "frame", module + "utf8check"}; !slices.Equal(importers, want) {
		t.Errorf("internal/kernel is imported by %q, want %q", importers, want)
	}
}

// TestCloseconnDeps is for closeconn, which does I/O and so uses more of the
// standard library, bringing in no other module either.
func TestCloseconnDeps(t *testing.T) {
	for _, dep := range list(t, nil, "-deps", module+"closeconn") {
		if first, _, _ := strings.Cut(dep, "/"); strings.Contains(first, ".") && !strings.HasPrefix(dep, module) {
			t.Errorf("closeconn needs %s, of another module", dep)
		}
	}
}
