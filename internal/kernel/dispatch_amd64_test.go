//go:build gc && !purego

package kernel

import (
	"testing"
	"unsafe"
)

// TestDispatch verifies which backend runs, for every function and length up to
// 700. Each backend reads a table that no other one reads. So a wrong result
// while a table is wrong shows that its backend has run.
func TestDispatch(t *testing.T) {
	goodDFA, goodHigh, goodInfo := dfa, prevHigh, leadInfo
	restore := func() { dfa, prevHigh, leadInfo = goodDFA, goodHigh, goodInfo }
	defer restore()
	defer Use(Backends()[len(Backends())-1])

	page := func() []byte { // 1,000 bytes that are not near the end of a page
		b := make([]byte, 2*4096)
		return b[-uintptr(unsafe.Pointer(&b[0]))&4095:][:1000]
	}
	src, dst := page(), page()
	for n := 2; n < 700; n++ {
		b := src[:n]
		copy(b[n/2-1:], "é")
		for _, name := range Backends() {
			Use(name)
			for _, wrong := range [...]string{"", "go", "avx2", "avx512"} {
				restore()
				switch wrong {
				case "go":
					clear(dfa[0x80:]) // rejects all but ASCII
				case "avx2":
					for i := range prevHigh {
						prevHigh[i] = 0xFF &^ twoConts // too many errors
					}
				case "avx512":
					clear(leadInfo[:]) // no continuation byte is expected
				}
				ran := func(function string) string {
					if name == "avx2" && n < 16 || function == "valid" && n <= 8 {
						return "go"
					}
					return name
				}
				check := func(function string, got bool) {
					if got != (wrong != ran(function)) {
						t.Fatalf("%s of %d bytes with %s, and the table of %q wrong: %v", function, n, name, wrong, got)
					}
				}
				check("valid", valid(String(b)))
				check("unmask", unmask(&dst[0], &b[0], n, 0))
				if n <= 123 {
					check("mask", mask(&dst[0], &b[0], n, 0))
				}
			}
		}
		b[n/2-1], b[n/2] = 0, 0
	}
}
