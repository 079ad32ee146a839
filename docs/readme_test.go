package docs_test

import (
	"bufio"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/internal/probe"
)

var update = flag.Bool("update", false, "write the outputs into both READMEs instead of comparing with them")

// TestOutput runs the commands of both READMEs that are followed by their
// output, and verifies that they print it. A line "…" in a README is any
// number of lines.
func TestOutput(t *testing.T) {
	dir := t.TempDir()
	build := func(pkg string) string {
		bin := filepath.Join(dir, filepath.Base(pkg)+".exe")
		cmd := exec.Command("go", "build", "-o", bin, pkg)
		cmd.Dir = ".."
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return bin
	}
	closeframe := build("./cmd/closeframe")
	addr := startEcho(t, build("./examples/stack/echo"))
	pair := regexp.MustCompile("(?s)```sh\n([^`]*)```\n\n```text\n([^`]*)```")
	seconds := regexp.MustCompile(`\d+(\.\d+)?m?s\b`)
	for name, lang := range map[string]string{"../README.md": "C.UTF-8", "../README.zh-CN.md": "zh_CN.UTF-8"} {
		n := 0
		for _, m := range pair.FindAllStringSubmatch(read(t, name), -1) {
			command := strings.TrimSpace(m[1])
			command = command[strings.LastIndexByte(command, '\n')+1:] // a server is started before it
			args, ok := strings.CutPrefix(command, "go run ./cmd/closeframe ")
			if !ok {
				t.Errorf("%s: %q does not run closeframe", name, command)
				continue
			}
			cmd := exec.Command(closeframe, strings.Fields(strings.ReplaceAll(args, "localhost:8080", addr))...)
			cmd.Dir = ".."
			cmd.Env = append(os.Environ(), "LC_ALL=", "LC_MESSAGES=", "LANGUAGE=", "LANG="+lang)
			out, err := cmd.Output()
			if err != nil {
				t.Errorf("%s: %s: %v", name, command, err)
			}
			printed := strings.ReplaceAll(string(out), addr, "localhost:8080")
			got := seconds.ReplaceAllString(printed, "TIME")
			want := regexp.QuoteMeta(seconds.ReplaceAllString(m[2], "TIME"))
			want = strings.ReplaceAll(want, "…\n", "(?:.*\n)*")
			if !regexp.MustCompile("^" + want + "$").MatchString(got) {
				if *update && strings.Count(m[2], "…\n") < 2 {
					all := strings.Replace(read(t, name), "```text\n"+m[2]+"```", "```text\n"+shorten(printed, m[2])+"```", 1)
					if err := os.WriteFile(name, []byte(all), 0o666); err != nil {
						t.Fatal(err)
					}
					n++
					continue
				}
				t.Errorf("%s: %s prints\n%s\nwant\n%s", name, command, got, m[2])
			}
			n++
		}
		if n != 3 {
			t.Errorf("%s: %d commands with output, want 3", name, n)
		}
	}
}

// shorten returns output with the lines replaced by "…" that old replaced.
func shorten(output, old string) string {
	before, after, cut := strings.Cut(old, "…\n")
	lines := strings.SplitAfter(strings.TrimSuffix(output, "\n"), "\n")
	first, last := strings.Count(before, "\n"), strings.Count(after, "\n")
	if !cut || len(lines) < first+last {
		return output
	}
	return strings.Join(lines[:first], "") + "…\n" + strings.Join(lines[len(lines)-last:], "") + "\n"
}

// TestProbeCount verifies that every output in probe.md has as many scenarios
// as a server gets. The test in interop/peers/doc compares and writes the
// complete outputs.
func TestProbeCount(t *testing.T) {
	set, err := probe.Load()
	if err != nil {
		t.Fatal(err)
	}
	n := len(set.Choose(probe.Server, probe.Options{}))
	found := regexp.MustCompile(`(?m)^(\d+) scenarios: `).FindAllStringSubmatch(read(t, "probe.md"), -1)
	if len(found) == 0 {
		t.Error("probe.md has no output of probe")
	}
	for _, m := range found {
		if m[1] != strconv.Itoa(n) {
			t.Errorf("probe.md: %q, want %d: run go test ./peers/doc -update in interop", m[0], n)
		}
	}
}

// startEcho starts the echo server until the test ends and returns its address.
func startEcho(t *testing.T, bin string) string {
	cmd := exec.Command(bin, "-listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line[strings.LastIndexByte(line, ' ')+1:])
}

// TestEmbeddingCheckout verifies that the README's commands for embedding a
// checkout work in a module of an older Go with a proxy that does not serve
// closeframe, and that a program builds there.
func TestEmbeddingCheckout(t *testing.T) {
	commands := regexp.MustCompile("(?s)```sh\n(go mod edit .*?)```").FindStringSubmatch(read(t, "../README.md"))
	if commands == nil {
		t.Fatal("the README does not say how to embed a checkout")
	}
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "not published", http.StatusForbidden)
	}))
	defer proxy.Close()
	for name, text := range map[string]string{
		"go.mod":  "module example.com/embedder\n\ngo 1.22\n",
		"main.go": "package main\n\nimport _ \"github.com/closeframe/closeframe/closeconn\"\n\nfunc main() {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(commands[1] + "go build -o " + os.DevNull + " .\n") {
		args := strings.Fields(strings.ReplaceAll(line, "=../closeframe", "="+checkout))
		if len(args) == 0 {
			continue
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOPROXY="+proxy.URL, "GOFLAGS=", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s%v\n%s", line, err, out)
		}
	}
}
