package main

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestExplainCases verifies the code that explain finds in each of the collected
// texts, in both languages.
func TestExplainCases(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("internal/names/testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Cases []struct {
			Text string
			Code int
		}
	}
	if err := json.Unmarshal(b, &f); err != nil || len(f.Cases) == 0 {
		t.Fatal(err)
	}
	for _, c := range f.Cases {
		for _, lang := range []string{"en", "zh"} {
			r := runWith(nil, "", "explain", "-lang", lang, c.Text)
			if c.Code == 0 {
				if r.status != exitUsage || r.stdout != "" || r.stderr == "" {
					t.Errorf("%s: status %d, %s%s", c.Text, r.status, r.stdout, r.stderr)
				}
				continue
			}
			if r.status != exitOK || r.stderr != "" || !strings.HasPrefix(r.stdout, strconv.Itoa(c.Code)+" ") {
				t.Errorf("%s: status %d, %.40s%s, want %d", c.Text, r.status, r.stdout, r.stderr, c.Code)
			}
			checkScreen(t, r.stdout, true)
		}
	}
}

// TestExplainInput verifies that a text is read from standard input.
func TestExplainInput(t *testing.T) {
	r := runWith(nil, "read: websocket: close 1001 (going away)\n", "explain", "-json", "-")
	var list []explanation
	if err := json.Unmarshal([]byte(r.stdout), &list); err != nil || len(list) != 1 || list[0].Code != 1001 {
		t.Errorf("%v: %s%s", err, r.stdout, r.stderr)
	}
}
