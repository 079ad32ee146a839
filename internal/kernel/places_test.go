package kernel

import (
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"
)

// TestPlaces is for a fault being found at every place of every text that has one or two blocks, whatever
// block judges it: one of each kind, and sequences that are well-formed too.
//
// Shows: U01 U02 U03 U04
func TestPlaces(t *testing.T) {
	const key = 0x3D21FA37
	inputs := []string{
		"\x80", "\xBF\x80", "\xC2", "\xE1\x80", "\xF1\x80\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
		"\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "é\x80", "中\x80", "😀\x80", "é", "中", "😀",
		"\u0800", "\uD7FF", "\U00010000", "\U0010FFFF",
	}
	each(t, func(t *testing.T) {
		dst := make([]byte, 256)
		calls := 0
		for _, in := range inputs {
			want := utf8.ValidString(in)
			for n := len(in); n <= 131; n++ {
				for at := 0; at <= n-len(in); at++ {
					s := strings.Repeat("x", at) + in + strings.Repeat("x", n-at-len(in))
					calls++
					if got := Valid(s); got != want {
						t.Fatalf("%+q at %d of %d: Valid is %v", in, at, n, got)
					}
					if n > 123 {
						continue
					}
					calls += 2
					// The code's second byte may be like any byte of text.
					frame := "\x88\xFF\x37\xFA\x21\x3D" + masked("\x0F\xF0"+s, key)
					if got := UnmaskClose(&dst[0], unsafe.StringData(frame), n+2); got != 0x0FF0 && !want || got != 1<<16|0x0FF0 && want {
						t.Fatalf("%+q at %d of %d: UnmaskClose is %#x", in, at, n, got)
					}
					if got := MaskPayload(&dst[0], 1000, s, key); got != want {
						t.Fatalf("%+q at %d of %d: MaskPayload is %v", in, at, n, got)
					}
				}
			}
		}
		t.Logf("%d calls", calls)
	})
}
