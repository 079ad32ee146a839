//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// The kernels for arm64: what they compute is said in kernel_asm.go. They judge in Keiser and Lemire's
// way (see tables.go), 16 bytes at a time, and read and write nothing outside of the text. Every
// processor of this kind has what they need.
//
//	R0  where to read; result: 1 if the text is right, else 0
//	R1  how many bytes
//	R2  the last four bytes before the text
//	R3  16 if the text must be complete at its end, else 0
//	R4  where to write
//	R5  the key
//	R6  the length of the whole text
//	R7  80 in each byte
//	R8–R12 for a moment

#define T0     V4
#define T1     V5
#define T2     V6
#define T3     V7
#define BEFORE V16 // the 16 bytes before
#define FAULTS V17 // so far
#define KEY    V18
#define HIGH   V20 // constants
#define LOW    V21
#define NEXT   V22
#define LAST   V23 // the greatest bytes that text may end with
#define HALF   V24 // 0F in each byte,
#define THIRD  V25 // E0: what begins three bytes is not less,
#define FOURTH V26 // F0: nor what begins four,
#define SIGN   V27 // 80

// START also says that nothing was found so far.
#define START \
	MOVD  $·tables+lookup_high(SB), R8        \
	VLD1  (R8), [V20.B16, V21.B16, V22.B16]   \
	MOVD  $·tables+(lookup_last+16)(SB), R8   \
	VLD1  (R8), [LAST.B16]                    \
	VMOVI $0x0F, HALF.B16                     \
	VMOVI $0xE0, THIRD.B16                    \
	VMOVI $0xF0, FOURTH.B16                   \
	VMOVI $0x80, SIGN.B16                     \
	VDUP  R2, BEFORE.S4                       \
	VEOR  FAULTS.B16, FAULTS.B16, FAULTS.B16

// JUDGE sets T0 to what is wrong with the bytes of block, which come after those of before. What has
// the highest bit needed of it: x is not less than c where max(x, c) is x.
#define JUDGE(before, block) \
	VEXT  $15, block.B16, before.B16, T0.B16 \
	VUSHR $4, T0.B16, T1.B16                 \
	VAND  HALF.B16, T0.B16, T0.B16           \
	VUSHR $4, block.B16, T2.B16              \
	VTBL  T1.B16, [HIGH.B16], T1.B16         \
	VTBL  T0.B16, [LOW.B16], T0.B16          \
	VTBL  T2.B16, [NEXT.B16], T2.B16         \
	VAND  T1.B16, T0.B16, T0.B16             \
	VAND  T2.B16, T0.B16, T0.B16             \
	VEXT  $14, block.B16, before.B16, T1.B16 \
	VEXT  $13, block.B16, before.B16, T2.B16 \
	VUMAX THIRD.B16, T1.B16, T3.B16          \
	VCMEQ T3.B16, T1.B16, T1.B16             \
	VUMAX FOURTH.B16, T2.B16, T3.B16         \
	VCMEQ T3.B16, T2.B16, T2.B16             \
	VORR  T1.B16, T2.B16, T1.B16             \
	VAND  SIGN.B16, T1.B16, T1.B16           \
	VEOR  T1.B16, T0.B16, T0.B16

#define JUDGENEXT(before, block) \
	JUDGE(before, block)                 \
	VORR T0.B16, FAULTS.B16, FAULTS.B16

// ASCIINEXT is JUDGENEXT for bytes that are ASCII.
#define ASCIINEXT \
	VUMAX LAST.B16, BEFORE.B16, T0.B16     \
	VEOR  LAST.B16, T0.B16, T0.B16         \
	VORR  T0.B16, FAULTS.B16, FAULTS.B16   \
	VEOR  BEFORE.B16, BEFORE.B16, BEFORE.B16

// ANY sets R8 to something other than 0 if v is not 0.
#define ANY(v) \
	VMOV v.D[0], R8 \
	VMOV v.D[1], R9 \
	ORR  R9, R8, R8

// UNLESSASCII jumps unless v is ASCII.
#define UNLESSASCII(v, label) \
	ANY(v)           \
	TST  R7, R8      \
	BNE  label

// THERE sets mask to n times FF, at most 16, and zeros after them.
#define THERE(n, mask) \
	MOVD $·tables+(lookup_there+32)(SB), R8 \
	SUB  n, R8, R8                          \
	VLD1 (R8), [mask.B16]

// LOADREST sets V0 to the R1 < 16 bytes at R0 and zeros after them, if the whole text has 16 bytes at least:
// the last 16 bytes of it, shifted down.
#define LOADREST \
	ADD  R1, R0, R8                      \
	SUB  $16, R8, R8                     \
	VLD1 (R8), [V0.B16]                  \
	MOVD $·tables+(lookup_window+16)(SB), R8 \
	SUB  R1, R8, R8                      \
	VLD1 (R8), [V1.B16]                  \
	VTBL V1.B16, [V0.B16], V0.B16

