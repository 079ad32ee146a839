//go:build !purego

package kernel

// Backends returns the ways in which this machine can do the work, the one in use by default last. It is for
// tests and benchmarks, which go through all of them.
func Backends() []string {
	all := []string{"sse2"}
	if l := detect(); l >= levelAVX2 {
		all = append(all, "avx2")
		if l >= levelAVX512 {
			all = append(all, "avx512")
		}
	}
	return all
}

// Use makes all functions here work by one of the Backends. It is for tests and benchmarks, and must not be called
// while any of those functions runs.
func Use(name string) {
	for i, b := range Backends() { // in the order of levels
		if b == name {
			level = uint8(i)
			return
		}
	}
	panic("kernel: this machine has no backend " + name)
}

// Only the assembly reads it, which Go tools do not see.
var _ = level
