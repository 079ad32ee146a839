//go:build !purego

package kernel

import "strings"

const hasAssembly = true

// called returns the backends that a processor calls for, from its flags in /proc/cpuinfo.
func called(cpuinfo string) []string {
	flags := map[string]bool{}
	for _, f := range strings.Fields(cpuinfo) {
		flags[f] = true
	}
	want := []string{"sse2"}
	if flags["avx2"] && flags["bmi2"] {
		want = append(want, "avx2")
		if flags["avx512f"] && flags["avx512bw"] && flags["avx512vl"] && flags["avx512vbmi"] && flags["avx512_vbmi2"] {
			want = append(want, "avx512")
		}
	}
	return want
}
