package kernel

// The syntax of UTF-8, RFC 3629 §4:
//
//	UTF8-octets = *( UTF8-char )
//	UTF8-char   = UTF8-1 / UTF8-2 / UTF8-3 / UTF8-4
//	UTF8-1      = %x00-7F
//	UTF8-2      = %xC2-DF UTF8-tail
//	UTF8-3      = %xE0 %xA0-BF UTF8-tail / %xE1-EC 2( UTF8-tail ) /
//	              %xED %x80-9F UTF8-tail / %xEE-EF 2( UTF8-tail )
//	UTF8-4      = %xF0 %x90-BF 2( UTF8-tail ) / %xF1-F3 3( UTF8-tail ) /
//	              %xF4 %x80-8F 2( UTF8-tail )
//	UTF8-tail   = %x80-BF
//
// One row per alternative of more than one byte. What comes after the second
// byte is always a tail, so the rows need not say it.
var syntax = [...]struct {
	leadLo, leadHi     byte // the first byte
	secondLo, secondHi byte // the second byte
}{
	{0xC2, 0xDF, 0x80, 0xBF},
	{0xE0, 0xE0, 0xA0, 0xBF},
	{0xE1, 0xEC, 0x80, 0xBF},
	{0xED, 0xED, 0x80, 0x9F},
	{0xEE, 0xEF, 0x80, 0xBF},
	{0xF0, 0xF0, 0x90, 0xBF},
	{0xF1, 0xF3, 0x80, 0xBF},
	{0xF4, 0xF4, 0x80, 0x8F},
}

// possible reports whether b may be the second byte of a sequence that p begins.
func possible(p, b byte) bool {
	for _, r := range syntax {
		if r.leadLo <= p && p <= r.leadHi {
			return r.secondLo <= b && b <= r.secondHi
		}
	}
	return false
}

// The tables that the kernels judge text by, derived from syntax, and what they compare with. The assembly reads them too.
//
// There are three ways to judge. All look at a byte b and the three before it, p1 the
// nearest.
//
// The first way looks up
//
//	x = leads[b&63] if b is C0–FF, else 0    what b demands of, and refuses in, the bytes after it
//	y = groups[b>>4]                         what b is
//
// and says that b is faulty where it stands if
//
//	x of p1 has a bit of y (it refuses b), or
//	notTail in y is the same as need1 in x of p1, need2 in x of p2 or need3 in x of p3
//	(a tail where none is needed, or none where one is needed).
//
// Zeros before the text and after it make it whole: they need nothing, and what is
// cut off by the end of the text lacks a tail there.
//
// Where x of b is at hand too, y can be had for one operation less, as tails[b&63], which is the y of a tail with
// these bits. Then b is faulty if
//
//	x of p1 has a bit of y (it refuses b, or b is no tail, which is a fault after what has an x), or
//	b is 80–FF and x of b is 0 (it is a tail) where need1, need2 and need3 say that none is needed, or the other way around.
//
// The second way, for vectors that can look up nothing but 16 entries, is that of John Keiser and Daniel
// Lemire, "Validating UTF-8 in less than one instruction per byte" (2020, doi:10.1002/spe.2920):
//
//	e = high[p1>>4] & low[p1&15] & next[b>>4]
//
// Each bit of e but the highest is a reason why b may not follow p1. The highest, twoTails, says that both are tails,
// which is a fault unless p2 begins three bytes or more or p3 four, and the other way around.
//
// The third way is for vectors that can look up nothing, but compare. It says that b is faulty if
//
//	p1 is C0, C1 or more than F4, or p1 is lead3 and b < split3, lead3|other3 and b >= split3, lead4 and b < split4, or
//	lead4|other4 and b >= split4 (p1 refuses b), or
//	b is a tail where neither p1-second, p2-third nor p3-fourth has the highest bit (none is needed), or the other way around.
var tables = derive()

// lookup is the type of tables. The assembly knows the fields by name.
type lookup struct {
	leads  [64]byte
	groups [64]byte // four times, because VPERMB takes two bits more, which are another byte's
	tails  [64]byte // y of 80–BF, by the low six bits
	first  [64]byte // C0: the first byte that has an x
	third  [64]byte // 60: p-60 has the highest bit if p is E0–FF (saturated),
	fourth [64]byte // 70: and p-70 if p is F0–FF
	count  [64]byte // 0–63

	reason [64]byte // zeros where a payload has its code, then FF
	known  [64]byte // zeros where not all that comes before is in the block, then FF
	ends   [64]byte // the needs that the end of the text leaves unmet

	// For the third way. Of the leads of three bytes that refuse some tails, lead3 refuses those less than split3, and the one that has
	// the bits of other3 too the others; so it is with four bytes.
	split3, lead3, other3 [16]byte
	split4, lead4, other4 [16]byte
	second                [16]byte // 40: p-40 has the highest bit if p is C0–FF (saturated)
	even                  [16]byte // FE: C0 and C1 give C0
	beyond                [16]byte // F5: it and what is more stand in no text
	unmet                 [16]byte // b-unmet has the highest bit if b, which ends the text, leaves a need unmet, at each place

	high, low, next [16]byte // Keiser and Lemire's
	half            [32]byte // 0F
	sign            [32]byte // 80
	last            [32]byte // the greatest byte that text may end with, at each place
	window          [32]byte // 0–15, then 16 times FF: indexes that shift 16 bytes down by any count
	there           [64]byte // 32 times FF, 32 times 0: a mask of any length
}

