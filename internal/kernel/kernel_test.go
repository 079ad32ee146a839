package kernel

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"
)

// check compares every function with its expected result, for the input s
// after the chunk prev.
func check(t *testing.T, prev, s string, key uint32) {
	t.Helper()
	want := utf8.ValidString(s)
	if got := Valid(s); got != want {
		t.Fatalf("Valid(%+q) = %v", s, got)
	}
	if got := validGo(s); got != want {
		t.Fatalf("validGo(%+q) = %v", s, got)
	}
	if got, want := IndexInvalid(s), wantIndex(s); got != want {
		t.Fatalf("IndexInvalid(%+q) = %d, want %d", s, got, want)
	}
	checkNext(t, prev, s, key)

	// buf must not change outside of dst.
	buf := make([]byte, len(s)+200)
	for i := range buf {
		buf[i] = byte(i) | 1
	}
	around := bytes.Clone(buf)
	at := 20 + int(key>>8)%80
	dst := buf[at : at+len(s)]
	wrote := func(what, want string) {
		t.Helper()
		if want != "" && string(dst) != want {
			t.Fatalf("%s of %+q with key %#x wrote %+q", what, s, key, dst)
		}
		copy(around[at:], dst)
		if !bytes.Equal(buf, around) {
			t.Fatalf("%s of %d bytes at %d wrote outside of them", what, len(s), at)
		}
	}
	copy(dst, masked(s, key))
	XOR(dst, key)
	wrote("XOR", s)
	if s == "" || len(s) > maxChunk {
		return
	}
	m := masked(s, key)
	if got := Unmask(&dst[0], unsafe.StringData(m), len(s), key); got != want {
		t.Fatalf("Unmask(%+q) = %v", s, got)
	}
	wrote("Unmask", s)
	copy(dst, m)
	if got := Unmask(&dst[0], &dst[0], len(s), key); got != want {
		t.Fatalf("Unmask(%+q) in place = %v", s, got)
	}
	wrote("Unmask in place", s)
	if len(s) > 123 {
		return
	}
	clear(dst)
	unwritten := string(dst)
	copy(around[at:], dst)
	switch got := Mask(&dst[0], s, key); {
	case got != want:
		t.Fatalf("Mask(%+q) = %v", s, got)
	case got:
		wrote("Mask", m)
	default:
		wrote("Mask", unwritten)
	}
}

// checkNext compares Next and UnmaskNext with their expected result.
func checkNext(t *testing.T, prev, s string, key uint32) {
	t.Helper()
	before := Next(0, prev)
	if (before != Invalid) != completable(prev) {
		t.Fatalf("Next(0, %+q) = %d", prev, before)
	}
	after := Next(before, s)
	if want := completable(prev + s); (after != Invalid) != want {
		t.Fatalf("after %+q: Next(%+q) = %d", prev, s, after)
	}
	if want := utf8.ValidString(prev + s); (after == 0) != want {
		t.Fatalf("after %+q, %+q: %d is between characters: %v", prev, s, after, after == 0)
	}
	p := []byte(masked(s, key))
	if got := UnmaskNext(before, p, key); got != after || got != Invalid && string(p) != s {
		t.Fatalf("after %+q: UnmaskNext(%+q) = %d, wrote %+q", prev, s, got, p)
	}
}

// TestRandom verifies every function with random inputs of every length.
func TestRandom(t *testing.T) {
	each(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(6455, 3629))
		for n := range 700 {
			for range 8 {
				s := randomText(r, n)
				if m := r.IntN(5); n > 4 { // in some calls, begin within a character
					s = s[m:]
				}
				check(t, unfinishedTexts[r.IntN(len(unfinishedTexts))], corrupted(r, s), r.Uint32())
			}
		}
		for _, n := range [...]int{1000, 1024, 4096, 5000, 65536} {
			for range 4 {
				check(t, "", corrupted(r, randomText(r, n)), r.Uint32())
			}
		}
	})
}

