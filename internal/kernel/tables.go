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
// byte is always a tail, so the row need not say it.
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

// The groups of bytes that a second byte is judged by, one bit each. The
// borders between them are all the borders that stand in syntax.
const (
	group8  = 1 << iota // 80–8F
	group9              // 90–9F
	groupAB             // A0–BF
	tail    = 0x80      // 80–BF: any of them
)

// The tables by which a byte b is judged together with the one before it, p:
//
//	refuse[p&0x7F] & groups[b>>4]
//
// has the bit tail if b is a tail (80–BF), and another bit if b is a tail that
// may not follow p. It is 0 if b is no tail.
//
// The index of refuse drops bit 7 of p, so that ASCII shares the entries of its
// upper halves 80–FF. That is harmless: a tail after ASCII is ill-formed whatever the
// entry adds, and a byte that is no tail gives 0.
//
// groups stands there four times, because the vector lookup that reads it uses two bits more
// of the index, which hold bits of another byte.
var refuse, groups = tables()

func tables() (refuse [128]byte, groups [64]byte) {
	for i := range groups {
		switch i & 15 {
		case 0x8:
			groups[i] = tail | group8
		case 0x9:
			groups[i] = tail | group9
		case 0xA, 0xB:
			groups[i] = tail | groupAB
		}
	}
	for i := range refuse {
		refuse[i] = tail
	}
	for p := 0xC0; p <= 0xFF; p++ {
		all := byte(group8 | group9 | groupAB) // C0, C1, F5–FF: nothing may follow
		for _, r := range syntax {
			if int(r.leadLo) <= p && p <= int(r.leadHi) {
				for b := int(r.secondLo); b <= int(r.secondHi); b++ {
					all &^= groups[b>>4]
				}
			}
		}
		refuse[p&0x7F] |= all
	}
	return refuse, groups
}
