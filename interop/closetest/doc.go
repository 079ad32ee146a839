// Package closetest has tests of other libraries with the conformance kit of
// this module, each as its users would write it. What is known to fail is
// listed with the reason. docs/testing.md has the counts:
//
//	go test -v ./closetest | grep -e 'closetest: ' -e '^---'
package closetest
