//go:build linux || darwin

package kernel

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"unicode/utf8"
)

// guarded returns a page of memory. The pages before and after it can be
// neither read nor written: an access to them ends the program.
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

// ends returns the first and the last n bytes of page.
func ends(page []byte, n int) [2][]byte {
	return [...][]byte{page[:n:n], page[len(page)-n:]}
}

// TestGuardPages verifies that no function reads or writes outside of its
// arguments, directly after one guard page and directly before the other. It
// also compares the results, since the AVX-512 backend jumps to other code for
// inputs near the end of a page.
func TestGuardPages(t *testing.T) {
	src, dst := guarded(t), guarded(t)
	each(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 123))
		lengths := []int{191, 192, 193, 255, 256, 257, 318, 319, 320, 321, 384, 1000, 1024, len(src)}
		for n := range 161 {
			lengths = append(lengths, n)
		}
		for _, n := range lengths {
			for range 6 {
				s := corrupted(r, randomText(r, n))
				want := utf8.ValidString(s)
				key := r.Uint32()
				state := Next(0, unfinishedTexts[r.IntN(len(unfinishedTexts))])
				next := Next(state, s)
				for _, in := range ends(src, n) {
					copy(in, s)
					if got := Valid(String(in)); got != want {
						t.Fatalf("Valid(%+q) = %v", s, got)
					}
					if got := Next(state, String(in)); got != next {
						t.Fatalf("Next(%d, %+q) = %d", state, s, got)
					}
					IndexInvalid(String(in))
					copy(in, masked(s, key))
					if got := UnmaskNext(state, in, key); got != next || got != Invalid && string(in) != s {
						t.Fatalf("UnmaskNext(%d, %+q) = %d, wrote %+q", state, s, got, in)
					}
					copy(in, masked(s, key))
					if XOR(in, key); string(in) != s {
						t.Fatalf("XOR of %+q wrote %+q", s, in)
					}
					if n == 0 {
						continue
					}
					for _, out := range [...][]byte{dst[:n:n], dst[len(dst)-n:], in} {
						copy(in, masked(s, key))
						if got := Unmask(&out[0], &in[0], n, key); got != want || string(out) != s {
							t.Fatalf("Unmask(%+q) = %v, wrote %+q", s, got, out)
						}
					}
					if n > 123 {
						continue
					}
					copy(in, s)
					for _, out := range ends(dst, n) {
						if got := Mask(&out[0], String(in), key); got != want || got && string(out) != masked(s, key) {
							t.Fatalf("Mask(%+q) = %v, wrote %+q", s, got, out)
						}
					}
				}
			}
		}
	})
}

// TestGuardEveryPosition verifies that Valid and Unmask stay between the guard
// pages for one character at every position of every length up to 400. Both
// determine which blocks are loaded.
func TestGuardEveryPosition(t *testing.T) {
	page := guarded(t)
	each(t, func(t *testing.T) {
		for n := 1; n <= 400; n++ {
			for _, b := range ends(page, n) {
				for i := range b {
					b[i] = 'x'
				}
				for at := range b {
					b[at] = 0xC3
					if at+1 < n {
						b[at+1] = 0xA9
					}
					if got := Valid(String(b)); got != (at+1 < n) {
						t.Fatalf("é at %d of %d bytes: %v", at, n, got)
					}
					if got := Unmask(&b[0], &b[0], n, 0); got != (at+1 < n) {
						t.Fatalf("é at %d of %d bytes: Unmask %v", at, n, got)
					}
					b[at] = 'x'
					if at+1 < n {
						b[at+1] = 'x'
					}
				}
			}
		}
	})
}
