// Package kernel holds the inner loops of closeframe: is this text well-formed
// UTF-8, the XOR of RFC 6455 §5.3, and both at once.
//
// It exists for utf8check and frame, which document what they do with it. It
// trusts its callers: a function here checks neither lengths nor overlap beyond
// what its comment says. All assembly and all use of package unsafe in this
// module is here.
//
// Every function exists as plain Go (valid.go, scan.go, machine.go, mask.go, stream.go), which is what runs with the
// build tag purego and on machines without assembly of their own. Where there is
// assembly, nothing but tests calls it; index.go is for all.
package kernel

import "unsafe"

// String returns the bytes of s as a string, without copying them. The string
// is good for as long as nobody writes to s.
func String[Bytes ~[]byte | ~string](s Bytes) string {
	// A string header is the first two words of a slice header.
	return *(*string)(unsafe.Pointer(&s))
}
