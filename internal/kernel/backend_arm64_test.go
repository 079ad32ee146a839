//go:build !purego

package kernel

const hasAssembly = true

func backends() []string { return []string{"neon"} }

func use(string) {}

func called(string) []string { return backends() }
