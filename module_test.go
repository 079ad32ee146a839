//go:build !js && !wasip1

package closeframe_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The tests of the module as a whole: what imports what, which calls the compiler
// inlines, and how much a program grows.

const module = "github.com/closeframe/closeframe/"

// core lists the packages that embedders link, with everything that each may
// import. None of them does I/O, which keeps programs small.
var core = map[string][]string{
	"closecode":       {"strconv", "time"},
	"internal/kernel": {"math/bits", "runtime", "unsafe"},
	"utf8check":       {module + "internal/kernel"},
	"frame":           {module + "closecode", module + "internal/kernel", module + "utf8check", "math/bits", "strconv"},
	"closeevent":      {module + "closecode", module + "frame", module + "utf8check", "strconv", "syscall/js"},
	"closetap":        {module + "closecode", module + "closeevent", module + "frame", module + "utf8check", "errors", "strconv", "time"},
}

// forbidden lists packages that a core package must not import even indirectly.
var forbidden = []string{"fmt", "reflect", "net", "context", "os", "log", "encoding", "strings", "sort"}

// TestCoreImports verifies that embedders link only the packages in core, on
// every kind of platform with its own code.
func TestCoreImports(t *testing.T) {
	for _, on := range []struct{ os, arch, tags string }{
		{"linux", "amd64", ""},
		{"linux", "amd64", "purego"},
		{"linux", "arm64", ""},
		{"linux", "386", ""},
		{"js", "wasm", ""},
	} {
		env := []string{"GOOS=" + on.os, "GOARCH=" + on.arch}
		for _, p := range packages(t, env, "-tags="+on.tags, "-deps", "./closetap", "./closeevent") {
			name, ours := strings.CutPrefix(p.ImportPath, module)
			if !ours {
				first, _, _ := strings.Cut(p.ImportPath, "/")
				if strings.Contains(first, ".") || slices.Contains(forbidden, first) {
					t.Errorf("%v: the core needs %s", on, p.ImportPath)
				}
				continue
			}
			for _, dep := range p.Imports {
				if !slices.Contains(core[name], dep) {
					t.Errorf("%v: %s imports %s", on, name, dep)
				}
			}
		}
	}
}

// ladder lists the packages of the module from the bottom up. A package may
// import only those before it and those of its own rung. The last rung is for
// everything else.
var ladder = [][]string{
	{"internal/kernel", "closecode"},
	{"utf8check"},
	{"frame"},
	{"closeevent"},
	{"closetap"},
	{"closeconn"},
	{"testdata"},
	{"internal/catalog"},
	{"internal/catalog/match"},
	{"closecode/describe", "internal/vectors"},
	{"internal/probe"},
	{"closetest"},
	{"examples/"},
	{"cmd/"},
}

func rung(pkg string) int {
	for i, names := range ladder {
		for _, name := range names {
			if pkg == name || strings.HasSuffix(name, "/") && strings.HasPrefix(pkg, name) {
				return i
			}
		}
	}
	return len(ladder)
}

// public reports whether pkg, a path within the module, is for users to import.
func public(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	return slices.Contains([]string{"closecode", "utf8check", "frame", "closeevent", "closeconn", "closetap", "closetest"}, first)
}

// TestImports verifies the import rules in CONTRIBUTING.md.
func TestImports(t *testing.T) {
	for _, p := range packages(t, nil, "./...") {
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, path := range p.Imports {
			dep, ours := strings.CutPrefix(path, module)
			switch {
			case strings.HasPrefix(path, "golang.org/x/text/"):
				if name != "closecode/describe" && name != "internal/catalog/match" && !strings.HasPrefix(name, "cmd/") {
					t.Errorf("%s imports %s: only texts for people need it", name, path)
				}
			case !ours && strings.Contains(strings.Split(path, "/")[0], "."):
				t.Errorf("%s imports %s: dependencies belong in interop/", name, path)
			case !ours:
			case dep == "internal/kernel" && name != "utf8check" && name != "frame":
				t.Errorf("%s imports %s: it trusts its callers, which are utf8check and frame", name, dep)
			case rung(dep) > rung(name):
				t.Errorf("%s imports %s, which is above it", name, dep)
			case strings.HasPrefix(name, "examples/") && !public(dep) && !strings.HasPrefix(dep, "examples/"):
				t.Errorf("%s imports %s, which users cannot", name, dep)
			}
		}
	}
}

// TestCommandEmbedsNoVectors verifies that the command does not embed the test
// vectors.
func TestCommandEmbedsNoVectors(t *testing.T) {
	for _, p := range packages(t, nil, "-deps", "./cmd/closeframe") {
		if p.ImportPath == module+"internal/vectors" || p.ImportPath == module+"closetest" {
			t.Errorf("cmd/closeframe needs %s", p.ImportPath)
		}
	}
}