// JUDGEREST is JUDGENEXT for V0 with R1 < 16 bytes at the end of the text and zeros after them. What is
// found in the zeros counts only if the text must be complete.
#define JUDGEREST \
	CMP  $0, R3                          \
	CSEL NE, R3, R1, R10                 \
	THERE(R10, V1)                       \
	JUDGE(BEFORE, V0)                    \
	VAND V1.B16, T0.B16, T0.B16          \
	VORR T0.B16, FAULTS.B16, FAULTS.B16

// VERDICT returns.
#define VERDICT \
	ANY(FAULTS)  \
	CMP  $0, R8  \
	CSET EQ, R0  \
	RET

// loadSmall sets V0, and R8 and R9, to the R1 < 16 bytes at R0 and zeros after them.
TEXT loadSmall<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVD ZR, R8
	MOVD ZR, R9
	ADD  R1, R0, R10 // the end
	LSL  $3, R1, R11
	CMP  $8, R1
	BHI  over8
	CMP  $4, R1
	BHS  over4
	CBZ  R1, join

	// The first, the middle and the last byte, which may be the same.
	MOVBU (R0), R8
	MOVBU -1(R10), R12
	SUB  $8, R11, R11
	LSL  R11, R12, R12
	ORR  R12, R8, R8
	LSR  $1, R1, R11
	MOVBU (R0)(R11), R12
	LSL  $3, R11, R11
	LSL  R11, R12, R12
	ORR  R12, R8, R8
	B    join

over4: // 4 to 8: two loads that overlap
	MOVWU (R0), R8
	MOVWU -4(R10), R12
	SUB  $32, R11, R11
	LSL  R11, R12, R12
	ORR  R12, R8, R8
	B    join

over8: // 9 to 15: the same
	MOVD (R0), R8
	MOVD -8(R10), R9
	NEG  R11, R11 // 128-8*R1, modulo 64
	LSR  R11, R9, R9

join:
	VMOV R8, V0.D[0]
	VMOV R9, V0.D[1]
	RET

// storeRest writes the first R1 < 16 bytes of V0 to R4, which is changed.
TEXT storeRest<>(SB), NOSPLIT|NOFRAME, $0-0
	VMOV V0.D[0], R8
	TBZ  $3, R1, under8
	MOVD.P R8, 8(R4)
	VMOV V0.D[1], R8

under8:
	TBZ  $2, R1, under4
	MOVWU.P R8, 4(R4)
	LSR  $32, R8, R8

under4:
	TBZ  $1, R1, under2
	MOVHU.P R8, 2(R4)
	LSR  $16, R8, R8

under2:
	TBZ  $0, R1, under1
	MOVBU R8, (R4)

under1:
	RET

// validNEON judges text.
TEXT validNEON<>(SB), NOSPLIT, $0-0
	MOVD $0x8080808080808080, R7
	CMP  $16, R1
	BLO  small
	START

more:
	CMP  $64, R1
	BLO  blocks
	VLD1 (R0), [V0.B16, V1.B16, V2.B16, V3.B16]
	VORR V0.B16, V1.B16, T0.B16
	VORR V2.B16, V3.B16, T1.B16
	VORR T0.B16, T1.B16, T0.B16
	UNLESSASCII(T0, text)
	ASCIINEXT
	ADD  $64, R0
	SUB  $64, R1
	B    more

text:
	JUDGENEXT(BEFORE, V0)
	JUDGENEXT(V0, V1)
	JUDGENEXT(V1, V2)
	JUDGENEXT(V2, V3)
	VMOV V3.B16, BEFORE.B16
	ADD  $64, R0
	SUB  $64, R1
	ANY(FAULTS)
	CBZ  R8, more
	MOVD ZR, R0
	RET

blocks:
	CMP  $16, R1
	BLO  rest
	VLD1.P 16(R0), [V0.B16]
	SUB  $16, R1
	UNLESSASCII(V0, judge)
	ASCIINEXT
	B    blocks

judge:
	JUDGENEXT(BEFORE, V0)
	VMOV V0.B16, BEFORE.B16
	B    blocks

rest:
	LOADREST

judgerest:
	JUDGEREST
	VERDICT

small:
	BL   loadSmall<>(SB)
	ORR  R9, R8, R8
	ORR  R2, R8, R8
	TST  R7, R8
	BNE  smalltext
	MOVD $1, R0
	RET

smalltext:
	START
	B    judgerest

// unmaskNEON is validNEON for text that is masked, and writes it.
TEXT unmaskNEON<>(SB), NOSPLIT, $0-0
	MOVD $0x8080808080808080, R7
	MOVD R1, R6
	START
	VDUP R5, KEY.S4

blocks:
	CMP  $16, R1
	BLO  rest
	VLD1.P 16(R0), [V0.B16]
	VEOR KEY.B16, V0.B16, V0.B16
	VST1.P [V0.B16], 16(R4)
	SUB  $16, R1
	UNLESSASCII(V0, judge)
	ASCIINEXT
	B    blocks

