package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// showExhaustive runs the exhaustive tests completely, including the parts that
// go test omits because they take too long.
func showExhaustive() (string, error) {
	r, err := goTest(nil, "./closecode", "./frame", "./closeevent", "./examples/stack",
		"-run", "^Test(EveryCode|EveryHeader|EveryLength|EveryEventInEveryState|EveryInterleaving|Table|Codes)$")
	if err != nil {
		return "", err
	}
	n := map[string]int{}
	for _, l := range r.logged {
		// The maximum of each, because the walks share states.
		for what, k := range numbers([]logged{l}) {
			if what == "calls" || what == "steps" {
				what = l.test[:strings.IndexByte(l.test+"/", '/')] + " " + what
				k += n[what]
			}
			n[what] = max(n[what], k)
		}
	}
	handshake, err := r.text("TestEveryEventInEveryState")
	pair, err2 := r.text("TestEveryInterleaving/all_that_can_happen")
	err = errors.Join(err, err2, r.need("TestEveryCode", "TestEveryHeader", "TestEveryLength", "TestEveryEventInEveryState", "TestEveryInterleaving", "TestTable", "TestCodes"))
	if n["codes"] != 1<<16 || n["headers"] != 1<<16 {
		err = errors.Join(err, fmt.Errorf("%d codes and %d headers are not all", n["codes"], n["headers"]))
	}
	if err != nil {
		return "", err
	}

	r, err = goTest(nil, "./internal/kernel", "-run", "^TestBackends$")
	if err != nil {
		return "", err
	}
	backends, err := backendsOf(r)
	if err != nil {
		return "", err
	}
	backends = withGo(backends)
	calls, resumed, err := allTexts(backends)
	if err != nil {
		return "", err
	}
	figures := fmt.Sprintf("%s codes in %s calls; %s headers in %s calls; handshake: %s; two endpoints: %s; all texts of 1 to 4 bytes on %s in %s calls",
		count(n["codes"]), count(n["TestEveryCode calls"]+n["TestCodes calls"]), count(n["headers"]), count(n["TestEveryHeader calls"]),
		handshake, pair, strings.Join(backends, ", "), count(calls))
	if resumed != "" {
		figures += "; " + resumed
	}
	return figures, nil
}

// inGo is the name of the Go backend, which runs with the tag purego and on
// machines without assembly.
const inGo = "go"

func withGo(backends []string) []string {
	if slices.Contains(backends, inGo) {
		return backends
	}
	return append(backends, inGo)
}

// allTexts tests the kernels with all inputs of one to four bytes, in parts, so
// that an interrupted run can continue.
func allTexts(backends []string) (calls int, resumed string, err error) {
	type job struct {
		test, backend string
		bytes         int
		part          string
	}
	var jobs []job
	for _, b := range backends {
		for size := 1; size <= 4; size++ {
			parts := []int{1, 1, 8, 16}[size-1]
			for i := range parts {
				jobs = append(jobs, job{"TestExhaustive", b, size, fmt.Sprintf("%d/%d", i, parts)})
			}
		}
	}
	done, err := openLedger("./internal/kernel", "purego")
	if err != nil {
		return 0, "", err
	}
	if n := len(done.figures); n > 0 {
		resumed = fmt.Sprintf("%d of %d parts by an earlier run", n, len(jobs))
	}
	begin := time.Now()
	inputs := map[string]int64{}
	for i, p := range jobs {
		what := fmt.Sprintf("%s of %s, %d bytes, part %s", p.test, p.backend, p.bytes, p.part)
		n, before := done.figures[what]
		if !before {
			args := []string{"./internal/kernel", "-run", "^" + p.test + "$/^" + p.backend + "$", "-exhaustive", fmt.Sprint(p.bytes), "-part", p.part}
			if p.backend == inGo { // the tag has no effect on machines without assembly
				args = append([]string{"-tags=purego"}, args...)
			}
			r, err := goTest(nil, args...)
			if err := errors.Join(err, r.need(p.test)); err != nil {
				return 0, "", fmt.Errorf("%s: %w", what, err)
			}
			n = numbers(r.logged)
			if err := done.add(what, n); err != nil {
				return 0, "", err
			}
		}
		fmt.Printf("%d of %d after %v: %s%s\n", i+1, len(jobs), time.Since(begin).Round(time.Second), what,
			map[bool]string{true: ", by a run before"}[before])
		calls += n["calls"]
		inputs[p.backend] += int64(n["inputs"])
	}
	for _, b := range backends {
		if want := int64(1<<8 + 1<<16 + 1<<24 + 1<<32); inputs[b] != want {
			err = errors.Join(err, fmt.Errorf("%s: %d texts, and there are %d", b, inputs[b], want))
		}
	}
	if err == nil {
		err = done.close()
	}
	return calls, resumed, err
}
