// Package newcomer has a test that must fail. The tests of package closetest
// run it, with the build tag planted.
package newcomer
