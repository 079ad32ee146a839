package kernel

// A backend is one implementation of valid, xor, unmask and mask:
//
//	go      every processor        DFA, and 64-bit words for ASCII and XOR
//	neon    arm64                  Keiser–Lemire lookup, 16 bytes at a time
//	avx2    amd64, AVX2 and BMI2   Keiser–Lemire lookup, 32 bytes at a time
//	avx512  amd64, AVX-512 VBMI2   range tables, 64 bytes at a time; XOR as avx2
//
// On amd64, dispatch_amd64.s chooses by level, which is set at startup. On
// arm64 the backend is neon. Everywhere else, with the build tag purego, and
// with other compilers than gc, it is go. The assembly jumps to the Go
// functions for what it does not handle: less than 16 bytes (neon, avx2), and
// more than maxChunk.

// Backends returns the names of the backends that this processor has. The last
// one is the default. Tests and benchmarks use all of them.
func Backends() []string { return available() }

// Use selects one of Backends. It is for tests and benchmarks, and must not be
// called while other functions of this package run.
func Use(name string) {
	for i, b := range available() {
		if b == name {
			use(i)
			return
		}
	}
	panic("kernel: this processor has no backend " + name)
}
