package main

import (
	"fmt"
	"strings"
)

// showExhaustive runs what is finite to its end: the parts that the plain tests
// have too, and those that take too long for them.
func showExhaustive() (string, error) {
	list, err := goTest(nil, "./closecode", "./frame", "./closeevent", "./internal/stack",
		"-run", "^Test(EveryCode|EveryHeader|EveryLength|EveryEventInEveryState|EveryInterleaving|Table|Codes)$")
	if err != nil {
		return "", err
	}
	n := map[string]int{}
	for _, l := range list {
		// The most that was seen of each: a state of one walk is a state of another.
		for what, k := range numbers([]logged{l}) {
			if what == "calls" || what == "steps" {
				what = l.test[:strings.IndexByte(l.test+"/", '/')] + " " + what
				k += n[what]
			}
			n[what] = max(n[what], k)
		}
	}
	handshake := ""
	for _, l := range list {
		if l.test == "TestEveryEventInEveryState" {
			handshake = l.text
		}
	}

	list, err = goTest(nil, "./internal/kernel", "-run", "^TestBackends$")
	if err != nil {
		return "", err
	}
	if len(list) != 1 {
		return "", fmt.Errorf("the backends are not told: %v", list)
	}
	backends := strings.Fields(strings.Trim(strings.TrimPrefix(list[0].text, "backends:"), " []"))
	calls, windows := 0, 0
	for _, b := range backends {
		for _, run := range []struct{ test, bytes string }{
			{"TestExhaustive", "1"}, {"TestExhaustive", "2"}, {"TestExhaustive", "3"}, {"TestExhaustive", "4"}, {"TestNext", "4"},
		} {
			// In parts, so that nobody waits long to see one fail.
			parts := 1
			if run.bytes >= "3" {
				parts = 8
			}
			for i := range parts {
				list, err := goTest(nil, "./internal/kernel", "-run", "^"+run.test+"$/^"+b+"$",
					"-exhaustive", run.bytes, "-part", fmt.Sprintf("%d/%d", i, parts))
				if err != nil {
					return "", err
				}
				calls += numbers(list)["calls"]
				windows += numbers(list)["windows"]
			}
		}
	}
	return fmt.Sprintf("%s codes in %s calls; %s headers in %s calls; handshake: %s; all texts of 1 to 4 bytes on %s in %s calls, and %s windows of Next",
		count(n["codes"]), count(n["TestEveryCode calls"]+n["TestCodes calls"]), count(n["headers"]), count(n["TestEveryHeader calls"]),
		handshake, strings.Join(backends, ", "), count(calls), count(windows)), nil
}
