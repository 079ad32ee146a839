// The SSE2 kernels: the third way to judge (see tables.go), 16 bytes at a time, with what every amd64 processor can
// do. refusedByComparing in model_test.go is what JUDGE does, in Go. What is less than 16 bytes comes here where there is
// AVX2, too, but of Valid only to be loaded. They read and write nothing outside of the text.
//
//	SI   where to read
//	DI   where to write
//	CX   how many bytes
//	R8   the key
//	R9   the last four bytes before the text
//	R10  not 0 if the text must be complete at its end
//	AX   result: 1 if the text is right, else 0
//
// R9, R10 and R13 are left as they are by all, R8 by all but xorSSE2, and SI, DI and CX by loadSmall, xorSmall and judgeSmall. AX, BX, DX,
// R11, R12 and the vectors may be changed, but by loadSmall and xorSmall no more than is said there.

#define BLOCK  X0 // 16 bytes of text
#define P1     X1 // the same, the bytes one, two and three places before
#define P2     X2
#define P3     X3
#define T0     X4
#define KEY    X5
#define FAULTS X6 // so far: the highest bit of each byte
#define BEFORE X7 // the 16 bytes before
#define FIRST  X8 // constants
#define SECOND X9
#define THIRD  X10
#define FOURTH X11
#define LEAD3  X12
#define OTHER3 X13
#define LEAD4  X14
#define OTHER4 X15

// START also says that nothing was found so far.
#define START \
	MOVOU ·tables+lookup_first(SB), FIRST   \
	MOVOU ·tables+lookup_second(SB), SECOND \
	MOVOU ·tables+lookup_third(SB), THIRD   \
	MOVOU ·tables+lookup_fourth(SB), FOURTH \
	MOVOU ·tables+lookup_lead3(SB), LEAD3   \
	MOVOU ·tables+lookup_other3(SB), OTHER3 \
	MOVOU ·tables+lookup_lead4(SB), LEAD4   \
	MOVOU ·tables+lookup_other4(SB), OTHER4 \
	PXOR  FAULTS, FAULTS

// PREVIOUS sets BEFORE to what ends with R9.
#define PREVIOUS \
	MOVQ   R9, BEFORE \
	PSLLDQ $12, BEFORE

// SHIFT sets P1, P2 and P3 where BLOCK begins the text.
#define SHIFT \
	MOVO   BLOCK, P1 \
	MOVO   BLOCK, P2 \
	MOVO   BLOCK, P3 \
	PSLLDQ $1, P1    \
	PSLLDQ $2, P2    \
	PSLLDQ $3, P3

// ALIGN sets them where BEFORE is before BLOCK. T0 is changed.
#define ALIGN \
	SHIFT              \
	MOVO   BEFORE, T0  \
	PSRLDQ $15, T0     \
	POR    T0, P1      \
	MOVO   BEFORE, T0  \
	PSRLDQ $14, T0     \
	POR    T0, P2      \
	MOVO   BEFORE, T0  \
	PSRLDQ $13, T0     \
	POR    T0, P3

// LOAD sets them, and BLOCK, to what is at p and before.
#define LOAD(p) \
	MOVOU (p), BLOCK \
	MOVOU -1(p), P1  \
	MOVOU -2(p), P2  \
	MOVOU -3(p), P3

// REFUSE adds to FAULTS the bytes of BLOCK that lead, or lead and other together, refuse after them: lead what is less
// than split, the other one what is not. P2 is changed.
#define REFUSE(split, lead, other) \
	MOVOU   ·tables+split(SB), P2 \
	PCMPGTB BLOCK, P2             \
	PANDN   other, P2             \
	POR     lead, P2              \
	PCMPEQB P1, P2                \
	POR     P2, FAULTS

