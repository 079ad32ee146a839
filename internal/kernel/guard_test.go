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
// fault that ends the program. Near the end of a page another backend may do the work, so what comes of it is compared, too.
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
				prev := unfinished[r.IntN(len(unfinished))]
				before, _ := Tail(0, prev)
				_, last := Tail(before, s)
				next := mendable(prev + s)
				for _, in := range [...][]byte{src[:n:n], src[len(src)-n:]} {
					copy(in, s)
					if got := n == 0 || Valid(String(in)); got != want {
						t.Fatalf("Valid(%+q) = %v", s, got)
					}
					if got := Next(before, String(in)); (got && last) != next {
						t.Fatalf("after %+q: Next(%+q) = %v", prev, s, got)
					}
					IndexInvalid(String(in))
					copy(in, masked(s, key))
					for _, out := range [...][]byte{dst[:n:n], dst[len(dst)-n:], in} {
						ok := UnmaskNext(out, String(in), key, before)
						if (ok && last) != next || ok && string(out) != s {
							t.Fatalf("after %+q: UnmaskNext(%+q) = %v, wrote %+q", prev, s, ok, out)
						}
						copy(in, masked(s, key))
						if XOR(out, String(in), key); string(out) != s {
							t.Fatalf("XOR of %+q wrote %+q", s, out)
						}
						copy(in, masked(s, key))
					}
					if n > 123 {
						continue
					}

					// The payload has two bytes more at its beginning, and the frame eight.
					payload := "\x03\xE8" + s
					frame := "\x88\xFF" + string([]byte{byte(key), byte(key >> 8), byte(key >> 16), byte(key >> 24)}) + masked(payload, key)
					for _, f := range [...][]byte{src[:n+8], src[len(src)-n-8:]} {
						for _, out := range [...][]byte{dst[:n+2], dst[len(dst)-n-2:], f[6:]} {
							copy(f, frame)
							if got := UnmaskClose(&out[0], &f[0], n+2); got&0xFFFF != 1000 || (got>>16 == 1) != want || string(out) != payload {
								t.Fatalf("UnmaskClose of %+q: %#x, wrote %+q", payload, got, out)
							}
						}
					}
					copy(in, s)
					for _, out := range [...][]byte{dst[:n+2], dst[len(dst)-n-2:]} {
						if n == 0 {
							continue
						}
						if got := MaskPayload(&out[0], 1000, String(in), key); got != want || got && string(out) != frame[6:] {
							t.Fatalf("MaskPayload(%+q) = %v, wrote %+q", s, got, out)
						}
					}
				}
			}
		}
	})
}

// TestGuardEveryPlace is the same for Valid of texts with one character that is not ASCII, at every place of every length: what is loaded and
// when depends on both.
func TestGuardEveryPlace(t *testing.T) {
	page := guarded(t)
	each(t, func(t *testing.T) {
		for n := 2; n <= 300; n++ {
			for _, b := range [...][]byte{page[:n:n], page[len(page)-n:]} {
				for i := range b {
					b[i] = 'x'
				}
				for at := 0; at <= n-2; at++ {
					copy(b[at:], "é")
					if !Valid(String(b)) {
						t.Fatalf("é at %d of %d bytes is refused", at, n)
					}
					copy(b[at:], "xx")
				}
			}
		}
	})
}

// TestGuardRare is for a character near the end of what may be read, after ASCII and another one.
func TestGuardRare(t *testing.T) {
	page := guarded(t)
	each(t, func(t *testing.T) {
		for n := 4; n <= 300; n++ {
			b := page[len(page)-n:]
			for i := range b {
				b[i] = 'x'
			}
			copy(b, "é")
			for at := max(2, n-40); at < n; at++ {
				for _, c := range [...]string{"é", "漢", "😀", "\xF1\x80\x80"} {
					copy(b[at:], c) // which the end may cut off
					if s := String(b); Valid(s) != utf8.ValidString(s) || Next(0, s) != mendable(s) {
						t.Fatalf("%+q at %d of %d: Valid %v, Next %v", c, at, n, Valid(s), Next(0, s))
					}
					for i := at; i < n; i++ {
						b[i] = 'x'
					}
				}
			}
		}
	})
}
