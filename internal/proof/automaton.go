package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

func showAutomaton() (string, error) {
	list, err := goTest(nil, "./internal/kernel", "./internal/proof/grammar", "-run", "^Test(Machine|Sequence|Windows|Next|UTF8|Product|Stream)$")
	if err != nil {
		return "", err
	}
	n := numbers(list)
	backends := map[string]bool{}
	machine := ""
	for _, l := range list {
		if b, ok := strings.CutPrefix(l.test, "TestNext/"); ok {
			backends[b] = true
		}
		if l.test == "TestMachine" {
			machine = l.text
		}
	}
	return fmt.Sprintf("the Go machine and the grammar: %s; the same for the backends %s and for Stream; %s windows of tables and code",
		machine, strings.Join(slices.Sorted(maps.Keys(backends)), ", "), count(n["windows"])), nil
}
