// Package readers has programs in JavaScript and Python that run the test
// vectors, written after testdata/README.md alone.
package readers
