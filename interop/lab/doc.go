// Package lab clicks through the page of closeframe lab in real browsers, and
// keeps the profiles that the page compares a browser with.
//
//	go test -v -count=1 ./lab                  # all: Chromium waits for a minute in one case
//	go test -v -count=1 -short ./lab           # what CI runs
//	go test -v -count=1 ./lab -record          # write the profiles anew
//	go test -v -count=1 -short -run Screenshots ./lab -screenshots   # make the pictures in docs/lab
//
// At the version that a profile was recorded at, an unknown difference fails the
// test; at another one it is printed.
package lab
