//go:build !purego

package kernel

const hasAssembly = true

func called(string) []string { return Backends() }
