package kernel

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestCutOff is for a piece of text that ends in the middle of a character being taken, whatever its length.
//
// Shows: U01 U02 U03
func TestCutOff(t *testing.T) {
	each(t, func(t *testing.T) {
		dst := make([]byte, 20000)
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
				if !Next(0, s) || !UnmaskNext(dst, s, 0, 0) {
					t.Fatalf("%d bytes that end with %+q are refused", n, cut)
				}
				if Valid(s) || valid(s) {
					t.Fatalf("%d bytes that end with %+q are whole", n, cut)
				}
			}
		}
	})
}

// TestGoOn is for a piece that goes on with a character: a tail is right at its beginning, and nowhere else.
//
// Shows: U01 U02 U03
func TestGoOn(t *testing.T) {
	each(t, func(t *testing.T) {
		dst := make([]byte, 200)
		for _, cut := range [...]string{"\xC2", "\xE1\x80", "\xF1\x80\x80"} {
			prev, _ := Tail(0, cut)
			for n := 1; n <= 131; n++ {
				for at := range n {
					b := bytes.Repeat([]byte("x"), n)
					b[at] = 0x80
					next, unmask := Next(prev, String(b)), UnmaskNext(dst, String(b), 0, prev)
					if want := at == 0; next != want || unmask != want {
						t.Fatalf("a tail at %d of %d bytes, after %+q: %v, %v", at, n, cut, next, unmask)
					}
				}
			}
		}
	})
}

// TestMixed is for a fault being found wherever it is in ASCII after what is not ASCII: kernels ask from time to time
// whether text is ASCII again.
//
// Shows: U01 U02
func TestMixed(t *testing.T) {
	each(t, func(t *testing.T) {
		for n := 3; n <= 300; n++ {
			for at := 2; at < n; at++ {
				for _, fault := range [...]string{"\xC2", "\x80"} {
					s := "é" + strings.Repeat("x", at-2) + fault + strings.Repeat("x", n-at-1)
					if Valid(s) {
						t.Fatalf("%+q at %d of %d bytes is taken", fault, at, n)
					}
				}
			}
		}
	})
}

// TestSurroundings is for the verdict not depending on what is before a text, nor after it.
func TestSurroundings(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, around := range [...]string{"\xF0", "\x80"} {
			for n := 2; n <= 131; n++ {
				b := []byte(strings.Repeat(around, n+128))
				for at := 0; at <= n-2; at++ {
					s := b[64 : 64+n]
					copy(s, strings.Repeat("x", at)+"é"+strings.Repeat("x", n-at-2))
					if !Valid(String(s)) {
						t.Fatalf("é at %d of %d bytes is refused where %+q is around them", at, n, around)
					}
				}
			}
		}
	})
}

// TestLeftovers is for what begins a text not depending on the call before, which may leave in registers what its text ended with.
func TestLeftovers(t *testing.T) {
	each(t, func(t *testing.T) {
		dst := make([]byte, 300)
		piece := String(dst[:1])
		for n := 1; n <= 123; n++ {
			s := strings.Repeat("x", n)
			frame := []byte("\x88\xFF\x00\x00\x00\x00\x03\xE8" + s)
			UnmaskNext(dst[:1], piece, 0, 0xF1F1F1F1)
			masked := MaskPayload(&dst[0], 1000, s, 0)
			UnmaskNext(dst[:1], piece, 0, 0xF1F1F1F1)
			unmasked := UnmaskClose(&dst[0], &frame[0], n+2)>>16 == 1
			UnmaskNext(dst[:1], piece, 0, 0xF1F1F1F1)
			if valid := Valid(s); !masked || !unmasked || !valid {
				t.Fatalf("%d bytes: MaskPayload %v, UnmaskClose %v, Valid %v", n, masked, unmasked, valid)
			}
		}
	})
}

