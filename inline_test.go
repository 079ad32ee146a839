//go:build !js && !wasip1

package closeframe_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// calls has a call of every function that is to cost its caller none.
const calls = `package p

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

// TestInlining asks the compiler what it makes of the calls.
func TestInlining(t *testing.T) {
	// A file of no package in the module can import the module's, as long as
	// the go command runs inside it.
	file := filepath.Join(t.TempDir(), "calls.go")
	if err := os.WriteFile(file, []byte(calls), 0o666); err != nil {
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
