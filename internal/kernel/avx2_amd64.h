// The AVX2 backend: Keiser–Lemire lookup, 32 bytes at a time. Its source and
// its tables are in tables_lookup.go. It needs at least 16 bytes.
//
//	SI  src, the current block        DX  src, the last block
//	DI  dst, the current block        BX  dst, the last block
//	CX  n                             R8  key
//	R9  the greatest SI with four blocks between it and the last block
//
// AX and R10 are temporary. Operands are in the order of Go's assembler, the
// reverse of Intel's: the destination is the last.
//
// Between two blocks, ERRORS holds the errors at the bytes before SI. A
// character that those bytes leave unfinished is not an error yet: if it is
// one, it is found in the next block, whose PREV1 to PREV3 begin before SI.

#define BLOCK     Y0
#define PREV1     Y1  // BLOCK moved up by one, two, three bytes
#define PREV2     Y2
#define PREV3     Y3
#define BEFORE    Y4  // what precedes each half of BLOCK: see FINDERRORS
#define T0        Y4
#define T1        Y5
#define LASTKEY   Y5  // KEY as the last block needs it
#define ERRORS    Y6  // the errors so far: any bit
#define PREVBLOCK Y7  // the block before
#define LAST      Y8  // the last block, unmasked
#define PREVHIGH  Y9  // prevHigh, prevLow, currHigh in each half
#define PREVLOW   Y10
#define CURRHIGH  Y11
#define NIBBLES   Y12 // 0F in each byte
#define THREES    Y13 // 60 in each byte: p-60, saturated, has bit 7 if p >= E0
#define FOURS     Y14 // 70 in each byte: p-70, saturated, has bit 7 if p >= F0
#define KEY       Y15

// An input of 16 to 31 bytes is its first and its last 16 bytes, which overlap.
#define FIRST16   X0 // the low half of BLOCK
#define LAST16    X4 // the low half of T0

// MAXTWO is the greatest length that CHECKTWO handles.
#define MAXTWO 61

// LOADTABLES also clears ERRORS.
#define LOADTABLES \
	VBROADCASTI128 ·prevHigh(SB), PREVHIGH   \
	VBROADCASTI128 ·prevLow(SB), PREVLOW     \
	VBROADCASTI128 ·currHigh(SB), CURRHIGH   \
	VPBROADCASTQ   lowNibbles<>(SB), NIBBLES \
	VPBROADCASTQ   threes<>(SB), THREES      \
	VPBROADCASTQ   fours<>(SB), FOURS        \
	VPXOR          ERRORS, ERRORS, ERRORS

// FINDERRORS sets T0 to the errors of BLOCK. Bit 7 of the lookup (twoConts) is
// set if a continuation byte follows a continuation byte. PREV2 and PREV3 tell
// whether one must follow. A difference is an error, so the two are XORed.
//
// VPALIGNR shifts the two 16-byte halves of a register separately. So BEFORE
// must hold the 16 bytes before each half of BLOCK: those before BLOCK, and the
// first half of BLOCK. In memory these are the 32 bytes from 16 before BLOCK.
// AFTERZEROS sets BEFORE for a BLOCK at the start of the input, and
// AFTERPREV for one after PREVBLOCK.
#define AFTERZEROS VPERM2I128 $0x08, BLOCK, BLOCK, BEFORE
#define AFTERPREV  VPERM2I128 $0x21, BLOCK, PREVBLOCK, BEFORE

#define FINDERRORS \
	VPALIGNR $15, BEFORE, BLOCK, PREV1    \
	VPALIGNR $14, BEFORE, BLOCK, PREV2    \
	VPALIGNR $13, BEFORE, BLOCK, PREV3    \
	VPSRLW   $4, PREV1, T0                \ // T0, PREV1, T1: the nibbles
	VPSRLW   $4, BLOCK, T1                \
	VPAND    NIBBLES, PREV1, PREV1        \
	VPAND    NIBBLES, T0, T0              \
	VPAND    NIBBLES, T1, T1              \
	VPSHUFB  T0, PREVHIGH, T0             \ // the three lookups
	VPSHUFB  PREV1, PREVLOW, PREV1        \
	VPSHUFB  T1, CURRHIGH, T1             \
	VPSUBUSB THREES, PREV2, PREV2         \
	VPSUBUSB FOURS, PREV3, PREV3          \
	VPAND    PREV1, T0, T0                \
	VPOR     PREV2, PREV3, PREV2          \
	VPAND    T1, T0, T0                   \ // errors; twoConts is bit 7
	VPAND    highBits<>(SB), PREV2, PREV2 \ // second continuation byte expected
	VPXOR    PREV2, T0, T0

