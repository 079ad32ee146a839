//go:build !(amd64 || arm64) || purego

package kernel

const hasAssembly = false

func backends() []string { return []string{"go"} }

func use(string) {}

func called(string) []string { return backends() }
