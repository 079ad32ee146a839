package kernel

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unicode/utf8"
	"unsafe"
)

// The tables against unicode/utf8: whether b may follow p, by all ways to judge.
func TestTables(t *testing.T) {
	for p := range 256 {
		x := lead(byte(p))
		for b := range 256 {
			y := tables.groups[b>>4]
			first := x&y != 0 || (x&need1 != 0) == (y&notTail != 0)
			e := tables.high[p>>4] & tables.low[p&15] & tables.next[b>>4]
			if two := p&0xC0 == 0x80 && b&0xC0 == 0x80; (e&twoTails != 0) != two {
				t.Errorf("%#x, %#x: two tails: %#x", p, b, e)
			}
			second := e != 0
			s := string([]byte{byte(p), byte(b)})
			want := b&0xC0 == 0x80 // after a tail, or ASCII
			switch {
			case p >= 0xC0:
				want = !mendable(s)
			case b < 0x80:
				want = false
			case b >= 0xC0:
				want = false
			}
			if p == 0xC0 || p == 0xC1 || p >= 0xF5 {
				want = true
			}
			third := refusedByComparing(0, 0, byte(p), byte(b))
			if first != want || second != want || third != want {
				t.Fatalf("is %#x refused after %#x: %v, %v, %v; want %v", b, p, first, second, third, want)
			}
		}
		for i, bit := range [...]byte{need1, need2, need3} {
			if got, want := x&bit != 0, p >= [...]int{0xC0, 0xE0, 0xF0}[i]; got != want {
				t.Errorf("%#x needs a tail %d bytes later: %v", p, i+1, got)
			}
		}
	}
	for i := range 16 {
		for what, all := range map[string][16]byte{
			"split3": tables.split3, "lead3": tables.lead3, "other3": tables.other3, "split4": tables.split4, "lead4": tables.lead4, "other4": tables.other4,
			"second": tables.second, "even": tables.even, "beyond": tables.beyond,
		} {
			if all[i] != all[0] {
				t.Errorf("%s[%d] is not %[1]s[0]", what, i)
			}
		}
		for b := range 256 {
			// At the end of the text, is a tail still needed?
			got := max(byte(b), tables.unmet[i])-tables.unmet[i] >= 0x80
			if want := i == 15 && b >= 0xC0 || i == 14 && b >= 0xE0 || i == 13 && b >= 0xF0; got != want {
				t.Errorf("%#x at %d of the last 16 bytes leaves a need unmet: %v", b, i, got)
			}
		}
	}
	for i, y := range tables.groups {
		if y != tables.groups[i&15] {
			t.Errorf("groups[%d] is not groups[%d]", i, i&15)
		}
	}
}