// CHECK adds the errors of BLOCK to ERRORS.
#define CHECK \
	FINDERRORS \
	VPOR T0, ERRORS, ERRORS

// CHECKLAST adds an error if the last character of the last block is cut off.
// The saturated difference is not zero where a byte is above its limit in
// lastAllowed (dispatch_amd64.s).
#define CHECKLAST(block) \
	VPSUBUSB lastAllowed<>+32(SB), block, T0 \
	VPOR     T0, ERRORS, ERRORS

// CHECKTWO checks 32 to MAXTWO bytes: BLOCK, the first 32, and LAST, the last
// 32. It reads nothing before LAST, so it ignores what FINDERRORS reports for
// the first three bytes of LAST. BLOCK covers them: the blocks overlap by at
// least three bytes.
#define CHECKTWO \
	LOADTABLES                      \
	AFTERZEROS                      \
	CHECK                           \
	VMOVDQA LAST, BLOCK             \
	AFTERZEROS                      \
	FINDERRORS                      \
	VPAND   notFirst3<>(SB), T0, T0 \
	VPOR    T0, ERRORS, ERRORS      \
	CHECKLAST(LAST)

// JOINHALVES sets BLOCK to an input of CX bytes, 16 to 31, followed by zeros.
// FIRST16 and LAST16 are the first and last 16 bytes of the input. JOINHALVES
// drops from LAST16 the 32-CX bytes that are also in FIRST16.
#define JOINHALVES \
	LEAQ        shiftDown<>+32(SB), AX \
	SUBQ        CX, AX                 \
	VMOVDQU     (AX), X5               \
	VPSHUFB     X5, LAST16, LAST16     \
	VINSERTI128 $1, LAST16, BLOCK, BLOCK

// LOADKEYS repeats R8 in key, and in lastKey R8 rotated for the last bytes of
// the input. Their position is CX modulo 4, because they are 16 or 32 bytes.
// key is KEY or X15, lastKey is LASTKEY or X5.
#define LOADKEYS(key, lastKey) \
	VMOVD        R8, X15     \
	VPBROADCASTD X15, key    \
	MOVQ         CX, AX      \
	SHLL         $3, CX      \
	RORL         CX, R8      \
	MOVQ         AX, CX      \
	VMOVD        R8, X5      \
	VPBROADCASTD X5, lastKey

// TESTASCII sets ZF if x is ASCII.
#define TESTASCII(x) \
	VPMOVMSKB x, AX \
	TESTL     AX, AX

// validAVX2 implements valid.
TEXT validAVX2<>(SB), NOSPLIT|NOFRAME, $0-17
	CMPQ CX, $32
	JAE  twoBlocks
	VMOVDQU (SI), FIRST16
	VMOVDQU -16(SI)(CX*1), LAST16
	JOINHALVES
	LOADTABLES
	AFTERZEROS
	CHECK

setResult:
	VPTEST ERRORS, ERRORS
	SETEQ ret+16(FP)
	VZEROUPPER
	RET

twoBlocks:
	CMPQ CX, $MAXTWO
	JA   moreBlocks
	VMOVDQU (SI), BLOCK
	VMOVDQU -32(SI)(CX*1), LAST
	VPOR BLOCK, LAST, T0
	TESTASCII(T0)
	JEQ  returnTrue
	CHECKTWO
	JMP  setResult

returnTrue:
	MOVB $1, ret+16(FP)
	VZEROUPPER
	RET

moreBlocks:
	CMPQ CX, $const_maxChunk
	JA   moreThanChunk
	CALL checkManyAVX2<>(SB)
	SETEQ ret+16(FP)
	VZEROUPPER
	RET

moreThanChunk:
	JMP ·validLong(SB)

// checkManyAVX2 sets ZF if the CX > MAXTWO bytes at SI are valid. It tests for
// ASCII first, without the tables. What it does for valid:
//
//	62 to 128 bytes   tests two or four overlapping blocks at once
//	above             tests the first block, then four at a time, then the rest
//
// If a test fails, it checks everything from SI on.
TEXT checkManyAVX2<>(SB), NOSPLIT|NOFRAME, $0-0
	LEAQ -32(SI)(CX*1), DX
	LEAQ -128(DX), R9
	VMOVDQU (SI), T0
	CMPQ CX, $128
	JA   testFirst

	// Two or four blocks, from both ends, cover up to 128 bytes.
	VPOR (DX), T0, T0
	CMPQ CX, $64
	JBE  testCovered
	VPOR 32(SI), T0, T0
	VPOR -32(DX), T0, T0

testCovered:
	TESTASCII(T0)
	JNE  notASCII
	RET

testFirst: // text that is not ASCII from the start leaves here
	TESTASCII(T0)
	JNE  notASCII

