//go:build unix

package kernel

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"unicode/utf8"
)

// guarded returns memory with a page before and a page after it that may be neither read
// nor written.
func guarded(t *testing.T) []byte {
	t.Helper()
	page := syscall.Getpagesize()
	m, err := syscall.Mmap(-1, 0, 3*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(m) })
	for _, guard := range [...][]byte{m[:page], m[2*page:]} {
		if err := syscall.Mprotect(guard, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return m[page : 2*page : 2*page]
}

// Directly after the one forbidden page and directly before the other: an access outside of the slice is a
// fault that ends the program.
func TestGuardPages(t *testing.T) {
	src, dst := guarded(t), guarded(t)
	each(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 123))
		lengths := []int{191, 192, 193, 255, 256, 257, 1000, 1024, len(src)}
		for n := range 161 {
			lengths = append(lengths, n)
		}
		for _, n := range lengths {
			for range 6 {
				s := spoiled(r, text(r, n))
				want := utf8.ValidString(s)
				key := r.Uint32()
				for _, in := range [...][]byte{src[:n], src[len(src)-n:]} {
					in = in[:n:n]
					copy(in, s)
					if got := n == 0 || Valid(String(in)); got != want {
						t.Fatalf("Valid(%+q) = %v", s, got)
					}
					Next(0, String(in))
					IndexInvalid(String(in))
					for _, out := range [...][]byte{dst[:n:n], dst[len(dst)-n:]} {
						XOR(out, String(in), key)
						UnmaskNext(out, String(in), key, 0)
						if n >= 3 && n <= 125 {
							MaskPayload(&out[0], 1000, String(in[:n-2]), key)
							MaskPayload(&out[0], 1000, String(in[2:]), key)
						}
						if n >= 8 && n <= 131 {
							UnmaskClose(&out[:n-6][0], &in[0], n-6)
							UnmaskClose(&out[6:][0], &in[0], n-6)
						}
					}
					copy(in, masked(s, key))
					if !UnmaskNext(in, String(in), key, 0) && want {
						t.Fatalf("UnmaskNext(%+q) in place is false", s)
					}
				}
			}
		}
	})
}
