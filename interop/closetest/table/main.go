// Command table runs the tests of interop/closetest and writes what they count
// into docs/testing.md. It runs in interop:
//
//	go run ./closetest/table
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
)

const (
	doc   = "../docs/testing.md"
	begin = "<!-- libraries: go run ./closetest/table -->\n"
	end   = "<!-- end -->"
)

var names = map[string]string{
	"TestCoder": "coder/websocket", "TestGobwas": "gobwas/ws", "TestGorilla": "gorilla/websocket",
	"TestGWS": "lxzan/gws", "TestNbio": "lesismal/nbio", "TestXNet": "x/net/websocket",
}

var (
	started = regexp.MustCompile(`^=== (?:RUN|NAME) +(\w+)`)
	summary = regexp.MustCompile(`closetest: ([a-z ]+): (\d+) passed, (\d+) known, (\d+) failed(?:, (\d+) warned)?(?:, (\d+) skipped)?`)
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

func run() error {
	out, err := exec.Command("go", "test", "-count=1", "-v", "./closetest").CombinedOutput()
	if err != nil {
		return fmt.Errorf("go test ./closetest: %w\n%s", err, out)
	}
	var b bytes.Buffer
	b.WriteString("| library | tested | passed | known to fail | unknown | WARN | skipped |\n|---|---|---|---|---|---|---|\n")
	test := ""
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		if m := started.FindStringSubmatch(s.Text()); m != nil {
			test = m[1]
		}
		if m := summary.FindStringSubmatch(s.Text()); m != nil {
			for i := 5; i <= 6; i++ {
				if m[i] == "" {
					m[i] = "0"
				}
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", names[test], m[1], m[2], m[3], m[4], m[5], m[6])
		}
	}
	text, err := os.ReadFile(doc)
	if err != nil {
		return err
	}
	i, j := bytes.Index(text, []byte(begin)), bytes.LastIndex(text, []byte(end))
	if i < 0 || j < i {
		return fmt.Errorf("%s has no place for the table", doc)
	}
	i += len(begin)
	fmt.Print(b.String())
	return os.WriteFile(doc, append(append(append([]byte{}, text[:i]...), b.Bytes()...), text[j:]...), 0o666)
}
