//go:build gc && !purego

#include "go_asm.h"
#include "textflag.h"

// The NEON backend: Keiser–Lemire lookup (tables_lookup.go), 16 bytes at a
// time. It needs at least 16 bytes; the Go functions handle less. All arm64
// processors have NEON.
//
// An input is checked block by block, and then what is left after the last
// whole block, 0 to 15 bytes: the last 16 bytes of the input, shifted down, with
// zeros after the input. The zeros show whether the last character is cut off.
//
//	R0  source, the current block        R1  bytes left
//	R4  destination, the current block   R5  key
//	R6  source, the last 16 bytes        R7  0x8080808080808080
//	R8, R9, R10 are temporary.
//
// Between two blocks, PREV holds the block before R0 (zeros if that is ASCII)
// and ERRORS the errors so far: any bit.

#define T0       V4
#define T1       V5
#define T2       V6
#define T3       V7
#define PREV     V16
#define ERRORS   V17
#define KEY      V18
#define LAST     V19 // the last 16 bytes, unmasked
#define PREVHIGH V20 // tables
#define PREVLOW  V21
#define CURRHIGH V22
#define ALLOWED  V23 // lastAllowed
#define NIBBLES  V24 // 0F in each byte
#define THREES   V25 // E0: the least lead byte of three
#define FOURS    V26 // F0: the least lead byte of four
#define HIGHBITS V27 // 80

// LOADTABLES also clears ERRORS and PREV.
#define LOADTABLES \
	MOVD  $·prevHigh(SB), R8                  \
	VLD1  (R8), [PREVHIGH.B16]                \
	MOVD  $·prevLow(SB), R8                   \
	VLD1  (R8), [PREVLOW.B16]                 \
	MOVD  $·currHigh(SB), R8                  \
	VLD1  (R8), [CURRHIGH.B16]                \
	MOVD  $lastAllowed<>(SB), R8              \
	VLD1  (R8), [ALLOWED.B16]                 \
	VMOVI $0x0F, NIBBLES.B16                  \
	VMOVI $0xE0, THREES.B16                   \
	VMOVI $0xF0, FOURS.B16                    \
	VMOVI $0x80, HIGHBITS.B16                 \
	VEOR  ERRORS.B16, ERRORS.B16, ERRORS.B16  \
	VEOR  PREV.B16, PREV.B16, PREV.B16

// CHECK adds the errors of block, which follows prev. NEON has no saturating
// subtraction in Go's assembler: x >= c is max(x, c) == x.
#define CHECK(prev, block) \
	VEXT  $15, block.B16, prev.B16, T0.B16   \
	VUSHR $4, T0.B16, T1.B16                 \
	VAND  NIBBLES.B16, T0.B16, T0.B16        \
	VUSHR $4, block.B16, T2.B16              \
	VTBL  T1.B16, [PREVHIGH.B16], T1.B16     \
	VTBL  T0.B16, [PREVLOW.B16], T0.B16      \
	VTBL  T2.B16, [CURRHIGH.B16], T2.B16     \
	VAND  T1.B16, T0.B16, T0.B16             \
	VAND  T2.B16, T0.B16, T0.B16             \ // errors; twoConts is bit 7
	VEXT  $14, block.B16, prev.B16, T1.B16   \
	VEXT  $13, block.B16, prev.B16, T2.B16   \
	VUMAX THREES.B16, T1.B16, T3.B16         \
	VCMEQ T3.B16, T1.B16, T1.B16             \
	VUMAX FOURS.B16, T2.B16, T3.B16          \
	VCMEQ T3.B16, T2.B16, T2.B16             \
	VORR  T1.B16, T2.B16, T1.B16             \
	VAND  HIGHBITS.B16, T1.B16, T1.B16       \ // second continuation byte expected
	VEOR  T1.B16, T0.B16, T0.B16             \
	VORR  T0.B16, ERRORS.B16, ERRORS.B16

// CHECKASCII is CHECK for a block of ASCII: an error if PREV ends within a
// character.
#define CHECKASCII \
	VUMAX ALLOWED.B16, PREV.B16, T0.B16      \
	VEOR  ALLOWED.B16, T0.B16, T0.B16        \
	VORR  T0.B16, ERRORS.B16, ERRORS.B16     \
	VEOR  PREV.B16, PREV.B16, PREV.B16

// ANYBIT sets R8 to something other than 0 if v is not 0.
#define ANYBIT(v) \
	VMOV v.D[0], R8 \
	VMOV v.D[1], R9 \
	ORR  R9, R8, R8

// IFTEXT jumps if v is not ASCII.
#define IFTEXT(v, label) \
	ANYBIT(v)   \
	TST  R7, R8 \
	BNE  label

// CHECKREST checks the R1 < 16 bytes left, the end of block, and sets R8 to 1
// if there were no errors at all, or else to 0.
#define CHECKREST(block) \
	MOVD $shiftDown<>+16(SB), R8    \
	SUB  R1, R8, R8                   \
	VLD1 (R8), [V1.B16]               \
	VTBL V1.B16, [block.B16], V0.B16  \
	CHECK(PREV, V0)                   \
	ANYBIT(ERRORS)                    \
	CMP  $0, R8                       \
	CSET EQ, R8

