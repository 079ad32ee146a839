package kernel

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// each runs f once for each backend that this machine has, with that backend in use.
func each(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	defer Use(Backends()[len(Backends())-1])
	for _, name := range Backends() {
		Use(name)
		t.Run(name, f)
	}
}

// TestBackends fails if a backend that this machine calls for is not found. Which
// ones those are is not asked of the code that looks for them: it is taken from CLOSEFRAME_BACKENDS,
// a list with commas, or else from what the operating system says of the processor.
func TestBackends(t *testing.T) {
	want := []string{"go"}
	if s := os.Getenv("CLOSEFRAME_BACKENDS"); s != "" {
		want = strings.Split(s, ",")
	} else if hasAssembly {
		b, err := os.ReadFile("/proc/cpuinfo")
		if err != nil {
			t.Skip("no CLOSEFRAME_BACKENDS, and the system does not tell what processor this is: ", err)
		}
		want = called(string(b))
	}
	if got := Backends(); !slices.Equal(got, want) {
		t.Errorf("backends: %q, want %q", got, want)
	}
	t.Log("backends: ", Backends())
}