// JUDGE adds to FAULTS what is wrong with the bytes of BLOCK. P1, P2, P3 and T0 are changed.
//
//	T0      = b < C0, with a sign, as PCMPGTB has it: a tail
//	P3      = p2-60 | p3-70, saturated: the highest bit says that a tail is needed
//	FAULTS |= p1 == (b < split3 ? lead3 : lead3|other3)
//	FAULTS |= p1 == (b < split4 ? lead4 : lead4|other4)
//	FAULTS |= p1&FE == C0
//	FAULTS |= p1 == max(p1, F5)
//	P3     |= p1-40
//	FAULTS |= P3 ^ T0
#define JUDGE \
	MOVO    FIRST, T0                          \
	PCMPGTB BLOCK, T0                          \
	PSUBUSB THIRD, P2                          \
	PSUBUSB FOURTH, P3                         \
	POR     P2, P3                             \
	REFUSE(lookup_split3, LEAD3, OTHER3)       \
	REFUSE(lookup_split4, LEAD4, OTHER4)       \
	MOVOU   ·tables+lookup_even(SB), P2        \
	PAND    P1, P2                             \
	PCMPEQB FIRST, P2                          \
	POR     P2, FAULTS                         \
	MOVOU   ·tables+lookup_beyond(SB), P2      \
	PMAXUB  P1, P2                             \
	PCMPEQB P1, P2                             \
	POR     P2, FAULTS                         \
	PSUBUSB SECOND, P1                         \
	POR     P1, P3                             \
	PXOR    T0, P3                             \
	POR     P3, FAULTS

// LOOK32 clears the zero flag if the 32 bytes at SI are not all ASCII. X0 is the first half of them; X1 and AX are changed.
#define LOOK32 \
	MOVOU (SI), X0    \
	MOVOU 16(SI), X1  \
	POR   X0, X1      \
	PMOVMSKB X1, AX   \
	TESTL AX, AX

// BEGIN sets state to that of the machine (machine.go) at BX after the byte in AX, the first of a text. What is asked for begins with a
// byte of the entry, and the others of its bits do not count.
#define BEGIN(state) \
	MOVBLZX const_accept/8(BX)(AX*4), state

// STEP is a step of the machine: with a byte of the text it sets CX to the state after it. No mask is needed, since shifts
// count modulo 32. AX is changed.
#define STEP(byte) \
	MOVBLZX byte, AX       \
	MOVL    (BX)(AX*4), AX \
	SHRL    CX, AX         \
	MOVL    AX, CX

// validSSE2 judges text of 16 bytes or more.
TEXT validSSE2<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ SI, R12
	LEAQ -16(SI)(CX*1), DX // where the last 16 bytes begin
	LEAQ -16(DX), R11      // and the last 32
	TESTL $0x80808080, R9
	JNE  text

	CMPQ SI, R11
	JA   last

ascii: // nothing before SI matters
	LOOK32
	JNE  found
	ADDQ $32, SI
	CMPQ SI, R11
	JBE  ascii

last: // Less than 32 bytes are left, all of them at SI or in the last 16. If SI is after where those begin, it goes back to there.
	CMPQ SI, DX
	CMOVQHI DX, SI
	MOVOU (SI), X0
	MOVOU (DX), X1
	MOVQ DX, R11
	POR  X0, X1
	PMOVMSKB X1, AX
	TESTL AX, AX
	JNE  half
	MOVL $1, AX
	RET

found:
	LEAQ 16(SI), R11

half: // The first block that is not ASCII is at SI, or else at R11.
	PMOVMSKB X0, AX
	TESTL AX, AX
	CMOVQEQ R11, SI
	LEAQ -16(DX), R11

	START
	LEAQ -3(SI), AX
	CMPQ AX, R12
	JB   begin
	LOAD(SI)
	JMP  first

begin: // Less than three bytes are before SI. They are ASCII, so zeros will do for them.
	MOVOU (SI), BLOCK
	SHIFT
	JMP  first

text:
	START
	PREVIOUS
	MOVOU (SI), BLOCK
	ALIGN

first:
	JUDGE
	CMPQ SI, DX
	JEQ  complete
	ADDQ $16, SI
	PMOVMSKB FAULTS, AX
	TESTL AX, AX
	JNE  bad

	MOVL $1, BX // what was found may be all

