// Package closetest tests other libraries with the conformance kit of this
// module, as their users would. Every known failure is listed with its reason.
// The command in table counts the passing cases and the known failures.
package closetest
