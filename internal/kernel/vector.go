//go:build (amd64 || arm64) && gc && !purego

package kernel

import "unsafe"

// The assembly neither reads nor writes anything outside of the bytes it is
// given.

// valid implements Valid.
//
//go:noescape
func valid(s string) bool

// xor writes the n bytes at src, XORed with key, to dst, which is src or does
// not overlap it.
//
//go:noescape
func xor(dst, src *byte, n int, key uint32)

// unmask implements Unmask.
//
//go:noescape
func unmask(dst, src *byte, n int, key uint32) bool

// validLong is valid for more than maxChunk bytes. The assembly jumps to it.
func validLong(s string) bool { return Next(0, s) == 0 }

// xorLong is xor for more than maxChunk bytes. The assembly jumps to it.
func xorLong(dst, src *byte, n int, key uint32) {
	// Slices, since a pointer past the end of an object is invalid, even if it
	// is not used.
	d, s := unsafe.Slice(dst, n), unsafe.Slice(src, n)
	for len(d) > 0 {
		m := min(len(d), maxChunk)
		xorChunk(&d[0], &s[0], m, key)
		d, s = d[m:], s[m:]
	}
}

// xorChunk is xor. It is not inlined because its stack check is the preemption
// point between two chunks.
//
//go:noinline
func xorChunk(dst, src *byte, n int, key uint32) { xor(dst, src, n, key) }

// The assembly jumps to these functions, which tools for Go do not see.
var (
	_ = validLong
	_ = xorGo
	_ = xorLong
	_ = unmaskGo
	_ = maskGo
)
