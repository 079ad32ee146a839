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

// Overtakes reports whether unmasking the Close frame with a payload of size
// bytes at src to dst would overwrite bytes of the frame before they are read.
// It would not if they are disjoint, or if dst is one of the first seven bytes
// of the frame.
func Overtakes(dst, src *byte, size int) bool {
	// d is how far dst is behind src, and huge if it is before it.
	d := uintptr(unsafe.Pointer(dst)) - uintptr(unsafe.Pointer(src))
	return d > 6 && (d < uintptr(6+size) || -d < uintptr(size))
}
