// Package vectors checks the test vectors as other languages use them: against
// the JSON Schemas, and with readers in JavaScript and Python that are written
// after testdata/README.md alone.
package vectors