// TestConformanceKitImports verifies that closetest adds no other module to the
// tests of its users.
func TestConformanceKitImports(t *testing.T) {
	for _, p := range packages(t, nil, "-deps", "./closetest") {
		first, _, _ := strings.Cut(p.ImportPath, "/")
		if strings.Contains(first, ".") && !strings.HasPrefix(p.ImportPath, module) {
			t.Errorf("closetest needs %s", p.ImportPath)
		}
	}
}

// A listed is a package as go list describes it.
type listed struct {
	ImportPath string
	Imports    []string
}

// packages runs go list.
func packages(t *testing.T, env []string, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all []listed
	for d := json.NewDecoder(out); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return all
}

// inlined calls every function that must be inlined.
const inlined = `package p

import (
	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

func a(c closecode.Code) bool            { return c.Valid() }
func b(c closecode.Code) bool            { return c.Scriptable() }
func c(c closecode.Code) closecode.Class { return c.Class() }
func d(c closecode.Code) string          { return c.Name() }
func e(e frame.Error) closecode.Code     { return e.Code() }
func h(s []byte) bool                    { return utf8check.Valid(s) }
func i(s string) bool                    { return utf8check.Valid(s) }
func j(s []byte) int                     { return utf8check.IndexInvalid(s) }
func k(s string) int                     { return utf8check.IndexInvalid(s) }
func l(s *utf8check.Stream) bool         { return s.Complete() }
func m(s *utf8check.Stream)              { s.Reset() }
`

// TestInlining verifies that the compiler inlines these calls.
func TestInlining(t *testing.T) {
	// A file outside the module can import its packages if the go command runs
	// inside the module.
	file := filepath.Join(t.TempDir(), "calls.go")
	if err := os.WriteFile(file, []byte(inlined), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "build", "-o", os.DevNull, "-gcflags=-m", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{
		"closecode.Code.Valid",
		"closecode.Code.Scriptable",
		"closecode.Code.Class",
		"closecode.Code.Name",
		"frame.Error.Code",
		"utf8check.Valid[go.shape.[]uint8]",
		"utf8check.Valid[go.shape.string]",
		"kernel.Valid", // by utf8check.Valid, though this program does not import kernel
		"utf8check.IndexInvalid[go.shape.[]uint8]",
		"utf8check.IndexInvalid[go.shape.string]",
		"utf8check.(*Stream).Complete",
		"utf8check.(*Stream).Reset",
	} {
		if !strings.Contains(string(out), "inlining call to "+name+"\n") {
			t.Errorf("a call of %s is not inlined:\n%s", name, out)
		}
	}
}

// embedder uses every function that calls assembly.
const embedder = `package main

import (
	"os"

	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

func main() {
	b := make([]byte, frame.MaxSize)
	n, _ := os.Stdin.Read(b)
	c, _, err := frame.ParseMasked(b[6:6], b[:n])
	var s utf8check.Stream
	if err == nil && s.Next(c.Reason) && s.NextMasked(b, [4]byte{}, 0) && utf8check.Valid(os.Args[0]) {
		b, _ = frame.AppendMasked(nil, [4]byte{}, c.Code, utf8check.Truncate(c.Reason))
		os.Stdout.Write(b[:frame.Mask(b, [4]byte{}, 0)])
	}
}
`

// TestGrowth prints the size that assembly adds to a program that embeds
// closeframe on amd64, which has the most assembly, and fails above 24 KiB.
func TestGrowth(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte(embedder), 0o666); err != nil {
		t.Fatal(err)
	}
	size := func(tags string) int64 {
		exe := filepath.Join(dir, "embedder"+tags)
		cmd := exec.Command("go", "build", "-tags="+tags, "-o", exe, file)
		cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		info, err := os.Stat(exe)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	with, without := size(""), size("purego")
	t.Logf("%d bytes, %d without assembly: %+d", with, without, with-without)
	if with-without > 24<<10 {
		t.Errorf("the assembly adds %d bytes", with-without)
	}
}

// copier copies a Handshake.
const copier = `package p

import "github.com/closeframe/closeframe/closeevent"

func f(h *closeevent.Handshake) closeevent.Handshake {
	c := *h
	c.TransportClosed()
	return c
}
`

// TestVetReportsCopies verifies that go vet reports a copied Handshake.
func TestVetReportsCopies(t *testing.T) {
	file := filepath.Join(t.TempDir(), "copier.go")
	if err := os.WriteFile(file, []byte(copier), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "vet", file).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "assignment copies lock value to c") {
		t.Errorf("go vet printed (%v):\n%s", err, out)
	}
}