block: // Judge so many blocks without a look at what they are, or at faults.
	CMPQ SI, DX
	JAE  end
	LOAD(SI)
	JUDGE
	ADDQ $16, SI
	DECL BX
	JNE  block
	PMOVMSKB FAULTS, AX
	TESTL AX, AX
	JNE  bad

	// Is it ASCII now? Where text is not, it stays so for a while: for four blocks.
	MOVL $4, BX
	TESTL $0x80808000, -4(SI)
	JNE  block // a sequence may be unfinished
	CMPQ SI, R11
	JA   block
	LOOK32
	JNE  block

again:
	ADDQ $32, SI
	CMPQ SI, R11
	JA   block
	LOOK32
	JEQ  again

	// After ASCII, it may be one character. Then the machine judges it, and what follows need not wait for where it is.
	MOVL $2, BX
	MOVOU 16(SI), X1
	PMOVMSKB X0, AX
	PMOVMSKB X1, DI // a caller that needs DI reads it again
	SHLL $16, DI
	ORL  DI, AX // which of the 32 bytes are not ASCII
	BSFL AX, CX
	SHRL CX, AX
	CMPL AX, $0x0F
	JA   block
	CMPL CX, $(32 - 4)
	JA   block
	LEAQ (SI)(CX*1), DI
	LEAQ ·machine(SB), BX
	MOVBLZX (DI), AX
	BEGIN(CX)
	STEP(1(DI))
	STEP(2(DI))
	STEP(3(DI))
	MOVL $2, BX
	ANDL $31, CX
	CMPL CX, $const_accept
	JNE  block // to be refused, or to go on after these 32 bytes
	JMP  again

end: // The last 16 bytes, of which some may have been judged before.
	LEAQ -3(DX), AX
	CMPQ AX, R12
	JB   overlap
	LOAD(DX)
	JUDGE

complete: // If it must be, the last bytes may leave nothing unmet, nor be what stands in no text.
	TESTL R10, R10
	JEQ  verdict
	MOVOU (DX), BLOCK
	MOVOU ·tables+lookup_unmet(SB), T0
	PSUBUSB T0, BLOCK
	POR  BLOCK, FAULTS

verdict:
	PMOVMSKB FAULTS, BX
	XORL AX, AX
	TESTL BX, BX
	SETEQ AX
	RET

overlap: // A text of 17 or 18 bytes. The first block is right; the first three bytes of the last were judged in it, and do not count.
	MOVOU (DX), BLOCK
	SHIFT
	JUDGE
	MOVOU ·tables+lookup_known(SB), T0
	PAND T0, FAULTS
	JMP  complete

bad:
	XORL AX, AX
	RET

// JOIN8 sets BLOCK to the 8 to 16 bytes of which AX is the first eight and BX the last eight, and zeros after
// them: what both have is shifted out of BX, 16-n bytes. JOIN4 is the same for 4 to 7 bytes, of which AX and BX are four each:
// BX is shifted up by n-4 bytes, over what both have. n is changed, and X1 and X2.
#define JOIN8(n) \
	LEAL  -128(n*8), n \
	NEGL  n            \
	MOVQ  n, X2        \
	MOVQ  AX, BLOCK    \
	MOVQ  BX, X1       \
	PSRLQ X2, X1       \
	PUNPCKLQDQ X1, BLOCK

#define JOIN4(n) \
	LEAL  -32(n*8), n  \
	MOVQ  n, X2        \
	MOVQ  AX, BLOCK    \
	MOVQ  BX, X1       \
	PSLLQ X2, X1       \
	POR   X1, BLOCK

