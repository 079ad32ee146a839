//go:build !js && !wasip1

package main

import "testing"

// TestRules verifies that every testable rule of testdata/rules.json has a
// test, and that docs/conformance.md is up to date.
func TestRules(t *testing.T) {
	figures, err := showRules()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(figures)
}

// TestAPI verifies that the exported names are those of api.txt, and that each
// has a comment and appears in an example.
func TestAPI(t *testing.T) {
	figures, err := showAPI()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(figures)
}

// TestBounds verifies that the remaining bounds checks are those of
// bounds.json.
func TestBounds(t *testing.T) {
	figures, err := showBounds()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(figures)
}

// TestPromises verifies that every promise of SECURITY.md names existing tests.
func TestPromises(t *testing.T) {
	if _, _, err := promised(); err != nil {
		t.Fatal(err)
	}
}

// TestCheck verifies that the check reports what is missing.
func TestCheck(t *testing.T) {
	tr, err := readTree(root())
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.check(); err != nil {
		t.Fatal(err)
	}
	kept := tr.tests["R57"]
	delete(tr.tests, "R57")
	if tr.check() == nil {
		t.Error("a rule without a test is not noticed")
	}
	tr.tests["R57"], tr.tests["R999"] = kept, kept
	if tr.check() == nil {
		t.Error("a test that shows a rule that there is not is not noticed")
	}
	delete(tr.tests, "R999")
	delete(tr.tests, "utf8.json")
	if tr.check() == nil {
		t.Error("vectors that no test runs are not noticed")
	}
}
