//go:build gc && !purego

package kernel

import "unsafe"

func available() []string { return []string{"neon"} }
func use(int)             {}

// mask implements Mask.
func mask(dst, src *byte, n int, key uint32) bool {
	if !valid(unsafe.String(src, n)) {
		return false
	}
	xor(dst, src, n, key)
	return true
}