// validSmall is Valid for 9 to 15 bytes, and without AVX2 for 16. Valid jumps to it, so it writes the result to where Valid would.
TEXT validSmall<>(SB), NOSPLIT|NOFRAME, $0-17
	MOVQ $0x8080808080808080, R11
	MOVQ (SI), AX
	MOVQ -8(SI)(CX*1), BX
	MOVQ AX, DX
	ORQ  BX, DX
	TESTQ R11, DX
	JEQ  right
	JOIN8(CX)
	CMPB ·level(SB), $const_levelAVX2
	JAE  avx2
	START
	SHIFT
	JUDGE
	MOVOU ·tables+lookup_unmet(SB), T0 // of 16 bytes
	PSUBUSB T0, BLOCK
	POR  BLOCK, FAULTS
	PMOVMSKB FAULTS, AX
	TESTL AX, AX
	SETEQ ret+16(FP)
	RET

avx2:
	JMP  smallAVX2<>(SB)

right:
	MOVB $1, ret+16(FP)
	RET

// loadSmall sets BLOCK to the up to 15 bytes at SI and zeros after them. AX, BX, DX and X1 to X3 are changed.
TEXT loadSmall<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVL CX, DX
	CMPL CX, $8
	JAE  over7
	CMPL CX, $4
	JAE  over3

	PXOR BLOCK, BLOCK
	TESTL CX, CX
	JEQ  none

	// The first, the middle and the last byte, which may be the same, as last has them (load.go).
	MOVBLZX (SI), AX
	SHRL $1, DX
	MOVBLZX (SI)(DX*1), BX
	SHLL $3, DX
	MOVQ BX, X1
	MOVQ DX, X2
	PSLLQ X2, X1
	MOVBLZX -1(SI)(CX*1), BX
	LEAL -8(CX*8), DX
	MOVQ BX, X3
	MOVQ DX, X2
	PSLLQ X2, X3
	MOVQ AX, BLOCK
	POR  X1, BLOCK
	POR  X3, BLOCK

none:
	RET

over3:
	MOVL (SI), AX
	MOVL -4(SI)(CX*1), BX
	JOIN4(DX)
	RET

over7:
	MOVQ (SI), AX
	MOVQ -8(SI)(CX*1), BX
	JOIN8(DX)
	RET

// xorSmall writes the up to 15 bytes at SI to DI, masked with R8, and sets BLOCK to what it wrote and zeros after it. AX, BX,
// DX, R11, X1 and X2 are changed.
TEXT xorSmall<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVL CX, DX
	SHLL $3, CX
	MOVL R8, R11
	RORL CX, R11 // what the last eight or four bytes are masked with
	MOVL DX, CX
	CMPL CX, $8
	JAE  over7
	CMPL CX, $4
	JAE  over3
	PXOR BLOCK, BLOCK
	TESTL CX, CX
	JEQ  none
	MOVL R8, BX
	XORL AX, AX
	XORL DX, DX

byte: // Each comes in at the top of AX, and those before it move down. At the end all move down by 4-CX bytes.
	MOVBLZX (SI)(DX*1), R11
	XORL BX, R11
	MOVB R11, (DI)(DX*1)
	MOVBLZX R11, R11
	SHRL $8, AX
	SHRL $8, BX
	SHLL $24, R11
	ORL  R11, AX
	INCL DX
	CMPL DX, CX
	JNE  byte
	SHLL $3, DX
	NEGL DX
	ADDL $32, DX
	MOVQ AX, BLOCK
	MOVQ DX, X2
	PSRLQ X2, BLOCK

none:
	RET

over3:
	MOVL R8, AX
	XORL (SI), AX
	MOVL R11, BX
	XORL -4(SI)(CX*1), BX
	MOVL AX, (DI)
	MOVL BX, -4(DI)(CX*1)
	JOIN4(DX)
	RET

over7:
	MOVQ R8, AX
	SHLQ $32, AX
	ORQ  R8, AX
	XORQ (SI), AX
	MOVQ R11, BX
	SHLQ $32, BX
	ORQ  R11, BX
	XORQ -8(SI)(CX*1), BX
	MOVQ AX, (DI)
	MOVQ BX, -8(DI)(CX*1)
	JOIN8(DX)
	RET

