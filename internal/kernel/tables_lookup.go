//go:build (amd64 || arm64) && gc && !purego

package kernel

// The lookup tables of John Keiser and Daniel Lemire, "Validating UTF-8 In Less
// Than One Instruction Per Byte" (2021, doi:10.1002/spe.2920), for AVX2 and
// NEON. The classes are those of the paper, some under other names. Whether byte
// b may follow byte p is decided by three lookups:
//
//	errors := prevHigh[p>>4] & prevLow[p&15] & currHigh[b>>4]
//
// Each bit stands for a class of errors, and is set in a table for the nibbles
// that take part in an error of that class. Only twoConts is not always an
// error: a continuation byte must follow a continuation byte if the byte two
// places before it is E0–FF, or the one three places before it is F0–FF.
const (
	tooShort  = 1 << iota // lead byte, then not a continuation byte
	tooLong               // ASCII, then a continuation byte
	overlong3             // E0 80–9F
	tooLarge              // F4 90–BF, F5–FF 90–BF
	surrogate             // ED A0–BF
	overlong2             // C0–C1 80–BF
	overlong4             // F0 80–8F, and F5–FF 80–8F, which are too large
	twoConts              // two continuation bytes
)

// anyLow has the classes for which p&15 does not matter.
const anyLow = tooShort | tooLong | twoConts

var prevHigh = [16]byte{
	// 0–7: ASCII
	tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong,
	// 8–B: continuation byte
	twoConts, twoConts, twoConts, twoConts,
	// C, D, E, F: lead byte
	tooShort | overlong2,
	tooShort,
	tooShort | overlong3 | surrogate,
	tooShort | tooLarge | overlong4,
}

var prevLow = [16]byte{
	anyLow | overlong2 | overlong3 | overlong4, // C0 E0 F0
	anyLow | overlong2,                         // C1
	anyLow,
	anyLow,
	anyLow | tooLarge, // F4
	// F5–FF
	anyLow | tooLarge | overlong4,
	anyLow | tooLarge | overlong4,
	anyLow | tooLarge | overlong4,
	anyLow | tooLarge | overlong4,
	anyLow | tooLarge | overlong4,
	anyLow | tooLarge | overlong4,
	anyLow | tooLarge | overlong4,
	anyLow | tooLarge | overlong4,
	anyLow | tooLarge | overlong4 | surrogate, // ED
	anyLow | tooLarge | overlong4,
	anyLow | tooLarge | overlong4,
}

var currHigh = [16]byte{
	// 0–7: ASCII
	tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort,
	// 8, 9, A, B: continuation byte
	continuation | overlong3 | overlong4,
	continuation | overlong3 | tooLarge,
	continuation | surrogate | tooLarge,
	continuation | surrogate | tooLarge,
	// C–F: lead byte
	tooShort, tooShort, tooShort, tooShort,
}

// continuation has the classes of all continuation bytes.
const continuation = tooLong | overlong2 | twoConts
