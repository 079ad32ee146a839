package main

import (
	"errors"
	"fmt"
	"strings"
)

func showAutomaton() (string, error) {
	r, err := goTest(nil, "./internal/kernel", "./internal/check/proof/grammar",
		"-run", "^Test(Backends|Machine|Sequence|Windows|Next|UTF8|Product|Stream)$")
	if err != nil {
		return "", err
	}
	machine, err := r.text("TestMachine")
	backends, err2 := backendsOf(r)
	errs := []error{err, err2, r.need("TestMachine", "TestSequence", "TestWindows", "TestNext", "TestUTF8", "TestProduct", "TestStream")}
	pure, err := goTest(nil, "-tags=purego", "./internal/kernel", "-run", "^TestNext$")
	errs = append(errs, err, pure.need("TestNext"))
	for _, b := range withGo(backends) {
		r := r
		if b == inGo {
			r = pure
		}
		// It has to come to the same machine, from outside.
		text, err := r.text("TestNext/" + b)
		if errs = append(errs, err); !strings.HasPrefix(text, machine+",") {
			errs = append(errs, fmt.Errorf("%s has %s, and the Go machine %s", b, text, machine))
		}
	}
	return fmt.Sprintf("the Go machine and the grammar: %s; the same for each of the backends %s, and for Stream; %s windows of tables and code",
		machine, strings.Join(withGo(backends), ", "), count(numbers(append(r.logged, pure.logged...))["windows"])), errors.Join(errs...)
}

// backendsOf returns the backends that TestBackends has told of.
func backendsOf(r result) ([]string, error) {
	text, err := r.text("TestBackends")
	list := strings.Fields(strings.Trim(strings.TrimPrefix(text, "backends:"), " []"))
	if err == nil && len(list) == 0 {
		err = errors.New("there is no backend")
	}
	return list, err
}