// check compares every function with its oracle, for the text s after prev.
func check(t *testing.T, prev, s string, key uint32) {
	t.Helper()
	wantIndex := index(s)
	want := utf8.ValidString(s)
	if got := s == "" || Valid(s); got != want {
		t.Fatalf("Valid(%+q) = %v", s, got)
	}
	// The Go kernel, of which every machine without assembly uses a part.
	if got := s == "" || valid(s); got != want {
		t.Fatalf("valid(%+q) = %v", s, got)
	}
	if got := IndexInvalid(s); got != wantIndex {
		t.Fatalf("IndexInvalid(%+q) = %d, want %d", s, got, wantIndex)
	}
	before, ok := Tail(0, prev)
	wantNext := mendable(prev + s)
	if !ok || !mendable(prev) {
		t.Fatalf("bad test: %+q", prev)
	}
	after, ok := Tail(before, s)
	if got := Next(before, s) && ok; got != wantNext {
		t.Fatalf("after %+q: Next(%#x, %+q) = %v", prev, before, s, got)
	}
	if got := next(before, s) && ok; got != wantNext {
		t.Fatalf("after %+q: next(%#x, %+q) = %v", prev, before, s, got)
	}
	if wantNext {
		if complete := utf8.ValidString(prev + s); (Missing(after) == 0) != complete {
			t.Fatalf("after %+q, %+q: Missing is %d", prev, s, Missing(after))
		}
	}

	// Bytes around the destination must stay.
	buf := make([]byte, len(s)+160)
	for i := range buf {
		buf[i] = byte(i) | 1
	}
	around := bytes.Clone(buf)
	at := int(key>>8) % 80
	dst := buf[at : at+len(s)]
	same := func(what string, got, want string, ok bool) {
		t.Helper()
		if ok && got != want {
			t.Fatalf("%s of %+q with %#x wrote %+q", what, want, key, got)
		}
		if !bytes.Equal(buf[:at], around[:at]) || !bytes.Equal(buf[at+len(s):], around[at+len(s):]) {
			t.Fatalf("%s of %d bytes at %d wrote outside of them", what, len(s), at)
		}
		copy(dst, around[at:])
	}
	m := masked(s, key)

	XOR(dst, m, key)
	same("XOR", string(dst), s, true)
	copy(dst, m)
	XOR(dst, String(dst), key)
	same("XOR in place", string(dst), s, true)

	ok = UnmaskNext(dst, m, key, before)
	if _, last := Tail(before, s); (ok && last) != wantNext {
		t.Fatalf("after %+q: UnmaskNext(%+q) = %v", prev, s, ok)
	}
	same("UnmaskNext", string(dst), s, ok)
	copy(dst, m)
	ok = UnmaskNext(dst, String(dst), key, before)
	if _, last := Tail(before, s); (ok && last) != wantNext {
		t.Fatalf("after %+q: UnmaskNext(%+q) in place = %v", prev, s, ok)
	}
	same("UnmaskNext in place", string(dst), s, ok)

	if len(s) > 123 {
		return
	}
	// Close frames: a header, a key, two bytes of a code, and s.
	code := uint16(key>>16) | 1
	payload := string([]byte{byte(code >> 8), byte(code)}) + s
	frame := "\x88\xFF" + string([]byte{byte(key), byte(key >> 8), byte(key >> 16), byte(key >> 24)}) + masked(payload, key)
	dst = buf[at : at+len(payload)]
	unmasked := func(what string, got uint32) {
		t.Helper()
		if uint16(got) != code || (got>>16 == 1) != want {
			t.Fatalf("%s of %d, %+q: %#x", what, code, s, got)
		}
		if string(dst) != payload {
			t.Fatalf("%s of %+q with %#x wrote %+q", what, payload, key, dst)
		}
		if !bytes.Equal(buf[:at], around[:at]) || !bytes.Equal(buf[at+len(dst):], around[at+len(dst):]) {
			t.Fatalf("%s of %d bytes at %d wrote outside of them", what, len(dst), at)
		}
		copy(dst, around[at:])
	}
	unmasked("UnmaskClose", UnmaskClose(&dst[0], unsafe.StringData(frame), len(payload)))
	copy(buf[at:], frame)
	ok = UnmaskClose(&buf[at+6], &buf[at], len(payload))>>16 == 1
	if ok != want || string(buf[at:at+6]) != frame[:6] || string(buf[at+6:][:len(payload)]) != payload || !bytes.Equal(buf[at+len(frame):], around[at+len(frame):]) {
		t.Fatalf("UnmaskClose of %+q in place: %v, wrote %+q", s, ok, buf[at:][:len(frame)])
	}
	copy(buf[at:], around[at:])

	if s == "" {
		return
	}
	ok = MaskPayload(&dst[0], code, s, key)
	if ok != want {
		t.Fatalf("MaskPayload(%+q) = %v", s, ok)
	}
	written := frame[6:]
	if !ok {
		written = string(around[at : at+len(payload)])
	}
	if string(dst) != written || !bytes.Equal(buf[:at], around[:at]) || !bytes.Equal(buf[at+len(dst):], around[at+len(dst):]) {
		t.Fatalf("MaskPayload of %+q wrote %+q", s, dst)
	}
}

// What text may be in the middle of.
var unfinished = [...]string{
	"", "A", "é", "漢", "😀", "abc\xC2", "abc\xDF", "\xE0", "\xE1", "\xED", "\xEF", "\xE0\xA0", "\xE1\x80", "\xED\x9F", "x\xEF\xBF", "\xF0", "\xF1", "\xF4",
	"\xF0\x90", "\xF1\x80", "\xF4\x8F", "漢\xF4\x8F", "\xF0\x90\x80", "\xF1\x80\x80", "\xF4\x8F\xBF", "12345678\xF4\x8F\xBF",
}

func TestRandom(t *testing.T) {
	each(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(6455, 3629))
		for n := range 700 {
			for range 8 {
				s := text(r, n)
				// Sometimes begin in the middle of a sequence.
				prev := unfinished[r.IntN(len(unfinished))]
				if m := r.IntN(5); m > 0 && n > 4 {
					s = s[min(m, n):]
				}
				check(t, prev, spoiled(r, s), r.Uint32())
			}
		}
		for _, n := range [...]int{1000, 1024, 4096, 5000, 65536} {
			for range 4 {
				check(t, "", spoiled(r, text(r, n)), r.Uint32())
			}
		}
	})
}

// Every byte alone, and every pair, at the end of texts of many lengths and before 70 more bytes. TestExhaustive
// tries more.
func TestPairs(t *testing.T) {
	places := [...]int{0, 1, 6, 7, 14, 15, 16, 30, 31, 32, 47, 61, 62, 63, 64, 126, 127, 128, 255}
	each(t, func(t *testing.T) {
		text := bytes.Repeat([]byte("x"), 400)
		for a := range 256 {
			if s := bytesOf[a : a+1]; Valid(s) != (a < 0x80) || valid(s) != (a < 0x80) {
				t.Fatalf("%q alone: %v, in Go %v", s, Valid(s), valid(s))
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

// Four bytes of every kind, likewise.
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
