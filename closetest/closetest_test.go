//go:build !js && !wasip1

package closetest_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/internal/vectors"
)

var update = flag.Bool("update", false, "write the number of vectors to docs/testing.md and its translation")

// run runs the tests of a directory in testdata and returns their output by the
// name of the test.
func run(t *testing.T, dir string) map[string]string {
	t.Helper()
	args := []string{"test", "-count=1", "-json", "-tags=planted", "./testdata/" + dir}
	if f := flag.Lookup("test.gocoverdir"); f != nil && f.Value.String() != "" {
		// Coverage is measured: count the statements that the child runs.
		args = append(args, "-coverpkg=github.com/closeframe/closeframe/closetest", "-args", "-test.gocoverdir="+f.Value.String())
	}
	b, err := exec.Command("go", args...).Output()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		t.Fatal(err)
	}
	out := make(map[string]string)
	for line := range strings.Lines(string(b)) {
		var event struct{ Test, Output string }
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		name, _, _ := strings.Cut(event.Test, "/")
		out[name] += event.Output
	}
	if strings.Contains(out[""], "[build failed]") {
		t.Fatal(out[""])
	}
	return out
}

// has fails the test unless the output contains every text, in this order.
func has(t *testing.T, out string, texts ...string) {
	t.Helper()
	rest := out
	for _, text := range texts {
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			t.Errorf("no %q in its place in:\n%s", text, out)
			return
		}
		rest = after
	}
}