// TestRare is for one or two characters amid ASCII, whole and with each byte of them another: kernels that have gone over ASCII
// for a while judge what they come to in ways of their own.
//
// Shows: U01 U02 U03 U04
func TestRare(t *testing.T) {
	characters := [...]string{"", "é", "߿", "ࠀ", "漢", "\xED\x9F\xBF", "\xF0\x90\x80\x80", "😀", "\xF4\x8F\xBF\xBF"}
	spoil := [...]byte{'x', 0x80, 0xBF, 0xC3, 0xE4, 0xF0, 0xFF}
	each(t, func(t *testing.T) {
		dst := make([]byte, 1000)
		try := func(text []byte, at int) {
			want := utf8.Valid(text)
			s := String(text)
			valid, next, unmask := Valid(s), Next(0, s), UnmaskNext(dst, s, 0, 0)
			if valid != want || next != want || unmask != want {
				t.Fatalf("%+q at %d: Valid %v, Next %v, UnmaskNext %v", text[at:at+12], at, valid, next, unmask)
			}
			if len(s) > 123 {
				return
			}
			clear(dst[:2])
			mask := MaskPayload(&dst[0], 1000, s, 0)
			if mask != want || mask && string(dst[:2+len(s)]) != "\x03\xE8"+s {
				t.Fatalf("%+q at %d: MaskPayload %v", text[at:at+12], at, mask)
			}
			copy(dst[500:], "\x88\xFF\x00\x00\x00\x00\x03\xE8")
			copy(dst[508:], s)
			if unmask := UnmaskClose(&dst[0], &dst[500], 2+len(s)); unmask>>16 == 1 != want {
				t.Fatalf("%+q at %d: UnmaskClose %#x", text[at:at+12], at, unmask)
			}
		}
		for _, after := range [...]int{12, 110} {
			for at := range 2 * 140 {
				begin := strings.Repeat("x", at/2)
				if at%2 == 1 { // the first such character is found by others than those after it
					begin = "é" + begin
				}
				at := len(begin)
				for _, first := range characters[1:] {
					for _, second := range characters {
						text := []byte(begin + first + second + strings.Repeat("x", after))
						try(text, at)
						for i := at; i <= at+len(first)+len(second); i++ {
							was := text[i]
							for _, b := range spoil {
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

// TestLong is for a character or a fault being found wherever it is in ASCII of several pages, over which kernels may go at two places at once.
//
// Shows: U01 U02
func TestLong(t *testing.T) {
	each(t, func(t *testing.T) {
		text := bytes.Repeat([]byte("x"), 20000)
		dst := make([]byte, len(text))
		for at := 0; at+3 < len(text); at++ {
			copy(text[at:], "漢")
			if s := String(text); !Valid(s) || !Next(0, s) || at%16 == 0 && !UnmaskNext(dst, s, 0, 0) {
				t.Fatalf("漢 at %d is refused", at)
			}
			text[at+1] = 'x'
			if s := String(text); Valid(s) || Next(0, s) || at%16 == 0 && UnmaskNext(dst, s, 0, 0) {
				t.Fatalf("漢 at %d without its second byte is taken", at)
			}
			copy(text[at:], "xxx")
		}

		// Of what is left after whole pages, every byte counts.
		const pages = 8192
		for n := pages + 1; n <= pages+80; n++ {
			b := bytes.Repeat([]byte("x"), n)
			for at := pages - 32; at < n; at++ {
				b[at] = 0x80
				if s := String(b); Valid(s) || valid(s) || Next(0, s) || next(0, s) {
					t.Fatalf("a tail at %d of %d bytes is taken", at, n)
				}
				b[at] = 'x'
			}
		}
	})
}

// TestBroken is for a character amid ASCII that is cut short, with another one before it, and a tail after ASCII that would
// have made it whole: that it was begun is not to be forgotten, nor kept.
//
// Shows: U01 U02 U04
func TestBroken(t *testing.T) {
	each(t, func(t *testing.T) {
		for begin := range 40 {
			for gap := 1; gap <= 40; gap++ {
				for _, c := range [...][2]string{{"éx\xC2", "\x80"}, {"é\xE4\xBD", "\xA0"}, {"漢\xC2", "\x80"}, {"éé", "\x80"}} {
					whole := "é" + strings.Repeat("x", 16+begin) + c[0] + strings.Repeat("x", gap) + c[1] + strings.Repeat("x", 50)
					for _, s := range [...]string{whole, whole[len("é"):]} {
						if Valid(s) || valid(s) || Next(0, s) || next(0, s) {
							t.Fatalf("%+q is taken", s)
						}
					}
				}
			}
		}
	})
}

// TestFilled is for faults amid ASCII of every kind: that of the other tests is 'x' nearly everywhere, which has bits of its own.
//
// Shows: U01 U02
func TestFilled(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, fill := range [...]byte{0, ' ', '?', '@', 'x', 0x7F} {
			for _, n := range [...]int{5, 8, 12, 16, 24, 32, 40, 64, 100, 200, 300, 5000} {
				b := bytes.Repeat([]byte{fill}, n)
				for _, fault := range [...]byte{0x80, 0xBF, 0xC2, 0xFF} {
					for at := max(0, n-300); at < n; at++ {
						b[at] = fault
						if s := String(b); Valid(s) || valid(s) {
							t.Fatalf("%#x at %d of %d times %#x is taken", fault, at, n, fill)
						}
						b[at] = fill
					}
				}
			}
		}
	})
}
