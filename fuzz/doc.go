// Package fuzz has native fuzz targets over every public entry point of the
// packages for embedders, and their corpus in testdata/fuzz. Each of them
// compares what the packages do with an oracle that is slow, plain and written
// from the specifications alone.
//
//	go test -list Fuzz ./fuzz
//	go test -fuzz '^FuzzParse$' ./fuzz
//
// Without -fuzz the corpus and the vectors of testdata/ are run once, and
// allocations are counted as well.
package fuzz
