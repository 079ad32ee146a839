// Command downstream runs the tests of other libraries with closeframe in place of
// their own code:
//
//	go run ./downstream                        # in interop
//	go run ./downstream -doc ../docs/swap-in.md
//
// It copies a library from the module cache to a temporary directory and runs
// its tests. Then it renames or removes functions of the library, adds a file
// of testdata that implements them with closeframe, and runs the tests again. A
// test whose result differs must be in the list in libraries.go, with the
// reason, and vice versa. The library's code is never part of this repository.
package main
