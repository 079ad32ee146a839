package browsers

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/interop/browsers/browser"
)

// TestWasm runs Go test binaries compiled for GOOS=js in each browser: the
// tests of the conversion in closeevent, and one with real events.
//
// Shows: W05 W08
func TestWasm(t *testing.T) {
	t.Parallel()
	translation := build(t, "github.com/closeframe/closeframe/closeevent")
	realEvents := build(t, "github.com/closeframe/closeframe/interop/browsers/wasm")
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, name)
			s.wasm(t, translation, nil, "TestFromJS", "TestFromJSPanics", "TestJS")

			var connections []map[string]any
			for _, c := range []struct {
				steps []step
				event closeevent.Event
				not   string // a browser that fires another event
			}{
				{send("\x88\x05\x03\xf4bye"), closeevent.Event{Code: 1012, Reason: "bye", WasClean: true}, browser.WebKitGTK},
				{send("\x88\x08\x0f\xa1再见"), closeevent.Event{Code: 4001, Reason: "再见", WasClean: true}, ""},
				{send("\x88\x06\x03\xe8\xef\xbb\xbf\x00"), closeevent.Event{Code: 1000, Reason: "\ufeff\x00", WasClean: true}, browser.WebKitGTK},
				{send("\x88\x00"), closeevent.Event{Code: 1005, WasClean: true}, ""},
				{send("\x88\x03\x03\xe8\xff"), closeevent.Event{Code: 1006}, ""},
				{[]step{{"end", nil}}, closeevent.Event{Code: 1006}, ""},
			} {
				if c.not == name {
					continue
				}
				path, _ := s.expect((&rawEnd{steps: c.steps, limit: 15 * time.Second}).serve)
				connections = append(connections, map[string]any{
					"url":  "ws" + strings.TrimPrefix(s.url(), "http") + path[1:],
					"code": c.event.Code, "reason": c.event.Reason, "wasClean": c.event.WasClean,
				})
			}
			s.wasm(t, realEvents, connections, "TestRealEvents")
		})
	}
}

// send returns the steps of a server that sends b and waits for the answer.
func send(b string) []step { return []step{{"send", []byte(b)}, {"await", nil}} }

// build compiles the tests of a package for GOOS=js and returns the binary.
func build(t *testing.T, pkg string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.wasm")
	cmd := exec.Command("go", "test", "-c", "-o", file, pkg)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wasm runs the named tests of a binary in the browser. Each must run and pass.
func (s *session) wasm(t *testing.T, binary []byte, connections any, tests ...string) {
	t.Helper()
	path, _ := s.expect(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/wasm")
		w.Write(binary)
	})
	argument := map[string]any{
		"binary":      path,
		"args":        []string{"test", "-test.v", "-test.timeout=60s", "-test.run=^(" + strings.Join(tests, "|") + ")$"},
		"connections": connections,
	}
	var result struct {
		Code   int
		Output string
	}
	if err := s.call(s.ctx, "main", "wasm", argument, &result); err != nil {
		t.Fatal(err)
	}
	if result.Code != 0 {
		t.Errorf("exit code %d:\n%s", result.Code, result.Output)
	}
	for _, test := range tests {
		if !strings.Contains(result.Output, "\n--- PASS: "+test+" (") {
			t.Errorf("%s did not pass:\n%s", test, result.Output)
		}
	}
	if !t.Failed() {
		t.Logf("%v ran %s", s.Program, strings.Join(tests, ", "))
	}
}
