package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// libraries lists the library of each test, in the order of the tables.
var libraries = []struct{ test, name string }{
	{"TestGorilla", "gorilla/websocket"},
	{"TestGobwas", "gobwas/ws"},
	{"TestCoder", "coder/websocket"},
	{"TestGWS", "lxzan/gws"},
	{"TestNbio", "lesismal/nbio"},
	{"TestXNet", "x/net/websocket"},
}

// A count is the line that one call of closetest logs at its end.
type count struct {
	library, tested                        string
	passed, known, failed, warned, skipped int
}

// A fault is an entry of a list of known failures, with the number of vectors
// and scenarios that failed for it.
type fault struct {
	library, why       string
	vectors, scenarios int
}

// A result has the results of one run of the tests.
type result struct {
	counts []count
	faults []fault
}

// runTests runs the tests of a package. It is an error if one fails.
func runTests(pkg string) (*result, error) {
	out, err := exec.Command("go", "test", "-count=1", "-json", pkg).Output()
	if err != nil {
		return nil, fmt.Errorf("go test %s: %w\n%s", pkg, err, failures(out))
	}
	return parse(out)
}

type event struct{ Action, Test, Output string }

func events(out []byte) (list []event) {
	for line := range bytes.Lines(out) {
		var e event
		if json.Unmarshal(line, &e) == nil {
			list = append(list, e)
		}
	}
	return list
}

// failures returns the output of the failed tests.
func failures(out []byte) string {
	text, failed := map[string]string{}, ""
	for _, e := range events(out) {
		text[e.Test] += e.Output
		if e.Action == "fail" {
			failed += text[e.Test]
		}
	}
	return failed
}

var (
	ended = regexp.MustCompile(`closetest: ([a-z0-9 ]+): (\d+) passed, (\d+) known, (\d+) failed(?:, (\d+) warned)?(?:, (\d+) skipped)?`)
	known = regexp.MustCompile(`: known: (.*)`)
)

// parse finds counts and faults in the output of go test -json.
func parse(out []byte) (*result, error) {
	var r result
	order := map[string]int{}
	for i, l := range libraries {
		order[l.name] = i
	}
	for _, e := range events(out) {
		test, id, _ := strings.Cut(e.Test, "/")
		i := slices.IndexFunc(libraries, func(l struct{ test, name string }) bool { return l.test == test })
		if i < 0 {
			continue
		}
		library := libraries[i].name
		if m := ended.FindStringSubmatch(e.Output); m != nil {
			c := count{library: library, tested: m[1]}
			for i, n := range []*int{&c.passed, &c.known, &c.failed, &c.warned, &c.skipped} {
				*n, _ = strconv.Atoi(m[2+i]) // "" is 0
			}
			r.counts = append(r.counts, c)
		}
		if m := known.FindStringSubmatch(e.Output); m != nil {
			i := slices.IndexFunc(r.faults, func(f fault) bool { return f.library == library && f.why == m[1] })
			if i < 0 {
				i = len(r.faults)
				r.faults = append(r.faults, fault{library: library, why: m[1]})
			}
			if strings.HasPrefix(id, "server/") || strings.HasPrefix(id, "client/") {
				r.faults[i].scenarios++
			} else {
				r.faults[i].vectors++
			}
		}
	}
	slices.SortStableFunc(r.counts, func(a, b count) int { return cmp.Compare(order[a.library], order[b.library]) })
	slices.SortFunc(r.faults, func(a, b fault) int {
		return cmp.Or(cmp.Compare(order[a.library], order[b.library]), strings.Compare(a.why, b.why))
	})
	for _, l := range libraries {
		if !slices.ContainsFunc(r.counts, func(c count) bool { return c.library == l.name }) {
			return nil, fmt.Errorf("%s has logged no count", l.test)
		}
	}
	return &r, nil
}
