package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestLabUsage(t *testing.T) {
	tests := []struct{ args, stderr string }{
		{"lab -addr 0.0.0.0:0", "other machines"},
		{"lab -addr :6455", "other machines"},
		{"lab -addr 192.0.2.1:80", "other machines"},
		{"lab -addr example.com:80", "other machines"},
		{"lab -addr 127.0.0.1", "not a host and a port"},
		{"lab -lang zh -addr 127.0.0.1", "这样的主机和端口"},
		{"lab -lang zh -addr :6455", "仅供本机使用"},
		{"lab -lang %%", "not supported"},
		{"lab now", "takes no arguments"},
	}
	for _, tt := range tests {
		r := runWith(nil, "", strings.Fields(tt.args)...)
		if r.status != exitUsage || r.stdout != "" || !strings.Contains(r.stderr, tt.stderr) {
			t.Errorf("%s: %+v", tt.args, r)
		}
	}
}

// TestLabProcess runs the program in a process of its own, opens the page that
// it names, and interrupts it.
func TestLabProcess(t *testing.T) {
	if os.Getenv("CLOSEFRAME_LAB") != "" {
		os.Exit(run([]string{"lab", "-addr", "127.0.0.1:0", "-lang", "zh", "-open"}, os.Stdin, os.Stdout, os.Stderr, os.Getenv))
	}
	if runtime.GOOS == "windows" {
		t.Skip("one process cannot interrupt another there")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{exe, "-test.run=^TestLabProcess$"}
	if emulator := os.Getenv("CLOSEFRAME_EXEC"); emulator != "" {
		args = append([]string{emulator}, args...) // the emulator that runs this binary, if any
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "CLOSEFRAME_LAB=1", "PATH=") // no browser is found
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	giveUp := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
	defer giveUp.Stop()

	line, err := bufio.NewReader(stdout).ReadString('\n')
	m := regexp.MustCompile(`http://127\.0\.0\.1:\d+/\?lang=zh-Hans`).FindString(line)
	if err != nil || m == "" {
		t.Fatalf("%q, %v", line, err)
	}
	r, err := http.Get(m)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if b, err := io.ReadAll(r.Body); err != nil || !strings.Contains(string(b), `lang="zh-Hans"`) {
		t.Errorf("%s, %v", b, err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, &stderr)
	}
	if want := "无法打开浏览器"; runtime.GOOS == "linux" && !strings.Contains(stderr.String(), want) {
		t.Errorf("%q, want %q", &stderr, want)
	}
}