// func valid(s string) bool
TEXT ·valid(SB), NOSPLIT|NOFRAME, $0-17
	LDP  s_base+0(FP), (R0, R1)
	CMP  $16, R1
	BLO  short
	MOVD $const_maxChunk, R8
	CMP  R8, R1
	BHI  long
	MOVD $0x8080808080808080, R7
	ADD  R1, R0, R6
	SUB  $16, R6, R6
	LOADTABLES

batch:
	CMP  $64, R1
	BLO  block
	VLD1.P 64(R0), [V0.B16, V1.B16, V2.B16, V3.B16]
	SUB  $64, R1
	VORR V0.B16, V1.B16, T0.B16
	VORR V2.B16, V3.B16, T1.B16
	VORR T0.B16, T1.B16, T0.B16
	IFTEXT(T0, text)
	CHECKASCII
	B    batch

text:
	CHECK(PREV, V0)
	CHECK(V0, V1)
	CHECK(V1, V2)
	CHECK(V2, V3)
	VMOV V3.B16, PREV.B16
	ANYBIT(ERRORS)
	CBZ  R8, batch
	MOVB ZR, ret+16(FP)
	RET

block:
	CMP  $16, R1
	BLO  rest
	VLD1.P 16(R0), [V0.B16]
	SUB  $16, R1
	IFTEXT(V0, textBlock)
	CHECKASCII
	B    block

textBlock:
	CHECK(PREV, V0)
	VMOV V0.B16, PREV.B16
	B    block

rest:
	VLD1 (R6), [LAST.B16]
	CHECKREST(LAST)
	MOVB R8, ret+16(FP)
	RET

short:
	B ·validGo(SB)

long:
	B ·validLong(SB)

// LOADLAST sets KEY, R6, and LAST to the last 16 bytes of the source, unmasked.
// Their position is R1 modulo 4. They are read before anything is written, since
// destination and source may overlap.
#define LOADLAST \
	VDUP R5, KEY.S4                 \
	ADD  R1, R0, R6                 \
	SUB  $16, R6, R6                \
	VLD1 (R6), [LAST.B16]           \
	LSL  $3, R1, R8                 \
	RORW R8, R5, R8                 \
	VDUP R8, T0.S4                  \
	VEOR T0.B16, LAST.B16, LAST.B16

// STORELAST writes LAST, after everything before it.
#define STORELAST \
	ADD  R1, R4, R8         \
	SUB  $16, R8, R8        \
	VST1 [LAST.B16], (R8)

// func unmask(dst, src *byte, n int, key uint32) bool
TEXT ·unmask(SB), NOSPLIT|NOFRAME, $0-33
	MOVD  dst+0(FP), R4
	LDP   src+8(FP), (R0, R1)
	MOVWU key+24(FP), R5
	CMP   $16, R1
	BLO   short
	MOVD  $0x8080808080808080, R7
	LOADTABLES
	LOADLAST

block:
	CMP  $16, R1
	BLO  rest
	VLD1.P 16(R0), [V0.B16]
	VEOR KEY.B16, V0.B16, V0.B16
	VST1.P [V0.B16], 16(R4)
	SUB  $16, R1
	IFTEXT(V0, text)
	CHECKASCII
	B    block

text:
	CHECK(PREV, V0)
	VMOV V0.B16, PREV.B16
	B    block

rest:
	STORELAST
	CHECKREST(LAST)
	MOVB R8, ret+32(FP)
	RET

short:
	B ·unmaskGo(SB)

// func xor(dst, src *byte, n int, key uint32)
TEXT ·xor(SB), NOSPLIT|NOFRAME, $0-28
	MOVD  dst+0(FP), R4
	LDP   src+8(FP), (R0, R1)
	MOVWU key+24(FP), R5
	CMP   $16, R1
	BLO   short
	MOVD  $const_maxChunk, R8
	CMP   R8, R1
	BHI   long
	LOADLAST

batch:
	CMP  $64, R1
	BLO  block
	VLD1.P 64(R0), [V0.B16, V1.B16, V2.B16, V3.B16]
	VEOR KEY.B16, V0.B16, V0.B16
	VEOR KEY.B16, V1.B16, V1.B16
	VEOR KEY.B16, V2.B16, V2.B16
	VEOR KEY.B16, V3.B16, V3.B16
	VST1.P [V0.B16, V1.B16, V2.B16, V3.B16], 64(R4)
	SUB  $64, R1
	B    batch

block:
	CMP  $16, R1
	BLO  rest
	VLD1.P 16(R0), [V0.B16]
	VEOR KEY.B16, V0.B16, V0.B16
	VST1.P [V0.B16], 16(R4)
	SUB  $16, R1
	B    block

rest:
	STORELAST
	RET

short:
	B ·xorGo(SB)

long:
	B ·xorLong(SB)

// lastAllowed has, for each of the last 16 bytes of a block, the greatest byte
// that does not begin a character too long for what is left of the block.
DATA lastAllowed<>+0(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA lastAllowed<>+8(SB)/8, $0xBFDFEFFFFFFFFFFF
GLOBL lastAllowed<>(SB), RODATA|NOPTR, $16

// shiftDown shifts 16 bytes down by k, 1 to 16, and fills with zeros: the
// indices for VTBL begin at offset k.
DATA shiftDown<>+0(SB)/8, $0x0706050403020100
DATA shiftDown<>+8(SB)/8, $0x0F0E0D0C0B0A0908
DATA shiftDown<>+16(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA shiftDown<>+24(SB)/8, $0xFFFFFFFFFFFFFFFF
GLOBL shiftDown<>(SB), RODATA|NOPTR, $32
