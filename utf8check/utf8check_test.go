package utf8check

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"
)

var samples = [...]string{
	"", "a", "close", "déjà vu", "Соединение закрыто", "连接已关闭", "😀🚀", "\x00\uFEFF\uFFFE\U0010FFFF",
	"\x80", "a\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2A", "\xE0\x9F\xBF", "\xE0\xA0", "\xED\xA0\x80", "\xED\x9F\xBF", "\xEF\xBF",
	"\xF0\x8F\xBF\xBF", "\xF0\x90\x80", "\xF4\x90\x80\x80", "\xF4\x8F\xBF\xBF", "\xF5\x80\x80\x80", "\xF8\x88\x80\x80\x80", "\xFE", "\xFF",
	"漢\xE6\xBC", "ok\xFFok", "ok\xE6\xBCok",
}

// index implements IndexInvalid with unicode/utf8.
func index(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// each calls f with every sample at the start, in the middle and at the end of
// inputs of many lengths.
func each(f func(s string)) {
	for _, sample := range samples {
		f(sample)
		for _, pad := range [...]string{"x", "ж", "漢", "😀"} {
			for n := 1; n < 140; n += 1 + n/7 {
				p := strings.Repeat(pad, (n+len(pad)-1)/len(pad))
				f(sample + p)
				f(p + sample)
				f(p + sample + p)
			}
		}
	}
}

type (
	named     []byte
	namedText string
)

// Shows: R23 U01 U02 U03 U04 U05
func TestValid(t *testing.T) {
	each(func(s string) {
		want := utf8.ValidString(s)
		if Valid(s) != want || Valid([]byte(s)) != want || Valid(named(s)) != want || Valid(namedText(s)) != want {
			t.Fatalf("Valid(%+q) is not %v", s, want)
		}
	})
}

func TestIndexInvalid(t *testing.T) {
	each(func(s string) {
		want := index(s)
		if IndexInvalid(s) != want || IndexInvalid([]byte(s)) != want {
			t.Fatalf("IndexInvalid(%+q) = %d, want %d", s, IndexInvalid(s), want)
		}
	})
}

// Shows: R15 P07 W02
func TestTruncate(t *testing.T) {
	each(func(s string) {
		got := Truncate(s)
		if string(Truncate([]byte(s))) != got {
			t.Fatalf("Truncate(%+q) differs for a slice", s)
		}
		if len(got) > MaxReason || !utf8.ValidString(got) || !strings.HasPrefix(s, got) {
			t.Fatalf("Truncate(%+q) = %+q", s, got)
		}
		for n := len(got) + 1; n <= min(len(s), MaxReason); n++ {
			if utf8.ValidString(s[:n]) {
				t.Fatalf("Truncate(%+q) = %+q, but %d bytes could be sent", s, got, n)
			}
		}
	})
	if Truncate([]byte(nil)) != nil {
		t.Error("Truncate(nil) is not nil")
	}
}

// failsAt returns the index of the first byte of s that cannot be part of valid
// UTF-8, whatever follows, or -1.
func failsAt(s string) int {
	i := index(s)
	if i < 0 {
		return -1
	}
	for n := i + 1; n <= len(s); n++ {
		begin, ok := s[i:n], false
		for _, b := range [...]string{"\x80", "\x90", "\xA0"} {
			for _, end := range [...]string{b, b + "\x80", b + "\x80\x80"} {
				ok = ok || utf8.ValidString(begin+end)
			}
		}
		if !ok {
			return n - 1
		}
	}
	return -1
}

// TestStream verifies both methods with every pair of samples, cut in every two
// places.
//
// Shows: R23 U01 U02 U03 U04
func TestStream(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	var all []string
	for _, a := range samples {
		for _, b := range samples {
			all = append(all, a+b, a+"0123456789ABCDEF"+b)
		}
	}
	for _, s := range all {
		at := failsAt(s)
		for i := 0; i <= len(s); i++ {
			for j := i; j <= len(s); j++ {
				key := [4]byte{byte(r.Uint32()), byte(r.Uint32()), 0, 0xFF}
				pos := r.IntN(9)
				var plain, masked Stream
				for _, cut := range [...][2]int{{0, i}, {i, j}, {j, len(s)}} {
					p := []byte(s[cut[0]:cut[1]])
					want := at < 0 || cut[1] <= at
					if got := plain.Next(p); got != want {
						t.Fatalf("%+q: Next(%+q) = %v", s, p, got)
					}
					m := bytes.Clone(p)
					for k := range m {
						m[k] ^= key[(pos+k)&3]
					}
					before := bytes.Clone(m)
					failed := false
					if got := masked.NextMasked(m, key, pos); got != want {
						t.Fatalf("%+q: NextMasked of %+q = %v", s, p, got)
					}
					if want && !bytes.Equal(m, p) {
						t.Fatalf("%+q: NextMasked of %+q wrote %+q", s, p, m)
					}
					if failed && !bytes.Equal(m, before) {
						t.Fatalf("%+q: NextMasked wrote after a fault", s)
					}
					complete := utf8.ValidString(s[:cut[1]])
					if plain.Complete() != complete || masked.Complete() != complete {
						t.Fatalf("Complete after %+q is not %v", s[:cut[1]], complete)
					}
				}
				plain.Reset()
				if plain != (Stream{}) || !plain.Next([]byte("é")) || !plain.Complete() {
					t.Fatal("Reset does not make the Stream ready")
				}
			}
		}
	}
}

func TestStreamSize(t *testing.T) {
	if n := unsafe.Sizeof(Stream{}); n != 1 {
		t.Errorf("a Stream is %d bytes", n)
	}
}

func TestAllocs(t *testing.T) {
	for _, s := range samples {
		p := []byte(s)
		key := [4]byte{1, 2, 3, 4}
		if n := testing.AllocsPerRun(100, func() {
			var buf [125]byte // must not escape to the heap
			n := copy(buf[:], s)
			var m Stream
			sink = Valid(s) && Valid(buf[:n]) && Valid(p) && IndexInvalid(buf[:n]) < 0 &&
				len(Truncate(buf[:n])) == len(Truncate(s)) && m.Next(buf[:n]) && m.NextMasked(buf[:n], key, 1) && m.Complete()
			sink = m.Next(buf[:n])
			m.Reset()
			sink = m.NextMasked(buf[:n], key, 1)
		}); n != 0 {
			t.Errorf("%+q: %v allocations", s, n)
		}
	}
}

var sink bool
