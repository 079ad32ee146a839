// The AVX2 kernels: Keiser and Lemire's way to judge (see tables.go), 32 bytes at a time, for texts of 16 bytes or more, and what
// smallAVX2 judges. They read and write nothing outside of the text.
//
//	SI   where to read
//	DI   where to write
//	CX   how many bytes
//	R8   the key
//	R9   the last four bytes before the text
//	R10  32 if the text must be complete at its end, else 0
//	AX   result: 1 if the text is right, else 0
//
// What judges and does not write leaves DI, R8 and R13 as they are.

#define BLOCK  Y0 // 32 bytes of text
#define P1     Y1 // the same, the bytes one, two and three places before
#define P2     Y2
#define P3     Y3
#define T0     Y4
#define T1     Y5
#define T2     Y6
#define FAULTS Y7  // so far
#define BEFORE Y8  // the 32 bytes before
#define HIGH   Y9  // constants
#define LOW    Y10
#define NEXT   Y11
#define HALF   Y12 // 0F in each byte
#define THIRD  Y13 // p-THIRD has the highest bit if p begins three bytes or more,
#define FOURTH Y14 // and p-FOURTH if it begins four (saturated)
#define KEY    Y15

#define CONSTANTS \
	VBROADCASTI128 ·tables+lookup_high(SB), HIGH  \
	VBROADCASTI128 ·tables+lookup_low(SB), LOW    \
	VBROADCASTI128 ·tables+lookup_next(SB), NEXT  \
	VMOVDQU        ·tables+lookup_half(SB), HALF  \
	VMOVDQU        ·tables+lookup_third(SB), THIRD \
	VMOVDQU        ·tables+lookup_fourth(SB), FOURTH

// START also says that nothing was found so far.
#define START \
	CONSTANTS                                    \
	VMOVD          R9, X8                        \
	VPBROADCASTD   X8, BEFORE                    \
	VPXOR          FAULTS, FAULTS, FAULTS

// JUDGE sets T0 to what is wrong with the bytes of BLOCK.
#define JUDGE \
	VPERM2I128 $0x21, BLOCK, BEFORE, T0        \
	JUDGEAFTER

// JUDGEAFTER is JUDGE where T0 is the 16 bytes before BLOCK and the first half of it.
#define JUDGEAFTER \
	VPALIGNR   $15, T0, BLOCK, P1              \
	VPALIGNR   $14, T0, BLOCK, P2              \
	VPALIGNR   $13, T0, BLOCK, P3              \
	VPSRLW     $4, P1, T0                      \
	VPAND      HALF, P1, T1                    \
	VPSRLW     $4, BLOCK, T2                   \
	VPAND      HALF, T0, T0                    \
	VPAND      HALF, T2, T2                    \
	VPSHUFB    T0, HIGH, T0                    \
	VPSHUFB    T1, LOW, T1                     \
	VPSHUFB    T2, NEXT, T2                    \
	VPSUBUSB   THIRD, P2, P2                   \
	VPSUBUSB   FOURTH, P3, P3                  \
	VPAND      T0, T1, T0                      \
	VPOR       P2, P3, P2                      \
	VPAND      T0, T2, T0                      \
	VPAND      ·tables+lookup_sign(SB), P2, P2 \
	VPXOR      P2, T0, T0

// ASCIINEXT is JUDGENEXT where BLOCK would be ASCII.
#define ASCIINEXT \
	VPSUBUSB ·tables+lookup_last(SB), BEFORE, T0 \
	VPXOR    BEFORE, BEFORE, BEFORE              \
	VPOR     T0, FAULTS, FAULTS

// JUDGENEXT is JUDGE, and adds that to FAULTS.
#define JUDGENEXT \
	JUDGE                      \
	VMOVDQA BLOCK, BEFORE      \
	VPOR    T0, FAULTS, FAULTS

// THERE sets mask to n times FF and zeros after them. R11 is changed.
#define THERE(n, mask) \
	LEAQ    ·tables+lookup_there+32(SB), R11 \
	SUBQ    n, R11                           \
	VMOVDQU (R11), mask

// JUDGEREST is JUDGENEXT for the CX < 32 bytes at the end of the text, with zeros after them. What is found
// in the zeros counts only if the text must be complete. AX, R11 and KEY are changed.
#define JUDGEREST \
	MOVQ    CX, AX             \
	TESTQ   R10, R10           \
	CMOVQNE R10, AX            \
	THERE(AX, KEY)             \
	JUDGE                      \
	VPAND   KEY, T0, T0        \
	VPOR    T0, FAULTS, FAULTS

// VERDICT returns, with AX 1 if there were no faults.
#define VERDICT \
	XORL  AX, AX         \
	VPTEST FAULTS, FAULTS \
	SETEQ AX             \
	VZEROUPPER           \
	RET

