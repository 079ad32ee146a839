//go:build gc && !purego

package kernel

// The range tables of the AVX-512 backend. They are a form of the range
// validation of Yibo Cai (github.com/cyb70289/utf8), which tests each byte
// against the range that the bytes before it allow. The ranges are those of
// RFC 3629 §4. Here a range is a bit, so that a test is one AND.
//
// A lookup with 64 entries is one instruction (VPERMB). So the low six bits of
// a byte select an entry, both for lead bytes (C0–FF) and for continuation bytes
// (80–BF).
//
// leadInfo describes what must follow a lead byte; for any other byte it is
// taken as 0. rangeOf is the range of a continuation byte; for any other byte
// it is meaningless, and matters only after a lead byte, where any other byte
// is an error. Let p1, p2 and p3 be the bytes one, two and three places before
// b. Then b is an error if
//
//	leadInfo(p1) & rangeOf(b) != 0, which is a range not allowed after p1; or
//	b is a continuation byte and none is expected, or the other way around.
//
// One is expected if leadInfo(p1) has follow1, leadInfo(p2) has follow2, or
// leadInfo(p3) has follow3.
const (
	// Where a continuation byte must follow: one, two, three bytes later.
	follow1 = 0x80
	follow2 = 0x40
	follow3 = 0x20

	// Ranges of continuation bytes. In leadInfo, those not allowed directly
	// after the lead byte.
	range8  = 0x01 // 80–8F
	range9  = 0x02 // 90–9F
	rangeAB = 0x04 // A0–BF
)

var leadInfo = [64]byte{
	//  1   2   3   4   5   6   7   8   9   A   B   C   D   E   F
	no, no, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, // C0–CF
	x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, // D0–DF
	xE0, x3, x3, x3, x3, x3, x3, x3, x3, x3, x3, x3, x3, xED, x3, x3, // E0–EF
	xF0, x4, x4, x4, xF4, no, no, no, no, no, no, no, no, no, no, no, // F0–FF
}

const (
	x2  = follow1
	x3  = follow1 | follow2
	x4  = follow1 | follow2 | follow3
	xE0 = x3 | range8 | range9                // overlong
	xED = x3 | rangeAB                        // surrogate
	xF0 = x4 | range8                         // overlong
	xF4 = x4 | range9 | rangeAB               // above U+10FFFF
	no  = follow1 | range8 | range9 | rangeAB // never valid, whatever follows
)

var rangeOf = [64]byte{
	r8, r8, r8, r8, r8, r8, r8, r8, r8, r8, r8, r8, r8, r8, r8, r8, // 80–8F
	r9, r9, r9, r9, r9, r9, r9, r9, r9, r9, r9, r9, r9, r9, r9, r9, // 90–9F
	rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, // A0–AF
	rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, rA, // B0–BF
}

const r8, r9, rA = range8, range9, rangeAB
