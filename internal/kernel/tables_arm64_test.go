//go:build gc && !purego

package kernel

// NEON has no range tables.
func rangeError(p3, p2, p1, b byte) bool { return lookupError(p3, p2, p1, b) }
func rangeKind(byte) any                 { return 0 }
