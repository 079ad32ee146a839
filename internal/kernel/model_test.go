package kernel

import (
	"math/rand/v2"
	"testing"
)

// TestModel is for the first way to judge, as Go has it below, being right, after texts of eight bytes that can
// go on.
func TestModel(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	right := 0
	for range 100_000 {
		s := spoiled(r, text(r, 16+r.IntN(4)))
		s = s[len(s)-16:]
		if s[0]&0xC0 == 0x80 || !mendable(s[:8]) {
			continue
		}
		got := faults(load64(s, 0), load64(s, 8)) == 0
		want := mendable(s)
		if _, ok := Tail(0, s); !ok {
			want = mendable(s[:15]) // C0, C1 and F5–FF show by what comes next
			if Missing(load32(s, 11)) > 0 {
				want = false
			}
		}
		if got != want {
			t.Fatalf("%+q after %+q: %v", s[8:], s[:8], got)
		}
		if got {
			right++
		}
	}
	if right < 1000 {
		t.Errorf("only %d texts were right", right)
	}
}

// faults judges the eight bytes of w, the first one lowest, as the AVX-512 kernel
// judges 64: all at once and without a branch (see tables). before is the eight bytes that come
// before w. The result is 0 unless a byte of w is one that cannot stand where it stands.
//
// Whether w ends in the middle of a sequence, or with a byte that is never part
// of one, shows only in the bytes after it.
func faults(before, w uint64) uint64 {
	var xBefore, x, y uint64
	for i := 0; i < 64; i += 8 {
		xBefore |= uint64(lead(byte(before>>i))) << i
		x |= uint64(lead(byte(w>>i))) << i
		y |= uint64(tables.groups[w>>i>>4&0x0F]) << i
	}
	// The x of the bytes one, two and three places before each byte of w. The shifts are greater by a bit and by two, which
	// brings need2 and need3 to where need1 is.
	x1 := x<<8 | xBefore>>56
	x2 := x<<17 | xBefore>>47
	x3 := x<<26 | xBefore>>38

	refused := x1 & y
	wrong := ^((x1 | x2 | x3) ^ y) & high // needed and not there, or there and not needed

	// With the y of tails.
	y = 0
	for i := 0; i < 64; i += 8 {
		y |= uint64(tables.tails[w>>i&0x3F]) << i
	}
	short := x1&y | ((x1|x2|x3)^(w&^x))&high
	if (short == 0) != (refused|wrong == 0) {
		panic("with the y of tails the verdict is another")
	}
	return refused | wrong
}

// lead returns the x of b.
func lead(b byte) byte {
	if b < 0xC0 {
		return 0
	}
	return tables.leads[b&63]
}

// refusedByNibbles reports whether b cannot stand after the three bytes, by the second way: what JUDGE of AVX2 and NEON does.
func refusedByNibbles(p3, p2, p1, b byte) bool {
	e := tables.high[p1>>4] & tables.low[p1&15] & tables.next[b>>4]
	if p2 >= 0xE0 || p3 >= 0xF0 {
		e ^= twoTails
	}
	return e != 0
}

// refusedByComparing reports whether b cannot stand after the three bytes, by the third way: what JUDGE of SSE2 does.
func refusedByComparing(p3, p2, p1, b byte) bool {
	t := &tables
	either := func(split, lead, other byte) byte {
		if int8(b) < int8(split) { // with a sign, tails are the least
			return lead
		}
		return lead | other
	}
	refused := p1 == either(t.split3[0], t.lead3[0], t.other3[0]) || p1 == either(t.split4[0], t.lead4[0], t.other4[0]) ||
		p1&t.even[0] == t.first[0] || p1 == max(p1, t.beyond[0])
	less := func(p, c byte) byte { return max(p, c) - c }
	needed := (less(p1, t.second[0])|less(p2, t.third[0])|less(p3, t.fourth[0]))&0x80 != 0
	tail := int8(b) < int8(t.first[0])
	return refused || needed != tail
}
