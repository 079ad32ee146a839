package main

import (
	"errors"
	"fmt"
	"strings"
)

func showAutomaton() (string, error) {
	r, err := goTest(nil, "./internal/kernel", "./internal/check/proof/grammar",
		"-run", "^Test(Backends|DFA|Tables|Next|UTF8|Product|Stream)$")
	if err != nil {
		return "", err
	}
	dfa, err := r.text("TestDFA")
	backends, err2 := backendsOf(r)
	errs := []error{err, err2, r.need("TestDFA", "TestNext", "TestUTF8", "TestProduct", "TestStream")}
	pure, err := goTest(nil, "-tags=purego", "./internal/kernel", "-run", "^TestNext$")
	errs = append(errs, err, pure.need("TestNext"))
	for _, b := range withGo(backends) {
		r := r
		if b == inGo {
			r = pure
		}
		// Explored from outside, it must have the states of the DFA.
		text, err := r.text("TestNext/" + b)
		if errs = append(errs, err); text != dfa {
			errs = append(errs, fmt.Errorf("%s has %s, and the DFA %s", b, text, dfa))
		}
	}
	return fmt.Sprintf("the DFA and the grammar: %s; the same for each of the backends %s, and for Stream; %s windows of the vector tables",
		dfa, strings.Join(withGo(backends), ", "), count(numbers(r.logged)["windows"])), errors.Join(errs...)
}

// backendsOf returns the backends that TestBackends logged.
func backendsOf(r result) ([]string, error) {
	text, err := r.text("TestBackends")
	list := strings.Fields(strings.Trim(strings.TrimPrefix(text, "backends:"), " []"))
	if err == nil && len(list) == 0 {
		err = errors.New("there is no backend")
	}
	return list, err
}
