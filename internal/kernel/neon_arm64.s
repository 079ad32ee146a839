//go:build gc && !purego

#include "go_asm.h"
#include "textflag.h"

// The entry points on arm64, and the NEON backend: Keiser–Lemire lookup, 16
// bytes at a time. Its source and its tables are in tables_lookup.go. It needs
// at least 16 bytes; the Go functions handle less. All arm64 processors have
// NEON. mask is in Go, in backend_arm64.go.
//
// An input is checked block by block, and then the rest, 0 to 15 bytes: the
// last 16 bytes of the input, shifted down, with zeros after the rest. If the
// last character is cut off, the first zero is an error.
//
//	R0  src, the current block   R1  bytes left, n at first
//	R4  dst, the current block   R5  key
//	R6  src, the last 16 bytes   R7  0x8080808080808080
//
// R8, R9, V0 to V3 and T0 to T3 are temporary.
//
// Between two blocks, PREVBLOCK holds the block before R0, or zeros if that is
// ASCII or R0 is at the start. ERRORS holds the errors at the bytes before R0:
// any bit. A character that those bytes leave unfinished is not an error yet: if
// it is one, it is found in the next block.

#define T0        V4
#define T1        V5
#define T2        V6
#define T3        V7
#define PREVBLOCK V16
#define ERRORS    V17
#define KEY       V18
#define LAST      V19 // the last 16 bytes, unmasked
#define PREVHIGH  V20 // prevHigh, prevLow, currHigh
#define PREVLOW   V21
#define CURRHIGH  V22
#define ALLOWED   V23 // lastAllowed
#define NIBBLES   V24 // 0F in each byte
#define THREES    V25 // E0, the least lead byte of three, in each byte
#define FOURS     V26 // F0, the least lead byte of four, in each byte
#define HIGHBITS  V27 // 80 in each byte

// LOADTABLES also clears ERRORS and PREVBLOCK.
#define LOADTABLES \
	MOVD  $·prevHigh(SB), R8                 \
	VLD1  (R8), [PREVHIGH.B16]               \
	MOVD  $·prevLow(SB), R8                  \
	VLD1  (R8), [PREVLOW.B16]                \
	MOVD  $·currHigh(SB), R8                 \
	VLD1  (R8), [CURRHIGH.B16]               \
	MOVD  $lastAllowed<>(SB), R8             \
	VLD1  (R8), [ALLOWED.B16]                \
	VMOVI $0x0F, NIBBLES.B16                 \
	VMOVI $0xE0, THREES.B16                  \
	VMOVI $0xF0, FOURS.B16                   \
	VMOVI $0x80, HIGHBITS.B16                \
	VEOR  ERRORS.B16, ERRORS.B16, ERRORS.B16 \
	VEOR  PREVBLOCK.B16, PREVBLOCK.B16, PREVBLOCK.B16

// CHECK adds the errors of block, which follows prev, to ERRORS. VEXT $15 is
// block moved up by one byte, with the last byte of prev before it; $14 is two
// bytes and $13 three. Go's assembler has no saturating subtraction for NEON:
// x >= c is max(x, c) == x.
#define CHECK(prev, block) \
	VEXT  $15, block.B16, prev.B16, T0.B16 \
	VUSHR $4, T0.B16, T1.B16               \
	VAND  NIBBLES.B16, T0.B16, T0.B16      \
	VUSHR $4, block.B16, T2.B16            \
	VTBL  T1.B16, [PREVHIGH.B16], T1.B16   \
	VTBL  T0.B16, [PREVLOW.B16], T0.B16    \
	VTBL  T2.B16, [CURRHIGH.B16], T2.B16   \
	VAND  T1.B16, T0.B16, T0.B16           \
	VAND  T2.B16, T0.B16, T0.B16           \ // errors; twoConts is bit 7
	VEXT  $14, block.B16, prev.B16, T1.B16 \
	VEXT  $13, block.B16, prev.B16, T2.B16 \
	VUMAX THREES.B16, T1.B16, T3.B16       \
	VCMEQ T3.B16, T1.B16, T1.B16           \
	VUMAX FOURS.B16, T2.B16, T3.B16        \
	VCMEQ T3.B16, T2.B16, T2.B16           \
	VORR  T1.B16, T2.B16, T1.B16           \
	VAND  HIGHBITS.B16, T1.B16, T1.B16     \ // second continuation byte expected
	VEOR  T1.B16, T0.B16, T0.B16           \
	VORR  T0.B16, ERRORS.B16, ERRORS.B16

