// Package lists has tests that must fail, except those whose names end in Good.
// The tests of package closetest run them, with the build tag planted.
package lists