asciiFour: // everything before SI is ASCII
	CMPQ SI, R9
	JA   asciiRest
	VMOVDQU (SI), T0
	VPOR 32(SI), T0, T0
	VMOVDQU 64(SI), T1
	VPOR 96(SI), T1, T1
	VPOR T0, T1, T0
	TESTASCII(T0)
	JNE  notASCII
	ADDQ $128, SI
	JMP  asciiFour

asciiRest: // at most four blocks and the last one
	VMOVDQU (DX), T0
	MOVQ SI, AX

asciiRestBlock:
	CMPQ AX, DX
	JAE  asciiRestDone
	VPOR (AX), T0, T0
	ADDQ $32, AX
	JMP  asciiRestBlock

asciiRestDone:
	TESTASCII(T0)
	JNE  notASCII
	RET

notASCII: // everything before SI is ASCII, so zeros may stand for it
	LOADTABLES
	VMOVDQU (SI), BLOCK
	AFTERZEROS
	CHECK
	VPTEST ERRORS, ERRORS
	JNE  done
	ADDQ $32, SI

fourBlocks: // BEFORE is loaded from memory
	CMPQ SI, R9
	JA   oneBlock
	VMOVDQU (SI), T0
	VPOR 32(SI), T0, T0
	VMOVDQU 64(SI), T1
	VPOR 96(SI), T1, T1
	VPOR T0, T1, T0
	VPMOVMSKB T0, AX
	MOVL -4(SI), R10
	ANDL $0x80808000, R10 // the three bytes before SI
	ORL  R10, AX
	JEQ  nextFour // ASCII, and no character is unfinished
	VMOVDQU (SI), BLOCK
	VMOVDQU -16(SI), BEFORE
	CHECK
	VMOVDQU 32(SI), BLOCK
	VMOVDQU 16(SI), BEFORE
	CHECK
	VMOVDQU 64(SI), BLOCK
	VMOVDQU 48(SI), BEFORE
	CHECK
	VMOVDQU 96(SI), BLOCK
	VMOVDQU 80(SI), BEFORE
	CHECK
	VPTEST ERRORS, ERRORS
	JNE  done

nextFour:
	ADDQ $128, SI
	JMP  fourBlocks

oneBlock:
	CMPQ SI, DX
	JAE  lastBlock
	VMOVDQU (SI), BLOCK
	VMOVDQU -16(SI), BEFORE
	CHECK
	ADDQ $32, SI
	JMP  oneBlock

lastBlock:
	VMOVDQU (DX), BLOCK
	VMOVDQU -16(DX), BEFORE
	CHECK
	CHECKLAST(BLOCK)
	VPTEST ERRORS, ERRORS

done:
	RET

// unmaskAVX2 implements unmask. It checks blocks in registers, since
// loading them again from where they were just written would stall.
TEXT unmaskAVX2<>(SB), NOSPLIT|NOFRAME, $0-33
	LOADKEYS(KEY, LASTKEY)
	CMPQ CX, $32
	JAE  twoBlocks
	VPXOR (SI), X15, FIRST16
	VPXOR -16(SI)(CX*1), X5, LAST16
	VMOVDQU FIRST16, (DI)
	VMOVDQU LAST16, -16(DI)(CX*1)
	VPOR FIRST16, LAST16, X5
	TESTASCII(X5)
	JEQ  returnTrue
	JOINHALVES
	LOADTABLES
	AFTERZEROS
	CHECK

setResult:
	VPTEST ERRORS, ERRORS
	SETEQ ret+32(FP)
	VZEROUPPER
	RET

returnTrue:
	MOVB $1, ret+32(FP)
	VZEROUPPER
	RET

twoBlocks:
	LEAQ -32(SI)(CX*1), DX
	LEAQ -32(DI)(CX*1), BX
	VPXOR (DX), LASTKEY, LAST
	CMPQ CX, $MAXTWO
	JA   moreBlocks
	VPXOR (SI), KEY, BLOCK
	VMOVDQU BLOCK, (DI)
	VMOVDQU LAST, (BX)
	VPOR BLOCK, LAST, T0
	TESTASCII(T0)
	JEQ  returnTrue
	CHECKTWO
	JMP  setResult

moreBlocks:
	// The last block comes first: once the blocks before it are written,
	// it cannot be read again if dst is src.
	VPXOR -16(DX), LASTKEY, BEFORE
	LOADTABLES
	VMOVDQA LAST, BLOCK
	CHECK
	CHECKLAST(LAST)
	VPXOR PREVBLOCK, PREVBLOCK, PREVBLOCK

