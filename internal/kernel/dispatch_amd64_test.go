//go:build !purego

package kernel

import (
	"testing"
	"unsafe"
)

// Each backend with assembly reads tables that no other reads. So what a function says when they are
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
	for n := 6; n < 700; n++ { // fewer bytes are judged without tables by some
		b := src[:n]
		copy(b[n/2:], "é")
		s := String(b)
		for _, name := range Backends() {
			Use(name)
			for _, spoiled := range [...]string{"", "avx2", "avx512"} {
				tables = good
				switch spoiled {
				case "avx2":
					for i := range tables.high { // all that is not ASCII is a fault
						tables.high[i], tables.low[i], tables.next[i] = 1, 1, 1
					}
				case "avx512":
					clear(tables.leads[:])
				}
				want := spoiled != name // else it finds a fault where there is none
				check := func(what string, got bool) {
					if got != want {
						t.Fatalf("%s of %d bytes, with %s in use and the tables of %q spoiled: %v", what, n, name, spoiled, got)
					}
				}
				check("Valid", Valid(s))
				check("Next", Next(0, s))
				check("UnmaskNext", UnmaskNext(dst, s, 0, 0))
				if n >= 18 && n <= 131 {
					check("UnmaskClose", UnmaskClose(&dst[0], &b[0], n-6)>>16 == 1)
					check("MaskPayload", MaskPayload(&dst[0], 1000, s[6:], 0))
				}
			}
		}
		b[n/2], b[n/2+1] = 0, 0
	}
}
