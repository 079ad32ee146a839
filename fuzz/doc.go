// Package fuzz has native fuzz targets for every public function of the library
// packages, and their corpus in testdata/fuzz. Each target compares the
// packages with a slow and simple oracle that follows the specifications.
//
//	go test -list Fuzz ./fuzz
//	go test -fuzz '^FuzzParse$' ./fuzz
//
// Without -fuzz, the tests run the corpus and the vectors of testdata/ once and
// also count allocations.
package fuzz
