//go:build !(amd64 || arm64) || purego

package kernel

// one is the one backend there is.
const one = "go"
