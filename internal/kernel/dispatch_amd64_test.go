//go:build !purego

package kernel

import (
	"testing"
	"unsafe"
)

// Each backend reads tables that no other reads. So what a function says when they are
// spoiled tells which backend has run: for every function, on both sides of every size.
func TestDispatch(t *testing.T) {
	good := tables
	defer func() { tables = good }()
	defer Use(Backends()[len(Backends())-1])

	page := func() []byte { // away from the end of a page, where AVX-512 leaves short texts to AVX2
		b := make([]byte, 2*4096)
		return b[-uintptr(unsafe.Pointer(&b[0]))&4095:][:1000]
	}
	src, dst := page(), page()
	for n := 6; n < 700; n++ {
		b := src[:n]
		copy(b[n/2:], "é")
		s := String(b)
		for _, name := range Backends() {
			Use(name)
			for _, spoiled := range [...]string{"", "sse2", "avx2", "avx512"} {
				tables = good
				switch spoiled {
				case "sse2":
					for i := range tables.second { // all that is not ASCII needs a tail
						tables.second[i] = 0
					}
				case "avx2":
					for i := range tables.high { // all that is not ASCII is a fault
						tables.high[i], tables.low[i], tables.next[i] = 1, 1, 1
					}
				case "avx512":
					clear(tables.leads[:])
				}
				// A backend whose tables are spoiled finds a fault where there is none. On AVX2, what is less than 16 bytes is judged
				// by the code of SSE2, but by Valid.
				judge := func(what string, n int) string {
					if name == "avx2" && n < 16 && what != "Valid" {
						return "sse2"
					}
					return name
				}
				check := func(what string, n int, got bool) {
					if got != (spoiled != judge(what, n)) {
						t.Fatalf("%s of %d bytes, with %s in use and the tables of %q spoiled: %v", what, n, name, spoiled, got)
					}
				}
				if n > 8 { // else it goes through the machine, which is not spoiled here
					check("Valid", n, Valid(s))
				}
				check("Next", n, Next(0, s))
				check("UnmaskNext", n, UnmaskNext(dst, s, 0, 0))
				if n >= 18 && n <= 131 {
					check("UnmaskClose", n-8, UnmaskClose(&dst[0], &b[0], n-6)>>16 == 1)
					check("MaskPayload", n-6, MaskPayload(&dst[0], 1000, s[6:], 0))
				}
			}
		}
		b[n/2], b[n/2+1] = 0, 0
	}
}