// CHECKASCII is CHECK for a block of ASCII: an error if PREVBLOCK ends within a
// character, which is if a byte is above its limit in ALLOWED.
#define CHECKASCII \
	VUMAX ALLOWED.B16, PREVBLOCK.B16, T0.B16 \
	VEOR  ALLOWED.B16, T0.B16, T0.B16        \
	VORR  T0.B16, ERRORS.B16, ERRORS.B16     \
	VEOR  PREVBLOCK.B16, PREVBLOCK.B16, PREVBLOCK.B16

// ANYBIT sets R8 to something other than 0 if v is not 0.
#define ANYBIT(v) \
	VMOV v.D[0], R8 \
	VMOV v.D[1], R9 \
	ORR  R9, R8, R8

// IFNOTASCII jumps if v is not ASCII.
#define IFNOTASCII(v, label) \
	ANYBIT(v)   \
	TST  R7, R8 \
	BNE  label

// CHECKREST checks the R1 < 16 bytes left, the end of block, and sets R8 to 1
// if there were no errors at all, or else to 0.
#define CHECKREST(block) \
	MOVD $shiftDown<>+16(SB), R8     \
	SUB  R1, R8, R8                  \
	VLD1 (R8), [V1.B16]              \
	VTBL V1.B16, [block.B16], V0.B16 \
	CHECK(PREVBLOCK, V0)             \
	ANYBIT(ERRORS)                   \
	CMP  $0, R8                      \
	CSET EQ, R8

// func valid(s string) bool
TEXT ·valid(SB), NOSPLIT|NOFRAME, $0-17
	LDP  s_base+0(FP), (R0, R1)
	CMP  $16, R1
	BLO  lessThan16
	MOVD $const_maxChunk, R8
	CMP  R8, R1
	BHI  moreThanChunk
	MOVD $0x8080808080808080, R7
	ADD  R1, R0, R6
	SUB  $16, R6, R6
	LOADTABLES

fourBlocks:
	CMP  $64, R1
	BLO  oneBlock
	VLD1.P 64(R0), [V0.B16, V1.B16, V2.B16, V3.B16]
	SUB  $64, R1
	VORR V0.B16, V1.B16, T0.B16
	VORR V2.B16, V3.B16, T1.B16
	VORR T0.B16, T1.B16, T0.B16
	IFNOTASCII(T0, notASCII)
	CHECKASCII
	B    fourBlocks

notASCII:
	CHECK(PREVBLOCK, V0)
	CHECK(V0, V1)
	CHECK(V1, V2)
	CHECK(V2, V3)
	VMOV V3.B16, PREVBLOCK.B16
	ANYBIT(ERRORS)
	CBZ  R8, fourBlocks
	MOVB ZR, ret+16(FP)
	RET

oneBlock:
	CMP  $16, R1
	BLO  lastBytes
	VLD1.P 16(R0), [V0.B16]
	SUB  $16, R1
	IFNOTASCII(V0, notASCIIBlock)
	CHECKASCII
	B    oneBlock

notASCIIBlock:
	CHECK(PREVBLOCK, V0)
	VMOV V0.B16, PREVBLOCK.B16
	B    oneBlock

lastBytes:
	VLD1 (R6), [LAST.B16]
	CHECKREST(LAST)
	MOVB R8, ret+16(FP)
	RET

lessThan16:
	B ·validGo(SB)

moreThanChunk:
	B ·validLong(SB)