judge:
	JUDGENEXT(BEFORE, V0)
	VMOV V0.B16, BEFORE.B16
	B    blocks

rest:
	CMP  $16, R6
	BLO  small
	LOADREST
	B    unmask

small:
	BL   loadSmall<>(SB)

unmask:
	THERE(R1, V1)
	VAND KEY.B16, V1.B16, V1.B16
	VEOR V1.B16, V0.B16, V0.B16
	BL   storeRest<>(SB)
	JUDGEREST
	VERDICT

// xorNEON writes text that is masked, or masks it.
TEXT xorNEON<>(SB), NOSPLIT, $0-0
	MOVD R1, R6
	VDUP R5, KEY.S4
	SUBS $64, R1, R1
	BLO  blocks

more:
	VLD1.P 64(R0), [V0.B16, V1.B16, V2.B16, V3.B16]
	VEOR KEY.B16, V0.B16, V0.B16
	VEOR KEY.B16, V1.B16, V1.B16
	VEOR KEY.B16, V2.B16, V2.B16
	VEOR KEY.B16, V3.B16, V3.B16
	VST1.P [V0.B16, V1.B16, V2.B16, V3.B16], 64(R4)
	SUBS $64, R1, R1
	BHS  more

blocks:
	ADD  $64, R1, R1

block:
	CMP  $16, R1
	BLO  rest
	VLD1.P 16(R0), [V0.B16]
	VEOR KEY.B16, V0.B16, V0.B16
	VST1.P [V0.B16], 16(R4)
	SUB  $16, R1
	B    block

rest:
	CBZ  R1, done
	CMP  $16, R6
	BLO  small
	LOADREST
	B    last

small:
	BL   loadSmall<>(SB)

last:
	VEOR KEY.B16, V0.B16, V0.B16
	BL   storeRest<>(SB)

done:
	RET

// func Valid(s string) bool
TEXT ·Valid(SB), NOSPLIT, $0-17
	LDP  s_base+0(FP), (R0, R1)
	MOVD ZR, R2
	MOVD $16, R3
	BL   validNEON<>(SB)
	MOVB R0, ret+16(FP)
	RET

// func Next(prev uint32, s string) bool
TEXT ·Next(SB), NOSPLIT, $0-25
	MOVWU prev+0(FP), R2
	LDP  s_base+8(FP), (R0, R1)
	MOVD ZR, R3
	BL   validNEON<>(SB)
	MOVB R0, ret+24(FP)
	RET

// func XOR(dst []byte, src string, key uint32)
TEXT ·XOR(SB), NOSPLIT, $0-44
	MOVD dst_base+0(FP), R4
	LDP  src_base+24(FP), (R0, R1)
	MOVWU key+40(FP), R5
	BL   xorNEON<>(SB)
	RET

// func UnmaskClose(dst, frame *byte, n int) uint32
TEXT ·UnmaskClose(SB), NOSPLIT, $0-28
	MOVD dst+0(FP), R4
	MOVD frame+8(FP), R0
	MOVD n+16(FP), R1

	// the code, and its value
	MOVWU 2(R0), R5
	MOVHU 6(R0), R13
	EOR  R5, R13, R13
	MOVH R13, (R4)
	REV16W R13, R13
	AND  $0xFFFF, R13, R13
	MOVD $1, R8
	SUB  $2, R1
	CBZ  R1, done

	// the text
	RORW $16, R5, R5
	ADD  $8, R0
	ADD  $2, R4
	MOVD ZR, R2
	MOVD $16, R3
	BL   unmaskNEON<>(SB)
	MOVD R0, R8

done:
	ORR  R8<<16, R13, R13
	MOVW R13, ret+24(FP)
	RET

// func UnmaskNext(dst []byte, src string, key, prev uint32) bool
TEXT ·UnmaskNext(SB), NOSPLIT, $0-49
	MOVD dst_base+0(FP), R4
	LDP  src_base+24(FP), (R0, R1)
	MOVWU key+40(FP), R5
	MOVWU prev+44(FP), R2
	MOVD ZR, R3
	BL   unmaskNEON<>(SB)
	MOVB R0, ret+48(FP)
	RET

// func MaskPayload(dst *byte, code uint16, reason string, key uint32) bool
TEXT ·MaskPayload(SB), NOSPLIT, $0-41
	MOVD reason_base+16(FP), R0
	MOVD reason_len+24(FP), R1
	MOVD ZR, R2
	MOVD $16, R3
	BL   validNEON<>(SB)
	MOVB R0, ret+40(FP)
	CBZ  R0, invalid
	MOVD dst+0(FP), R4
	MOVHU code+8(FP), R8
	MOVD reason_base+16(FP), R0
	MOVD reason_len+24(FP), R1
	MOVWU key+32(FP), R5

	// the code, in network order
	REV16W R8, R8
	EOR  R5, R8, R8
	MOVH.P R8, 2(R4)
	RORW $16, R5, R5
	BL   xorNEON<>(SB)

invalid:
	RET