// judgeSmall judges the CX < 16 bytes of BLOCK, with zeros after them: a text that goes on after R9, as R10 says to its end or not.
TEXT judgeSmall<>(SB), NOSPLIT|NOFRAME, $0-0
	PMOVMSKB BLOCK, AX
	MOVL R9, BX
	ANDL $0x80808080, BX
	ORL  BX, AX
	JNE  text
	MOVL $1, AX
	RET

text:
	START
	PREVIOUS
	JMP judgeRest<>(SB)

// judgeRest is the same after BEFORE, where FAULTS are those of what is before BLOCK.
TEXT judgeRest<>(SB), NOSPLIT|NOFRAME, $0-0
	MOVO FAULTS, KEY // which is free
	ALIGN
	JUDGE
	PMOVMSKB FAULTS, AX
	PMOVMSKB KEY, BX
	TESTL R10, R10
	JNE  all

	// What is found after the end of the text does not count.
	MOVL $-1, DX
	SHLL CX, DX
	NOTL DX
	ANDL DX, AX

all:
	ORL  BX, AX
	XORL BX, BX
	TESTL AX, AX
	SETEQ BX
	MOVL BX, AX
	RET

// unmaskSSE2 judges text that is masked, and writes it.
TEXT unmaskSSE2<>(SB), NOSPLIT|NOFRAME, $0-0
	START
	PREVIOUS
	MOVQ R8, KEY
	PSHUFL $0, KEY, KEY
	XORL R12, R12
	TESTL $0x80808080, R9
	SETNE R12

block: // R12 is not 0 if BEFORE may need something
	CMPQ CX, $16
	JB   rest
	MOVOU (SI), BLOCK
	PXOR KEY, BLOCK
	MOVOU BLOCK, (DI)
	ADDQ $16, SI
	ADDQ $16, DI
	SUBQ $16, CX
	PMOVMSKB BLOCK, AX
	ORL  AX, R12
	JEQ  next
	ALIGN
	JUDGE
	MOVL AX, R12
	ANDL $0xE000, R12 // the last three bytes

next:
	MOVO BLOCK, BEFORE
	JMP  block

rest:
	CALL xorSmall<>(SB)
	JMP  judgeRest<>(SB)

// xorSSE2 writes 16 bytes or more that are masked, or masks them.
TEXT xorSSE2<>(SB), NOSPLIT|NOFRAME, $0-0
	// The last 16 bytes are read before what is before them is written, which may be the same place, and written last.
	MOVQ CX, BX
	MOVQ R8, KEY
	PSHUFL $0, KEY, KEY
	SHLL $3, CX
	RORL CX, R8
	MOVQ R8, T0
	PSHUFL $0, T0, T0
	MOVOU -16(SI)(BX*1), X8
	PXOR T0, X8
	LEAQ -16(DI)(BX*1), R11
	SUBQ $64, BX
	JB   blocks

more:
	MOVOU (SI), X0
	MOVOU 16(SI), X1
	MOVOU 32(SI), X2
	MOVOU 48(SI), X3
	PXOR KEY, X0
	PXOR KEY, X1
	PXOR KEY, X2
	PXOR KEY, X3
	MOVOU X0, (DI)
	MOVOU X1, 16(DI)
	MOVOU X2, 32(DI)
	MOVOU X3, 48(DI)
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $64, BX
	JAE  more

blocks:
	ADDQ $(64 - 16), BX
	JLE  rest

block:
	MOVOU (SI), X0
	PXOR KEY, X0
	MOVOU X0, (DI)
	ADDQ $16, SI
	ADDQ $16, DI
	SUBQ $16, BX
	JGT  block

rest:
	MOVOU X8, (R11)
	RET

#undef BLOCK
#undef P1
#undef P2
#undef P3
#undef T0
#undef KEY
#undef FAULTS
#undef BEFORE
#undef FIRST
#undef SECOND
#undef THIRD
#undef FOURTH
#undef LEAD3
#undef OTHER3
#undef LEAD4
#undef OTHER4
#undef SHIFT
#undef ALIGN
#undef LOAD
#undef START
#undef JUDGE
#undef PREVIOUS
#undef REFUSE
#undef JOIN8
#undef JOIN4
