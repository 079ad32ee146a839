package kernel

import (
	"bytes"
	"strings"
	"testing"
)

// TestCutCharacter verifies that a chunk of any length may end within a
// character, and that such an input as a whole is invalid.
//
// Shows: U01 U02 U03
func TestCutCharacter(t *testing.T) {
	each(t, func(t *testing.T) {
		lengths := []int{4095, 4096, 4097, 8192, 20000}
		for n := 1; n <= 131; n++ {
			lengths = append(lengths, n)
		}
		for _, n := range lengths {
			for _, cut := range [...]string{"\xC2", "\xE1", "\xE1\x80", "\xF1", "\xF1\x80", "\xF1\x80\x80"} {
				if len(cut) > n {
					continue
				}
				s := strings.Repeat("x", n-len(cut)) + cut
				state := Next(0, s)
				if state == 0 || state == Invalid || UnmaskNext(0, []byte(s), 0) != state {
					t.Fatalf("%d bytes that end with %+q: %d", n, cut, state)
				}
				if Valid(s) || validGo(s) {
					t.Fatalf("%d bytes that end with %+q are valid", n, cut)
				}
			}
		}
	})
}

// TestContinuedCharacter verifies that a chunk may begin with the rest of a
// character, and have a continuation byte nowhere else.
//
// Shows: U01 U02 U03
func TestContinuedCharacter(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, cut := range [...]string{"\xC2", "\xE1\x80", "\xF1\x80\x80"} {
			state := Next(0, cut)
			for n := 1; n <= 131; n++ {
				for at := range n {
					b := bytes.Repeat([]byte("x"), n)
					b[at] = 0x80
					want := Invalid
					if at == 0 {
						want = 0
					}
					next := Next(state, String(b))
					if unmask := UnmaskNext(state, b, 0); next != want || unmask != want {
						t.Fatalf("80 at %d of %d bytes, after %+q: Next %v, UnmaskNext %v", at, n, cut, next, unmask)
					}
				}
			}
		}
	})
}

// TestInvalidStays verifies that no chunk changes the state Invalid, and that
// UnmaskNext leaves the chunk alone then.
func TestInvalidStays(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, n := range [...]int{0, 1, 64, 1000, maxChunk + 1} {
			b := bytes.Repeat([]byte("x"), n)
			if Next(Invalid, String(b)) != Invalid || UnmaskNext(Invalid, b, 0x01010101) != Invalid {
				t.Errorf("%d bytes make an invalid stream valid", n)
			}
			if strings.Trim(string(b), "x") != "" {
				t.Errorf("UnmaskNext changed %d bytes of an invalid stream", n)
			}
		}
	})
}

// TestChunks verifies inputs longer than one assembly call may process, with a
// character or a fault at every place around the borders between two calls.
func TestChunks(t *testing.T) {
	key := uint32(0x3D21FA37)
	each(t, func(t *testing.T) {
		text := bytes.Repeat([]byte("x"), 2*maxChunk+100)
		m := []byte(masked(string(text), key))
		unmasked := make([]byte, len(text))
		for _, border := range [...]int{maxChunk, 2 * maxChunk} {
			for at := border - 5; at < border+3; at++ {
				for _, c := range [...]struct {
					s    string
					want State
				}{{"漢", 0}, {"😀", 0}, {"\xE6\xBC", Invalid}, {"\xBF", Invalid}} {
					copy(text[at:], c.s)
					for i := range len(c.s) {
						m[at+i] = c.s[i] ^ byte(key>>(8*((at+i)&3)))
					}
					s := String(text)
					if Valid(s) != (c.want == 0) || Next(0, s) != c.want {
						t.Errorf("%+q at %d: Valid %v, Next %d", c.s, at, Valid(s), Next(0, s))
					}
					copy(unmasked, m)
					if got := UnmaskNext(0, unmasked, key); got != c.want || got == 0 && string(unmasked) != s {
						t.Errorf("%+q at %d: UnmaskNext %d", c.s, at, got)
					}
					copy(unmasked, m)
					if XOR(unmasked, key); string(unmasked) != s {
						t.Errorf("%+q at %d: XOR wrote something else", c.s, at)
					}
					for i := range len(c.s) {
						text[at+i] = 'x'
						m[at+i] = 'x' ^ byte(key>>(8*((at+i)&3)))
					}
				}
			}
		}
	})
}