// TestNewcomer verifies that a test of a few lines finds a fault and says which
// rule it breaks.
func TestNewcomer(t *testing.T) {
	t.Parallel()
	out := run(t, "newcomer")["TestClose"]
	counts := fmt.Sprintf("closetest: payloads: %d passed, 0 known, 4 failed\n", len(vectors.Payloads())-4)
	has(t, out,
		"close_test.go:21: payload/one-byte-03\n",
		"given:    03 (1 byte)\n",
		"expected: an error, failing with 1002: the payload is half a status code\n",
		`got:      code 1005, reason ""`+"\n",
		"rule:     RFC 6455 §5.5.1 (R14, MUST): the payload of a Close is empty or begins with a status code of two bytes; a payload of one byte is invalid\n",
		counts,
		"RFC 6455 §5.5.1 (R14, MUST): 4 failed, such as payload/one-byte-00\n")
	if *update {
		for _, name := range []string{"../docs/testing.md", "../docs/testing.zh-CN.md"} {
			doc, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			doc = regexp.MustCompile(`closetest: payloads: .*\n`).ReplaceAll(doc, []byte(counts))
			if err := os.WriteFile(name, doc, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	doc, err := os.ReadFile("../docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	_, excerpt, _ := strings.Cut(string(doc), "```\nclose_test.go:")
	excerpt, _, _ = strings.Cut(excerpt, "```\n")
	if strings.Count(excerpt, "\n") < 5 {
		t.Errorf("docs/testing.md has no excerpt of the output")
	}
	for line := range strings.Lines(excerpt) {
		if line = strings.TrimSpace(line); line != "..." && !strings.Contains(out, line+"\n") {
			t.Errorf("docs/testing.md has %q, which is not in:\n%s", line, out)
		}
	}
	if n := strings.Count(out, "--- FAIL: TestClose/payload/"); n != 4 {
		t.Errorf("%d subtests fail, want 4:\n%s", n, out)
	}
}

// TestLists verifies the options and the output of failures.
func TestLists(t *testing.T) {
	t.Parallel()
	out := run(t, "lists")
	for _, v := range []struct {
		name  string
		texts []string
	}{
		{"TestKnownGood", []string{"known: half a code is accepted as none", "rule:", fmt.Sprintf("closetest: payloads: %d passed, 7 known, 0 failed", len(vectors.Payloads())-7)}},
		{"TestRunGood", []string{"closetest: payloads: 8 passed, 2 known, 0 failed"}},
		{"TestKnownPasses", []string{"payload/code-1000 passes, but is listed as known to fail (an old list)", "0 passed, 0 known, 1 failed"}},
		{"TestKnownNothing", []string{`Known("a typing error", "payload/one-bite-*"): no vector or scenario has this id`}},
		{"TestBadPattern", []string{`Run("("): error parsing regexp`}},
		{"TestBadSkip", []string{`Skip(")"): error parsing regexp`}},
		{"TestRunNothing", []string{`Run("one-bite"): no vector or scenario has a matching id`}},
		{"TestSkipNothing", []string{`Skip("one-bite"): no vector or scenario has a matching id`}},
		{"TestClientPanics", []string{"no result: connect: panic: no client today", "lists.TestClientPanics", "no result: connect: panic: the client is done"}},
		{"TestHandlerPanics", []string{"times, first with: no handler today", "lists.TestHandlerPanics"}},
		{"TestHandlerSilent", []string{"closetest: the server sent no Close frame in any scenario, and the wait was 100ms"}},
		{"TestHandlerUnasked", []string{"closetest: nothing was tested: the server closed the connection before anything was sent: Close 4001"}},
		{"TestClientUnasked", []string{"closetest: nothing was tested: the client closed each connection before anything was sent"}},
		{"TestPanics", []string{"payload/text-for-a-code", "got:      panic: not a code", "lists.lenient", "rule:"}},
		{"TestRegistry", []string{`got:      error "unknown code"`, "rule:     IANA", "note:     a matter of interpretation"}},
		{"TestAnswer", []string{"expected: an error, failing with 1007: the reason is not valid UTF-8", `got:      error "`, ", failing with 1002", "rule:     RFC 3629 §3 (U03, definition)", "only the code differs"}},
		{"TestAnswerUntoldGood", []string{"1 passed"}},
		{"TestAnswerOtherGood", []string{"client frames: 1 passed, 0 known, 0 failed"}},
		{"TestLeaves", []string{
			"payload/ascii-126\n", "note:     a parser of payloads need not check this if the one of frame headers does",
			"payload/code-and-text-invalid\n", "note:     a matter of interpretation: there are two faults",
			"payloads: 0 passed, 0 known, 2 failed"}},
		{"TestFrames", []string{
			"given:    88 80 37 (3 bytes)", "expected: an error: the frame is incomplete", "(P03, definition)",
			"given:    01 82", "expected: an error: not a Close frame", "(P02, definition)",
			"given:    88 00 (2 bytes)", "failing with 1002: the frame of a client is not masked", "RFC 6455 §5.1 (R02, MUST)",
			"server frames: 0 passed, 0 known, 3 failed",
			"given:    88 7e 00 02 (4 bytes)", "failing with 1002 or 1009: the payload is longer", `got:      code 1000, reason "bye"`, "RFC 6455 §5.2 (R08, MUST)",
			"client frames: 0 passed, 0 known, 1 failed"}},
		{"TestEncoder", []string{
			`given:    code 1005, reason ""`, "expected: no bytes", "got:      03 ed (2 bytes)", "note:     a matter of interpretation",
			"given:    code 1006", "expected: an error: the status code must not be sent", "RFC 6455 §7.4.1 (R47, MUST NOT)",
			"encoder: 1 passed, 0 known, 2 failed"}},
		{"TestEncoderRefuses", []string{
			"encode/code-1000\n", "expected: 03 e8 (2 bytes)", `got:      error "no codes today"`,
			"encoder: 1 passed, 0 known, 1 failed"}},
		{"FuzzSeed", []string{"c0af decodes to U+002F"}},
		{"TestFault", []string{
			"frame/client/code-999\n", `(the fault "invalid_code")`, `(the fault "invalid_utf8")`, "note:     a matter of interpretation",
			"frame/client/part-1-of-2\n", `(the fault "incomplete")`, "(no fault is told)",
			"frame/client/length-1-whole\n", `(the fault "short")`, `(the fault "incomplete")`,
			"client frames: 1 passed, 0 known, 3 failed"}},
		{"TestFaultGood", []string{"client frames: 22 passed, 0 known, 0 failed"}},
		{"TestHandler", []string{
			"needs the option Trigger",
			"FAIL one-byte-03: Close with a payload of one byte, 03", "sent:     Close (1 byte: 03)", "88 81 37 fa 21 3d 34 (7 bytes)",
			"received: Close 1000", "expected: unmasked frames from a server", "got:      a masked frame: Close 1000", "RFC 6455 §5.1 (R03, MUST NOT)"}},
		{"TestHandler", []string{ // scenarios are played in parallel, so they are printed in any order
			"WARN code-1001", "expected: Close 1001", "got:      Close 1000", "note:     a WARN",
			"server: 1 passed, 0 known, 1 failed, 1 warned, 1 skipped", "RFC 6455 §5.1 (R03, MUST NOT): 1 failed, such as one-byte-03"}},
		{"TestHandlerLong", []string{"WARN long-128", "sent:     ", "... (the first 40 of 136 bytes)", "got:      Close 1000"}},
		{"TestHandlerStrict", []string{"WARN code-1001", "server: 0 passed, 0 known, 1 failed"}},
		{"TestHandlerGood", []string{"known: answers everything with 1000", "FAIL one-byte-03", "server: 1 passed, 1 known, 0 failed"}},
		{"TestKnownWarns", []string{"code-1001 is a WARN, but is listed as known to fail (an old list): remove it from Known, or use Strict"}},
		{"TestNoServer", []string{"no result: dial tcp 127.0.0.1:1: "}},
		{"TestNoURL", []string{`"http://127.0.0.1:1/": not a ws://, wss:// or ws+unix: URL`}},
		{"TestNoClient", []string{"no result: connect returned without connecting to ws://127.0.0.1:"}},
		{"TestClientWaits", []string{"no result: connect did not connect to ws://127.0.0.1:", "i/o timeout"}},
		{"TestClientHangsUp", []string{"no result: connect did not complete the opening handshake with ws://127.0.0.1:"}},
		{"TestClientStays", []string{"no result: connect has not returned 1s after the connection ended"}},
		{"TestText", []string{
			"utf8/u+0080", "given:    c2 80 (2 bytes)", "expected: valid UTF-8", "got:      invalid UTF-8", "RFC 3629 §4 (U04, definition)",
			"utf8/never-c0/alone", "expected: invalid UTF-8 at offset 0", "utf8: 1 passed, 0 known, 2 failed"}},
	} {
		t.Run(v.name, func(t *testing.T) {
			out := out[v.name]
			if good := strings.Contains(out, "--- PASS: "+v.name+" ("); good != strings.HasSuffix(v.name, "Good") {
				t.Errorf("passes: %v:\n%s", good, out)
			}
			has(t, out, v.texts...)
		})
	}
}

// TestExamples runs the tests in the examples.
func TestExamples(t *testing.T) {
	t.Parallel()
	for name, example := range map[string]func(){
		"Payloads": ExamplePayloads, "ServerFrames": ExampleServerFrames, "ClientFrames": ExampleClientFrames,
		"Encoder": ExampleEncoder, "UTF8": ExampleUTF8, "Fault": ExampleFault, "Known": ExampleKnown,
		"Handler": ExampleHandler, "Server": ExampleServer, "Client": ExampleClient, "TLS": ExampleTLS, "Skip": ExampleSkip,
	} {
		example()
		t.Run(name, test)
	}
}