oneBlock:
	VPXOR (SI), KEY, BLOCK
	VMOVDQU BLOCK, (DI)
	VPOR BLOCK, PREVBLOCK, T0
	TESTASCII(T0)
	JEQ  nextBlock // ASCII, and no character is unfinished
	AFTERPREV
	CHECK

nextBlock:
	VMOVDQA BLOCK, PREVBLOCK
	ADDQ $32, SI
	ADDQ $32, DI
	CMPQ SI, DX
	JB   oneBlock
	VMOVDQU LAST, (BX)
	JMP  setResult

// maskAVX2 implements mask. It writes nothing before it has checked everything,
// so X7 and X8, or PREVBLOCK and LAST, keep the input of up to MAXTWO bytes.
TEXT maskAVX2<>(SB), NOSPLIT|NOFRAME, $0-33
	CMPQ CX, $32
	JAE  twoBlocks
	VMOVDQU (SI), X7
	VMOVDQU -16(SI)(CX*1), X8
	VPOR X7, X8, X0
	TESTASCII(X0)
	JEQ  writeHalves
	VMOVDQA X7, FIRST16
	VMOVDQA X8, LAST16
	JOINHALVES
	LOADTABLES
	AFTERZEROS
	CHECK
	VPTEST ERRORS, ERRORS
	JNE  returnFalse

writeHalves:
	LOADKEYS(X15, X5)
	VPXOR X15, X7, X7
	VPXOR X5, X8, X8
	VMOVDQU X7, (DI)
	VMOVDQU X8, -16(DI)(CX*1)
	MOVB $1, ret+32(FP)
	VZEROUPPER
	RET

twoBlocks:
	CMPQ CX, $MAXTWO
	JA   moreBlocks
	VMOVDQU (SI), BLOCK
	VMOVDQU -32(SI)(CX*1), LAST
	VMOVDQA BLOCK, PREVBLOCK
	VPOR BLOCK, LAST, T0
	TESTASCII(T0)
	JEQ  writeBlocks
	CHECKTWO
	VPTEST ERRORS, ERRORS
	JNE  returnFalse

writeBlocks:
	LOADKEYS(KEY, LASTKEY)
	VPXOR KEY, PREVBLOCK, PREVBLOCK
	VPXOR LASTKEY, LAST, LAST
	VMOVDQU PREVBLOCK, (DI)
	VMOVDQU LAST, -32(DI)(CX*1)
	MOVB $1, ret+32(FP)
	VZEROUPPER
	RET

moreBlocks:
	CALL checkManyAVX2<>(SB)
	JNE  returnFalse
	MOVQ src+8(FP), SI // checkManyAVX2 changed it
	CALL xorManyAVX2<>(SB)
	MOVB $1, ret+32(FP)
	VZEROUPPER
	RET

returnFalse:
	MOVB $0, ret+32(FP)
	VZEROUPPER
	RET

// xorAVX2 implements xor. The XMM instructions clear the upper halves, so the
// path below 32 bytes needs no VZEROUPPER.
TEXT xorAVX2<>(SB), NOSPLIT|NOFRAME, $0-28
	CMPQ CX, $32
	JAE  moreBlocks
	LOADKEYS(X15, X5)
	VPXOR (SI), X15, FIRST16
	VPXOR -16(SI)(CX*1), X5, LAST16
	VMOVDQU FIRST16, (DI)
	VMOVDQU LAST16, -16(DI)(CX*1)
	RET

moreBlocks:
	CMPQ CX, $const_maxChunk
	JA   moreThanChunk
	CALL xorManyAVX2<>(SB)
	VZEROUPPER
	RET

moreThanChunk:
	JMP ·xorLong(SB)

// xorManyAVX2 writes the CX >= 32 bytes at SI to DI, XORed with R8.
TEXT xorManyAVX2<>(SB), NOSPLIT|NOFRAME, $0-0
	LOADKEYS(KEY, LASTKEY)
	LEAQ -32(SI)(CX*1), DX
	LEAQ -32(DI)(CX*1), BX
	VPXOR (DX), LASTKEY, LAST // dst may be src: read before anything is written
	LEAQ -128(DX), R9

fourBlocks:
	CMPQ SI, R9
	JA   oneBlock
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
	JMP  fourBlocks

oneBlock:
	CMPQ SI, DX
	JAE  lastBlock
	VPXOR (SI), KEY, Y0
	VMOVDQU Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	JMP  oneBlock

lastBlock:
	VMOVDQU LAST, (BX)
	RET

// avx512_amd64.h defines these names anew.
#undef T0
#undef T1
#undef LAST
#undef KEY
#undef MAXTWO
#undef LOADTABLES
#undef FINDERRORS
#undef CHECK
#undef CHECKLAST
#undef CHECKTWO
#undef TESTASCII