// LOADLAST sets KEY, R6, and LAST to the last 16 bytes of src, unmasked, whose
// position is R1 modulo 4. It must come before anything is written, since dst
// and src may overlap.
#define LOADLAST \
	VDUP R5, KEY.S4       \
	ADD  R1, R0, R6       \
	SUB  $16, R6, R6      \
	VLD1 (R6), [LAST.B16] \
	LSL  $3, R1, R8       \
	RORW R8, R5, R8       \
	VDUP R8, T0.S4        \
	VEOR T0.B16, LAST.B16, LAST.B16

// STORELAST writes LAST, after everything before it.
#define STORELAST \
	ADD  R1, R4, R8  \
	SUB  $16, R8, R8 \
	VST1 [LAST.B16], (R8)

// func unmask(dst, src *byte, n int, key uint32) bool
TEXT ·unmask(SB), NOSPLIT|NOFRAME, $0-33
	MOVD  dst+0(FP), R4
	LDP   src+8(FP), (R0, R1)
	MOVWU key+24(FP), R5
	CMP   $16, R1
	BLO   lessThan16
	MOVD  $0x8080808080808080, R7
	LOADTABLES
	LOADLAST

oneBlock:
	CMP  $16, R1
	BLO  lastBytes
	VLD1.P 16(R0), [V0.B16]
	VEOR KEY.B16, V0.B16, V0.B16
	VST1.P [V0.B16], 16(R4)
	SUB  $16, R1
	IFNOTASCII(V0, notASCII)
	CHECKASCII
	B    oneBlock

notASCII:
	CHECK(PREVBLOCK, V0)
	VMOV V0.B16, PREVBLOCK.B16
	B    oneBlock

lastBytes:
	STORELAST
	CHECKREST(LAST)
	MOVB R8, ret+32(FP)
	RET

lessThan16:
	B ·unmaskGo(SB)

// func xor(dst, src *byte, n int, key uint32)
TEXT ·xor(SB), NOSPLIT|NOFRAME, $0-28
	MOVD  dst+0(FP), R4
	LDP   src+8(FP), (R0, R1)
	MOVWU key+24(FP), R5
	CMP   $16, R1
	BLO   lessThan16
	MOVD  $const_maxChunk, R8
	CMP   R8, R1
	BHI   moreThanChunk
	LOADLAST

fourBlocks:
	CMP  $64, R1
	BLO  oneBlock
	VLD1.P 64(R0), [V0.B16, V1.B16, V2.B16, V3.B16]
	VEOR KEY.B16, V0.B16, V0.B16
	VEOR KEY.B16, V1.B16, V1.B16
	VEOR KEY.B16, V2.B16, V2.B16
	VEOR KEY.B16, V3.B16, V3.B16
	VST1.P [V0.B16, V1.B16, V2.B16, V3.B16], 64(R4)
	SUB  $64, R1
	B    fourBlocks

oneBlock:
	CMP  $16, R1
	BLO  lastBytes
	VLD1.P 16(R0), [V0.B16]
	VEOR KEY.B16, V0.B16, V0.B16
	VST1.P [V0.B16], 16(R4)
	SUB  $16, R1
	B    oneBlock

lastBytes:
	STORELAST
	RET

lessThan16:
	B ·xorGo(SB)

moreThanChunk:
	B ·xorLong(SB)

// lastAllowed has, for each byte of a block, the greatest byte that does not
// begin a character too long for what is left of the block: BF for the last
// byte, DF for the one before it, EF for the one before that.
DATA lastAllowed<>+0(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA lastAllowed<>+8(SB)/8, $0xBFDFEFFFFFFFFFFF
GLOBL lastAllowed<>(SB), RODATA|NOPTR, $16

// shiftDown shifts 16 bytes down by k, 1 to 16, and fills with zeros: the
// indices for VTBL begin at offset k, and FF selects zero.
DATA shiftDown<>+0(SB)/8, $0x0706050403020100
DATA shiftDown<>+8(SB)/8, $0x0F0E0D0C0B0A0908
DATA shiftDown<>+16(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA shiftDown<>+24(SB)/8, $0xFFFFFFFFFFFFFFFF
GLOBL shiftDown<>(SB), RODATA|NOPTR, $32