// loadRest sets BLOCK to the CX < 32 bytes at SI and zeros after them. The whole text, which may begin before SI, is 16 bytes or
// more. R11 and T0 are changed.
TEXT loadRest<>(SB), NOSPLIT|NOFRAME, $0-0
	LEAQ ·tables+lookup_window(SB), R11
	SUBQ CX, R11
	VMOVDQU -16(SI)(CX*1), X0 // the last 16 bytes
	CMPQ CX, $16
	JAE  more
	VMOVDQU 16(R11), X4
	VPSHUFB X4, X0, X0        // down by 16-CX
	RET

more:
	VMOVDQU 32(R11), X4
	VPSHUFB X4, X0, X4        // down by 32-CX
	VMOVDQU (SI), X0
	VINSERTI128 $1, X4, Y0, Y0
	RET

// storeRest writes the first CX < 32 bytes of BLOCK to DI. AX and T0 are changed, and DI.
TEXT storeRest<>(SB), NOSPLIT|NOFRAME, $0-0
	VMOVDQA BLOCK, T0
	TESTL $16, CX
	JEQ  under16
	VMOVDQU X4, (DI)
	VEXTRACTI128 $1, T0, X4
	ADDQ $16, DI

under16:
	VMOVQ X4, AX
	TESTL $8, CX
	JEQ  under8
	MOVQ AX, (DI)
	VPEXTRQ $1, X4, AX
	ADDQ $8, DI

under8:
	TESTL $4, CX
	JEQ  under4
	MOVL AX, (DI)
	SHRQ $32, AX
	ADDQ $4, DI

under4:
	TESTL $2, CX
	JEQ  under2
	MOVW AX, (DI)
	SHRQ $16, AX
	ADDQ $2, DI

under2:
	TESTL $1, CX
	JEQ  under1
	MOVB AX, (DI)

under1:
	RET

// validAVX2 judges text.
TEXT validAVX2<>(SB), NOSPLIT|NOFRAME, $0-0
	CMPQ CX, $32
	JB   short
	CMPQ CX, $128
	JAE  start
	TESTL $0x80808080, R9
	JNE  start

ascii: // nothing before SI matters, nor are constants needed
	VMOVDQU (SI), BLOCK
	VPMOVMSKB BLOCK, AX
	TESTL AX, AX
	JNE  start
	ADDQ $32, SI
	SUBQ $32, CX
	CMPQ CX, $32
	JAE  ascii
	// What is left is less than 32 bytes: take the last 32 of the text. Those of them that were seen are ASCII, so R9 will do
	// for what is before them.
	LEAQ -32(SI)(CX*1), SI
	MOVL $32, CX

start:
	START

more:
	CMPQ CX, $128
	JB   blocks
	VMOVDQU (SI), T0
	VMOVDQU 32(SI), T1
	VPOR 64(SI), T0, T0
	VPOR 96(SI), T1, T1
	VPOR T0, T1, T0
	VPMOVMSKB T0, AX
	TESTL AX, AX
	JNE  text
	ASCIINEXT
	ADDQ $128, SI
	SUBQ $128, CX
	JMP  more

text: // Where text is not ASCII it stays so for a while: four blocks before it asks again.
	MOVL $4, BX

judge:
	VMOVDQU (SI), BLOCK
	JUDGENEXT
	ADDQ $32, SI
	SUBQ $32, CX
	DECL BX
	JNE  judge
	VPTEST FAULTS, FAULTS
	JEQ  more
	VERDICT

blocks:
	CMPQ CX, $32
	JB   rest
	VMOVDQU (SI), BLOCK
	VPMOVMSKB BLOCK, AX
	TESTL AX, AX
	JNE  judgeblock
	ASCIINEXT
	ADDQ $32, SI
	SUBQ $32, CX
	JMP  blocks

judgeblock:
	JUDGENEXT
	ADDQ $32, SI
	SUBQ $32, CX
	VPTEST FAULTS, FAULTS
	JEQ  blocks
	VERDICT

rest:
	TESTQ CX, CX
	JEQ  none
	CALL loadRest<>(SB)

judgerest:
	JUDGEREST
	VERDICT

none:
	TESTQ R10, R10
	JEQ  verdict
	VPSUBUSB ·tables+lookup_last(SB), BEFORE, T0 // what the end leaves unmet
	VPOR T0, FAULTS, FAULTS

verdict:
	VERDICT

short:
	CALL loadRest<>(SB)
	VPMOVMSKB BLOCK, AX
	MOVL R9, R11
	ANDL $0x80808080, R11
	ORL  R11, AX
	JNE  shorttext
	MOVL $1, AX
	VZEROUPPER
	RET

shorttext:
	START
	JMP judgerest