// The bits of x and y.
const (
	need1   = 0x80 // in x: a tail must come one byte later,
	need2   = 0x40 // and two bytes later,
	need3   = 0x20 // and three bytes later
	notTail = 0x80 // in y: not 80–BF

	// In y, the group of a tail; in x, the groups that may not come next. The
	// borders between the groups are all those that stand in syntax.
	group8  = 0x01 // 80–8F
	group9  = 0x02 // 90–9F
	groupAB = 0x04 // A0–BF
)

// twoTails is the bit of Keiser and Lemire's tables that two tails in a row give.
const twoTails = 0x80

func derive() (t lookup) {
	for i := range 256 {
		b := byte(i)
		y := byte(notTail)
		if b&0xC0 == 0x80 {
			y = groupOf(b)
		}
		for i := b >> 4; i < 64; i += 16 {
			t.groups[i] = y
		}
		if b >= 0xC0 {
			var x byte = need1
			if b >= 0xE0 {
				x |= need2
			}
			if b >= 0xF0 {
				x |= need3
			}
			for second := byte(0x80); second < 0xC0; second++ {
				if !possible(b, second) {
					x |= groupOf(second)
				}
			}
			t.leads[b&63] = x
		}
	}
	for i := range 64 {
		t.tails[i] = groupOf(0x80 | byte(i))
		t.first[i], t.third[i], t.fourth[i], t.count[i] = 0xC0, 0x60, 0x70, byte(i)
		if i >= 2 {
			t.reason[i] = 0xFF
		}
		if i >= 3 {
			t.known[i] = 0xFF
		}
	}
	t.borders()
	t.ends[61], t.ends[62], t.ends[63] = need3, need2, need1
	t.nibbles()

	for i := range 32 {
		t.half[i], t.sign[i] = 0x0F, 0x80
		t.there[i] = 0xFF
		t.last[i] = 0xFF
		t.window[i] = 0xFF
		if i < 16 {
			t.window[i] = byte(i)
		}
	}
	t.last[29], t.last[30], t.last[31] = 0xEF, 0xDF, 0xBF
	return t
}

// borders derives what the third way compares bytes with.
func (t *lookup) borders() {
	for i := range 16 {
		t.second[i], t.even[i], t.beyond[i], t.unmet[i] = 0x40, 0xFE, 0xF5, 0xFF
		for _, r := range syntax {
			split, lead, other := &t.split3[i], &t.lead3[i], &t.other3[i]
			if r.leadLo >= 0xF0 {
				split, lead, other = &t.split4[i], &t.lead4[i], &t.other4[i]
			}
			if r.secondLo > 0x80 {
				*split, *lead = r.secondLo, r.leadLo
			}
			if r.secondHi < 0xBF {
				*other = r.leadLo &^ *lead // which was in a row before
			}
		}
	}
	t.unmet[13], t.unmet[14], t.unmet[15] = 0x70, 0x60, 0x40
}

func groupOf(tail byte) byte {
	switch tail >> 4 {
	case 0x8:
		return group8
	case 0x9:
		return group9
	}
	return groupAB
}

// nibbles derives Keiser and Lemire's tables. Each reason gets a bit. It is a set of high halves of p1, times one of low halves of p1, times
// one of high halves of b: every pair that is in all three is refused.
func (t *lookup) nibbles() {
	type set uint16 // of numbers up to 15
	const (
		ascii set = 0x00FF
		tails set = 0x0F00
		leads set = 0xF000
		all   set = 0xFFFF
	)
	var bit byte = 1
	reason := func(bit byte, high, low, next set) {
		for i := range 16 {
			if high>>i&1 != 0 {
				t.high[i] |= bit
			}
			if low>>i&1 != 0 {
				t.low[i] |= bit
			}
			if next>>i&1 != 0 {
				t.next[i] |= bit
			}
		}
	}
	reason(twoTails, tails, all, tails)
	reason(bit, leads, all, ^tails) // too short
	bit <<= 1
	reason(bit, ascii, all, tails) // a tail after ASCII
	for high := 0xC; high < 0x10; high++ {
		// For each kind of tail, the leads with this high half that refuse it. Kinds that are refused by
		// the same leads share a bit.
		var low [16]set
		var bits [16]byte
		for next := 0x8; next < 0xC; next++ {
			for i := range 16 {
				if !possible(byte(high<<4|i), byte(next<<4)) {
					low[next] |= 1 << i
				}
			}
			if low[next] == 0 {
				continue
			}
			for before := 0x8; before < next; before++ {
				if low[before] == low[next] {
					bits[next] = bits[before]
				}
			}
			if bits[next] == 0 {
				bit <<= 1
				bits[next] = bit
			}
			reason(bits[next], 1<<high, low[next], 1<<next)
		}
	}
}
