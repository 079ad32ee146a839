package kernel

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// each runs f once for each backend of this machine, with that backend selected.
func each(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	defer Use(Backends()[len(Backends())-1])
	for _, name := range Backends() {
		Use(name)
		t.Run(name, f)
	}
}

// TestBackends verifies that Backends finds what the processor has. The
// expected list comes from CLOSEFRAME_BACKENDS, separated by commas, or from the
// operating system's description of the processor, not from our use of CPUID.
func TestBackends(t *testing.T) {
	want := []string{"go"}
	switch {
	case os.Getenv("CLOSEFRAME_BACKENDS") != "":
		want = strings.Split(os.Getenv("CLOSEFRAME_BACKENDS"), ",")
	case purego || runtime.Compiler != "gc":
	case runtime.GOARCH == "arm64":
		want = []string{"neon"}
	case runtime.GOARCH == "amd64":
		b, err := os.ReadFile("/proc/cpuinfo")
		if err != nil {
			t.Skip("set CLOSEFRAME_BACKENDS, since this system has no /proc/cpuinfo: ", err)
		}
		has := func(flags ...string) bool {
			for _, f := range flags {
				if !slices.Contains(strings.Fields(string(b)), f) {
					return false
				}
			}
			return true
		}
		if has("avx2", "bmi2") {
			want = append(want, "avx2")
			if has("avx512f", "avx512bw", "avx512vl", "avx512vbmi", "avx512_vbmi2") {
				want = append(want, "avx512")
			}
		}
	}
	if got := Backends(); !slices.Equal(got, want) {
		t.Errorf("backends: %q, want %q", got, want)
	}
	t.Log("backends:", Backends())
}