// shortAVX2 is Valid for 16 to 31 bytes. Valid jumps to it, so it writes the result to where Valid would.
TEXT shortAVX2<>(SB), NOSPLIT|NOFRAME, $0-17
	VMOVDQU (SI), X0
	VMOVDQU -16(SI)(CX*1), X4
	VPOR X0, X4, X5
	VPMOVMSKB X5, AX
	TESTL AX, AX
	JEQ  right
	LEAQ ·tables+lookup_window+32(SB), R11
	SUBQ CX, R11
	VMOVDQU (R11), X5
	VPSHUFB X5, X4, X4 // down by 32-CX
	VINSERTI128 $1, X4, Y0, BLOCK
	VPERM2I128 $0x08, BLOCK, BLOCK, T0 // zeros, and the first half
	CONSTANTS
	JUDGEAFTER
	VPTEST T0, T0
	SETEQ ret+16(FP)
	VZEROUPPER
	RET

right:
	MOVB $1, ret+16(FP)
	RET

// smallAVX2 is Valid for 9 to 15 bytes, which are in X0 with zeros after them (see validSmall): as JUDGE, with half as wide vectors.
TEXT smallAVX2<>(SB), NOSPLIT|NOFRAME, $0-17
	VMOVDQU  ·tables+lookup_high(SB), X9
	VMOVDQU  ·tables+lookup_low(SB), X10
	VMOVDQU  ·tables+lookup_next(SB), X11
	VPSLLDQ  $1, X0, X1
	VPSLLDQ  $2, X0, X2
	VPSLLDQ  $3, X0, X3
	VPSRLW   $4, X1, X4
	VPAND    ·tables+lookup_half(SB), X1, X5
	VPSRLW   $4, X0, X6
	VPAND    ·tables+lookup_half(SB), X4, X4
	VPAND    ·tables+lookup_half(SB), X6, X6
	VPSHUFB  X4, X9, X4
	VPSHUFB  X5, X10, X5
	VPSHUFB  X6, X11, X6
	VPSUBUSB ·tables+lookup_third(SB), X2, X2
	VPSUBUSB ·tables+lookup_fourth(SB), X3, X3
	VPAND    X4, X5, X4
	VPOR     X2, X3, X2
	VPAND    X4, X6, X4
	VPAND    ·tables+lookup_sign(SB), X2, X2
	VPXOR    X2, X4, X4
	VPTEST   X4, X4
	SETEQ    ret+16(FP)
	RET

// unmaskAVX2 is validAVX2 for text that is masked, and writes it.
TEXT unmaskAVX2<>(SB), NOSPLIT|NOFRAME, $0-0
	START
	VMOVD R8, X15
	VPBROADCASTD X15, KEY

blocks:
	CMPQ CX, $32
	JB   rest
	VPXOR (SI), KEY, BLOCK
	VMOVDQU BLOCK, (DI)
	VPMOVMSKB BLOCK, AX
	TESTL AX, AX
	JNE  judge
	ASCIINEXT
	JMP  next

judge:
	JUDGENEXT

next:
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $32, CX
	JMP  blocks

rest:
	CALL loadRest<>(SB)
	THERE(CX, T0)
	VPAND KEY, T0, T0
	VPXOR T0, BLOCK, BLOCK
	CALL storeRest<>(SB)
	JUDGEREST
	VERDICT

// xorAVX2 writes text that is masked, or masks it.
TEXT xorAVX2<>(SB), NOSPLIT|NOFRAME, $0-0
	VMOVD R8, X15
	VPBROADCASTD X15, KEY

more:
	SUBQ $128, CX
	JB   blocks
	VPXOR (SI), KEY, Y0
	VPXOR 32(SI), KEY, Y1
	VPXOR 64(SI), KEY, Y2
	VPXOR 96(SI), KEY, Y3
	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	VMOVDQU Y2, 64(DI)
	VMOVDQU Y3, 96(DI)
	ADDQ $128, SI
	ADDQ $128, DI
	JMP  more

blocks:
	ADDQ $(128 - 32), CX
	JLT  rest

block:
	VPXOR (SI), KEY, Y0
	VMOVDQU Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $32, CX
	JGE  block

rest:
	ADDQ $32, CX
	JEQ  done
	CALL loadRest<>(SB)
	VPXOR KEY, BLOCK, BLOCK
	CALL storeRest<>(SB)

done:
	VZEROUPPER
	RET

#undef BLOCK
#undef P1
#undef P2
#undef P3
#undef T0
#undef T1
#undef T2
#undef FAULTS
#undef BEFORE
#undef HIGH
#undef LOW
#undef NEXT
#undef HALF
#undef THIRD
#undef FOURTH
#undef KEY
#undef START
#undef CONSTANTS
#undef JUDGE
#undef ASCIINEXT
#undef JUDGENEXT
#undef JUDGEAFTER
#undef JUDGEREST
#undef THERE
#undef VERDICT
