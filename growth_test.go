//go:build !js && !wasip1

package closeframe_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// embedder uses everything that has assembly beneath it.
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

// TestGrowth prints what the assembly adds to a program that embeds closeframe on amd64, where there is most of it, and
// fails if that is more than 24 KiB.
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
