package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// mixed selects a PASS, a FAIL, a WARN and a SKIP of closer.
const mixed = "^(code-1000|code-1005|code-2000|starts)$"

// TestProbeJUnit verifies that the report decodes, and that its counts are
// those of its cases.
func TestProbeJUnit(t *testing.T) {
	for _, strict := range []bool{false, true} {
		args := []string{"probe", "-format", "junit", "-run", mixed, closer(t)}
		if strict {
			args = append(args, "-strict")
		}
		r := runWith(nil, "", args...)
		var suites junitSuites
		if err := xml.Unmarshal([]byte(r.stdout), &suites); err != nil || r.status != exitInvalid {
			t.Fatalf("status %d, %v\n%s", r.status, err, r.stdout)
		}
		want := map[string]string{"code-1000": "pass", "code-1005": "FAIL", "code-2000": "pass", "starts": "skipped"}
		failures := 1
		if strict {
			want["code-2000"] = "WARN"
			failures = 2
		}
		got := map[string]string{}
		for _, c := range suites.Suite.Cases {
			got[c.Name] = "pass"
			if c.Failure != nil {
				got[c.Name] = c.Failure.Type
				if !strings.Contains(c.Failure.Message, "expected") || !strings.Contains(c.Failure.Text, "RFC 6455 §") {
					t.Errorf("%s: %+v", c.Name, c.Failure)
				}
			}
			if c.Skipped != nil {
				got[c.Name] = "skipped"
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || suites.Tests != 4 || suites.Failures != failures || suites.Suite.Failures != failures || suites.Suite.Skipped != 1 {
			t.Errorf("strict %v: cases %v, want %v\n%s", strict, got, want, r.stdout)
		}
	}
}

// TestProbeTAP verifies that the report follows the grammar of the Test
// Anything Protocol: a plan, a numbered line for each test, and indented YAML.
func TestProbeTAP(t *testing.T) {
	r := runWith(nil, "", "probe", "-format", "tap", "-run", mixed, closer(t))
	lines := strings.Split(strings.TrimSuffix(r.stdout, "\n"), "\n")
	if lines[0] != "TAP version 13" || lines[1] != "1..4" || r.status != exitInvalid {
		t.Fatalf("status %d\n%s", r.status, r.stdout)
	}
	test := regexp.MustCompile(`^(not )?ok (\d+) - (\S+)( # SKIP .+)?$`)
	got := ""
	n := 0
	for _, line := range lines[2:] {
		if strings.HasPrefix(line, "  ") {
			continue
		}
		m := test.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("line %q", line)
		}
		n++
		if m[2] != strconv.Itoa(n) {
			t.Errorf("%q is not test %d", line, n)
		}
		got += fmt.Sprintf("%s%s %v ", m[1], m[3], m[4] != "")
	}
	if want := "code-1000 false not code-1005 false code-2000 false starts true "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestProbeGitHub verifies that each cause is one annotation on one line.
func TestProbeGitHub(t *testing.T) {
	r := runWith(nil, "", "probe", "-format", "github", "-run", mixed, closer(t))
	for _, want := range []string{
		"::error title=closeframe probe%3A FAIL code-1005::got: Close 1005%0Aexpected: Close 1002%0Arule: ",
		"::warning title=closeframe probe%3A WARN code-2000::got: ",
		"\n4 scenarios: 1 PASS, 1 WARN, 1 FAIL, 1 SKIP in ",
	} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	if r.status != exitInvalid {
		t.Errorf("status %d", r.status)
	}
}

// TestProbeBaseline verifies that known failures pass, and that any change
// fails, including an improvement.
func TestProbeBaseline(t *testing.T) {
	url := closer(t)
	file := filepath.Join(t.TempDir(), "baseline.json")
	probe := func(args ...string) result {
		return runWith(nil, "", append([]string{"probe", "-run", mixed, url}, args...)...)
	}
	r := probe("-json")
	report := r.stdout
	if err := os.WriteFile(file, []byte(report), 0o666); err != nil || r.status != exitInvalid {
		t.Fatalf("status %d, %v", r.status, err)
	}
	if r := probe("-baseline", file); r.status != exitOK || !strings.Contains(r.stdout, "no change from "+file) {
		t.Errorf("status %d\n%s", r.status, r.stdout)
	}
	for _, was := range []string{"WARN", "PASS", "SKIP"} {
		var rep map[string]any
		if err := json.Unmarshal([]byte(report), &rep); err != nil {
			t.Fatal(err)
		}
		for _, r := range rep["results"].([]any) {
			if r := r.(map[string]any); r["id"] == "code-1005" {
				r["verdict"] = was
			}
		}
		b, _ := json.Marshal(rep)
		if err := os.WriteFile(file, b, 0o666); err != nil {
			t.Fatal(err)
		}
		if r := probe("-baseline", file); r.status != exitInvalid || !strings.Contains(r.stdout, "changed: code-1005 was "+was+", is FAIL\n") {
			t.Errorf("%s: status %d\n%s", was, r.status, r.stdout)
		}
		if r := probe("-baseline", file, "-format", "junit"); strings.Count(r.stdout, "<failure") != 1 {
			t.Errorf("%s:\n%s", was, r.stdout)
		}
	}
	if err := os.WriteFile(file, []byte(`{"results": []}`), 0o666); err != nil {
		t.Fatal(err)
	}
	if r := probe("-baseline", file); r.status != exitUsage || !strings.Contains(r.stderr, "no results") {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
}

// TestProbeSelection verifies -strict, -skip, -count and -failfast.
func TestProbeSelection(t *testing.T) {
	url := closer(t)
	tests := []struct {
		args   string
		status int
		want   string
	}{
		{"-run ^code-2000$", exitOK, "1 scenario: 0 PASS, 1 WARN, 0 FAIL"},
		{"-run ^code-2000$ -strict", exitInvalid, "1 WARN"},
		{"-run ^code-100[0-5]$ -skip [45]$", exitOK, "4 scenarios: 4 PASS"},
		{"-run ^code-100[05]$ -count 2", exitInvalid, "2 scenarios: 1 PASS, 0 WARN, 1 FAIL"},
		{"-run ^code-(1005|1006)$ -failfast", exitInvalid, "1 scenario: 0 PASS, 0 WARN, 1 FAIL"},
	}
	for _, test := range tests {
		r := runWith(nil, "", append(append([]string{"probe"}, strings.Fields(test.args)...), url)...)
		if r.status != test.status || !strings.Contains(r.stdout, test.want) {
			t.Errorf("%s: status %d, want %d\n%s%s", test.args, r.status, test.status, r.stdout, r.stderr)
		}
	}
}

// TestProbeChinese verifies that the output is in Chinese, except for the RFC's
// sentences.
func TestProbeChinese(t *testing.T) {
	r := runWith(nil, "", "probe", "-lang", "zh", "-run", mixed, closer(t))
	for _, want := range []string{"服务器 ws://", "收到:", "期望:", "规则:", "需要 -trigger TEXT", "4 个场景：PASS 1"} {
		want = strings.ReplaceAll(want, ":", "：")
		want = strings.ReplaceAll(want, "ws：", "ws:")
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	checkScreen(t, r.stdout, true)
}
