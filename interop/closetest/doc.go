// Package closetest tests other libraries with the conformance kit of this
// module, each as its users would. Every known failure is listed with its
// reason. The command in table counts what passes and what is known to fail.
package closetest
