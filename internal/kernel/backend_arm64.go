//go:build !purego

package kernel

// one is the one backend there is.
const one = "neon"