// TestPairs verifies every byte alone, and every pair of bytes at the end of
// inputs of many lengths and before 70 more bytes.
func TestPairs(t *testing.T) {
	places := [...]int{0, 1, 6, 7, 14, 15, 16, 30, 31, 32, 47, 61, 62, 63, 64, 126, 127, 128, 255}
	each(t, func(t *testing.T) {
		text := bytes.Repeat([]byte("x"), 400)
		for a := range 256 {
			if s := bytesOf[a : a+1]; Valid(s) != (a < 0x80) || validGo(s) != (a < 0x80) {
				t.Fatalf("%q alone: Valid %v, validGo %v", s, Valid(s), validGo(s))
			}
			for b := range 256 {
				pair := string([]byte{byte(a), byte(b)})
				want := utf8.ValidString(pair)
				for _, at := range places {
					copy(text[at:], pair)
					if got := Valid(String(text[:at+2])); got != want {
						t.Fatalf("%q at %d: %v", pair, at, got)
					}
					if got := Valid(String(text[:at+72])); got != want {
						t.Fatalf("%q at %d, before 70 more bytes: %v", pair, at, got)
					}
					copy(text[at:], "xx")
				}
			}
		}
	})
}

// TestQuads verifies every input of four bytes of borders, at the end of inputs
// of several lengths and before 30 more bytes.
func TestQuads(t *testing.T) {
	places := [...]int{0, 3, 4, 11, 12, 27, 28, 60, 62, 64, 123, 125}
	each(t, func(t *testing.T) {
		text := bytes.Repeat([]byte("x"), 400)
		quad := make([]byte, 4)
		n := len(borders)
		for i := range n * n * n * n {
			for k := range quad {
				quad[k] = borders[i%n]
				i /= n
			}
			want := utf8.Valid(quad)
			at := places[int(quad[0]^quad[1]^quad[2]^quad[3])%len(places)]
			copy(text[at:], quad)
			if got := Valid(String(text[:at+4])); got != want {
				t.Fatalf("%q at %d: %v", quad, at, got)
			}
			if got := Valid(String(text[:at+34])); got != want {
				t.Fatalf("%q at %d, before 30 more bytes: %v", quad, at, got)
			}
			copy(text[at:], "xxxx")
		}
	})
}

// TestEveryPosition verifies a fault of each kind, and characters, at every
// position of every length up to 330 bytes.
//
// Shows: U01 U02 U03 U04
func TestEveryPosition(t *testing.T) {
	key := uint32(0x3D21FA37)
	inputs := []string{
		"\x80", "\xBF\x80", "\xC2", "\xE1\x80", "\xF1\x80\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
		"\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "é\x80", "中\x80", "😀\x80", "é", "中", "😀",
		"\u0800", "\uD7FF", "\U00010000", "\U0010FFFF",
	}
	each(t, func(t *testing.T) {
		dst := make([]byte, 400)
		for _, in := range inputs {
			want := utf8.ValidString(in)
			for n := len(in); n <= 330; n++ {
				s := bytes.Repeat([]byte("x"), n)
				m := []byte(masked(string(s), key))
				for at := 0; at <= n-len(in); at++ {
					copy(s[at:], in)
					for i := range len(in) {
						m[at+i] = in[i] ^ byte(key>>(8*((at+i)&3)))
					}
					if got := Valid(String(s)); got != want {
						t.Fatalf("%+q at %d of %d: Valid is %v", in, at, n, got)
					}
					if got := Unmask(&dst[0], &m[0], n, key); got != want || !bytes.Equal(dst[:n], s) {
						t.Fatalf("%+q at %d of %d: Unmask is %v, wrote %+q", in, at, n, got, dst[:n])
					}
					if n <= 123 {
						if got := Mask(&dst[0], String(s), key); got != want || got && !bytes.Equal(dst[:n], m) {
							t.Fatalf("%+q at %d of %d: Mask is %v", in, at, n, got)
						}
					}
					for i := range len(in) {
						s[at+i] = 'x'
						m[at+i] = 'x' ^ byte(key>>(8*((at+i)&3)))
					}
				}
			}
		}
	})
}

