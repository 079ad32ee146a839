// Package readers has programs in JavaScript and Python that run the test
// vectors. They were written from testdata/README.md only.
package readers
