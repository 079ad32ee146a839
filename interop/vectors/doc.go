// Package vectors checks the test vectors against the JSON Schemas of
// testdata/schemas.
package vectors