// TestTwoCharacters verifies one or two characters in ASCII, with each of their
// bytes changed.
//
// Shows: U01 U02 U03 U04
func TestTwoCharacters(t *testing.T) {
	characters := [...]string{"", "é", "߿", "ࠀ", "漢", "\xED\x9F\xBF", "\xF0\x90\x80\x80", "😀", "\xF4\x8F\xBF\xBF"}
	changed := [...]byte{'x', 0x80, 0xBF, 0xC3, 0xE4, 0xF0, 0xFF}
	each(t, func(t *testing.T) {
		dst := make([]byte, 1000)
		try := func(text []byte, at int) {
			s := String(text)
			want := utf8.ValidString(s)
			valid, next, unmask := Valid(s), Next(0, s) == 0, Unmask(&dst[0], &text[0], len(text), 0)
			if valid != want || next != want || unmask != want {
				t.Fatalf("%+q at %d: Valid %v, Next %v, Unmask %v", text[at:at+12], at, valid, next, unmask)
			}
			if len(s) > 123 {
				return
			}
			if mask := Mask(&dst[0], s, 0); mask != want {
				t.Fatalf("%+q at %d: Mask %v", text[at:at+12], at, mask)
			}
		}
		for _, after := range [...]int{12, 110} {
			for at := range 2 * 140 {
				begin := strings.Repeat("x", at/2)
				if at%2 == 1 {
					begin = "é" + begin
				}
				at := len(begin)
				for _, first := range characters[1:] {
					for _, second := range characters {
						text := []byte(begin + first + second + strings.Repeat("x", after))
						try(text, at)
						for i := at; i <= at+len(first)+len(second); i++ {
							was := text[i]
							for _, b := range changed {
								text[i] = b
								try(text, at)
							}
							text[i] = was
						}
					}
				}
			}
		}
	})
}

// TestASCIIFill verifies a fault in ASCII bytes with other bits than "x".
//
// Shows: U01 U02
func TestASCIIFill(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, fill := range [...]byte{0, ' ', '?', '@', 'x', 0x7F} {
			for _, n := range [...]int{5, 8, 12, 16, 24, 32, 40, 64, 100, 200, 300, 5000} {
				b := bytes.Repeat([]byte{fill}, n)
				for _, fault := range [...]byte{0x80, 0xBF, 0xC2, 0xFF} {
					for at := max(0, n-300); at < n; at++ {
						b[at] = fault
						if s := String(b); Valid(s) || validGo(s) {
							t.Fatalf("%#x at %d of %d times %#x is accepted", fault, at, n, fill)
						}
						b[at] = fill
					}
				}
			}
		}
	})
}

// TestSurroundings verifies that the result depends neither on the memory around
// the input nor on the registers after the previous call.
func TestSurroundings(t *testing.T) {
	each(t, func(t *testing.T) {
		dst := make([]byte, 300)
		for _, around := range [...]string{"\xF0", "\x80", "\xFF"} {
			before := strings.Repeat(around, 200)
			for n := 2; n <= 131; n++ {
				b := []byte(strings.Repeat(around, n+128))
				s := b[64 : 64+n]
				for at := 0; at <= n-2; at++ {
					copy(s, strings.Repeat("x", at)+"é"+strings.Repeat("x", n-at-2))
					Unmask(&dst[0], unsafe.StringData(before), len(before), 0)
					if !Valid(String(s)) {
						t.Fatalf("é at %d of %d bytes is rejected between %+q", at, n, around)
					}
					Unmask(&dst[0], unsafe.StringData(before), len(before), 0)
					if !Unmask(&dst[0], &s[0], n, 0) {
						t.Fatalf("é at %d of %d bytes is rejected by Unmask between %+q", at, n, around)
					}
				}
			}
		}
	})
}

// TestUnmaskBeforeSource verifies that dst may begin up to six bytes before src,
// where a Close frame has its header and key.
func TestUnmaskBeforeSource(t *testing.T) {
	each(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 1))
		for n := 1; n <= 123; n++ {
			for before := 0; before <= 6; before++ {
				for range 4 {
					s, key := corrupted(r, randomText(r, n)), r.Uint32()
					b := append([]byte("123456"), masked(s, key)...)
					got := Unmask(&b[6-before], &b[6], n, key)
					if want := utf8.ValidString(s); got != want || string(b[6-before:][:n]) != s {
						t.Fatalf("%d bytes, %d before the source: %v, wrote %+q, want %+q", n, before, got, b[6-before:][:n], s)
					}
				}
			}
		}
	})
}

// TestKey verifies that Key begins with the key byte for pos.
func TestKey(t *testing.T) {
	key := [4]byte{1, 2, 3, 4}
	for pos := -8; pos < 9; pos++ {
		k := Key(key, pos)
		for i := range 4 {
			if got, want := byte(k>>(8*i)), key[(pos+i)&3]; got != want {
				t.Errorf("Key(%v, %d), byte %d: %d, want %d", key, pos, i, got, want)
			}
		}
	}
}
