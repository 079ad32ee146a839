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
		for _, bytes := range []string{"1", "2", "3", "4"} {
			list, err := goTest(nil, "./internal/kernel", "-run", "^TestExhaustive$/^"+b+"$", "-exhaustive", bytes)
			if err != nil {
				return "", err
			}
			calls += numbers(list)["calls"]
		}
		list, err := goTest(nil, "./internal/kernel", "-run", "^TestNext$/^"+b+"$", "-exhaustive", "4")
		if err != nil {
			return "", err
		}
		windows += numbers(list)["windows"]
	}
	return fmt.Sprintf("%s codes in %s calls; %s headers in %s calls; handshake: %s; all texts of 1 to 4 bytes on %s in %s calls, and %s windows of Next",
		count(n["codes"]), count(n["TestEveryCode calls"]+n["TestCodes calls"]), count(n["headers"]), count(n["TestEveryHeader calls"]),
		handshake, strings.Join(backends, ", "), count(calls), count(windows)), nil
}
