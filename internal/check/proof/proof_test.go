//go:build !js && !wasip1

package main

import "testing"

// TestRules is for every rule of testdata/rules.json that can be shown having a
// test, and for docs/conformance.md being up to date.
func TestRules(t *testing.T) {
	figures, err := showRules()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(figures)
}

// TestAPI is for the exported names being those of api.txt, each with a comment
// and in an example.
func TestAPI(t *testing.T) {
	figures, err := showAPI()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(figures)
}

// TestBounds is for the bounds checks that remain in the code being those of
// bounds.json.
func TestBounds(t *testing.T) {
	figures, err := showBounds()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(figures)
}

// TestPromises is for every promise of SECURITY.md naming tests that there are.
func TestPromises(t *testing.T) {
	if _, _, err := promised(); err != nil {
		t.Fatal(err)
	}
}

// TestCheck is for the check noticing what is missing.
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
	tr.tests["R57"], tr.tests["R99"] = kept, kept
	if tr.check() == nil {
		t.Error("a test that shows a rule that there is not is not noticed")
	}
	delete(tr.tests, "R99")
	delete(tr.tests, "utf8.json")
	if tr.check() == nil {
		t.Error("vectors that no test runs are not noticed")
	}
}
