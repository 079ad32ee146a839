//go:build !amd64 || purego

package kernel

// Backends returns the ways in which this machine can do the work, which is one. It is for tests and benchmarks,
// which go through all of them.
func Backends() []string { return []string{one} }

// Use makes all functions here work by one of the Backends: they do. It is for tests and benchmarks.
func Use(name string) {
	if name != one {
		panic("kernel: this machine has no backend " + name)
	}
}
