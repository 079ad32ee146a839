// The AVX2 backend: Keiser–Lemire lookup (tables_lookup.go), 32 bytes at a
// time. It needs at least 16 bytes.
//
//	SI  src, the current block        DX  src, the last block
//	DI  dst, the current block        BX  dst, the last block
//	CX  n                            R8  key
//	R9  the last SI at which four blocks are left before the last one
//
// ERRORS holds the errors so far: any bit.

#define BLOCK    Y0
#define P1       Y1 // BLOCK moved up by one, two, three bytes
#define P2       Y2
#define P3       Y3
#define T0       Y4
#define T1       Y5
#define ERRORS   Y6
#define PREV     Y7  // the block before
#define LAST     Y8  // the last block, unmasked
#define PREVHIGH Y9  // tables
#define PREVLOW  Y10
#define CURRHIGH Y11
#define NIBBLES  Y12 // 0F in each byte
#define THREES   Y13 // 60: bit 7 of p-60 is set if p >= E0 (saturated)
#define FOURS    Y14 // 70: bit 7 of p-70 is set if p >= F0 (saturated)
#define KEY      Y15

// LOADTABLES also clears ERRORS.
#define LOADTABLES \
	VBROADCASTI128 ·prevHigh(SB), PREVHIGH  \
	VBROADCASTI128 ·prevLow(SB), PREVLOW    \
	VBROADCASTI128 ·currHigh(SB), CURRHIGH  \
	VPBROADCASTQ   lowNibbles<>(SB), NIBBLES \
	VPBROADCASTQ   threes<>(SB), THREES     \
	VPBROADCASTQ   fours<>(SB), FOURS       \
	VPXOR          ERRORS, ERRORS, ERRORS

// Before COMPARE and CHECK, T0 must hold the 16 bytes before BLOCK and the first
// half of BLOCK. AFTERZEROS sets T0 for a BLOCK after zeros, and AFTERPREV for
// one after PREV.
#define AFTERZEROS VPERM2I128 $0x08, BLOCK, BLOCK, T0
#define AFTERPREV  VPERM2I128 $0x21, BLOCK, PREV, T0

// COMPARE sets T0 to the errors of BLOCK.
#define COMPARE \
	VPALIGNR $15, T0, BLOCK, P1     \
	VPALIGNR $14, T0, BLOCK, P2     \
	VPALIGNR $13, T0, BLOCK, P3     \
	VPSRLW   $4, P1, T0             \
	VPSRLW   $4, BLOCK, T1          \
	VPAND    NIBBLES, P1, P1        \
	VPAND    NIBBLES, T0, T0        \
	VPAND    NIBBLES, T1, T1        \
	VPSHUFB  T0, PREVHIGH, T0       \
	VPSHUFB  P1, PREVLOW, P1        \
	VPSHUFB  T1, CURRHIGH, T1       \
	VPSUBUSB THREES, P2, P2         \
	VPSUBUSB FOURS, P3, P3          \
	VPAND    P1, T0, T0             \
	VPOR     P2, P3, P2             \
	VPAND    T1, T0, T0             \ // errors; twoConts is bit 7
	VPAND    highBits<>(SB), P2, P2 \ // second continuation byte expected
	VPXOR    P2, T0, T0

// CHECK is COMPARE, and adds to ERRORS.
#define CHECK \
	COMPARE \
	VPOR T0, ERRORS, ERRORS

// CHECKLAST adds an error if the last character of the last block is cut off.
#define CHECKLAST(block) \
	VPSUBUSB lastAllowed<>+32(SB), block, T0 \
	VPOR     T0, ERRORS, ERRORS

// CHECK2 checks BLOCK, the first 32 bytes, and LAST, the last 32 of 32 to 61
// bytes. They overlap by at least three bytes, so BLOCK covers what LAST lacks
// the preceding bytes for.
#define CHECK2 \
	LOADTABLES                     \
	AFTERZEROS                     \
	CHECK                          \
	VMOVDQA LAST, BLOCK            \
	AFTERZEROS                     \
	COMPARE                        \
	VPAND   notFirst3<>(SB), T0, T0 \
	VPOR    T0, ERRORS, ERRORS     \
	CHECKLAST(LAST)

// JOIN sets BLOCK to the 16 to 31 bytes of which X0 is the first 16 and X4 the
// last 16, and zeros after them.
#define JOIN \
	LEAQ        shiftDown<>+32(SB), AX \
	SUBQ        CX, AX                 \
	VMOVDQU     (AX), X5               \
	VPSHUFB     X5, X4, X4             \
	VINSERTI128 $1, X4, Y0, Y0

// ROTATEKEY rotates R8 for the last bytes, whose position is CX modulo 4
// because the size of a block is a multiple of 4.
#define ROTATEKEY \
	MOVQ CX, AX  \
	SHLL $3, CX  \
	RORL CX, R8  \
	MOVQ AX, CX

// TESTASCII sets ZF if x is ASCII.
#define TESTASCII(x) \
	VPMOVMSKB x, AX \
	TESTL     AX, AX

// validAVX2 implements valid.
TEXT validAVX2<>(SB), NOSPLIT|NOFRAME, $0-17
	CMPQ CX, $32
	JAE  two
	VMOVDQU (SI), X0
	VMOVDQU -16(SI)(CX*1), X4
	JOIN
	LOADTABLES
	AFTERZEROS
	CHECK

verdict:
	VPTEST ERRORS, ERRORS
	SETEQ ret+16(FP)
	VZEROUPPER
	RET

two:
	CMPQ CX, $61
	JA   many
	VMOVDQU (SI), BLOCK
	VMOVDQU -32(SI)(CX*1), LAST
	VPOR BLOCK, LAST, T0
	TESTASCII(T0)
	JEQ  valid
	CHECK2
	JMP  verdict

valid:
	MOVB $1, ret+16(FP)
	VZEROUPPER
	RET

many:
	CMPQ CX, $const_maxChunk
	JA   long
	CALL checkManyAVX2<>(SB)
	SETEQ ret+16(FP)
	VZEROUPPER
	RET

long:
	JMP ·validLong(SB)

// checkManyAVX2 sets ZF if the CX > 61 bytes at SI are valid.
TEXT checkManyAVX2<>(SB), NOSPLIT|NOFRAME, $0-0
	LEAQ -32(SI)(CX*1), DX
	LEAQ -128(DX), R9
	VMOVDQU (SI), T0
	CMPQ CX, $128
	JA   first

	// Up to 128 bytes are covered by two or four blocks.
	VPOR (DX), T0, T0
	CMPQ CX, $64
	JBE  covered
	VPOR 32(SI), T0, T0
	VPOR -32(DX), T0, T0

covered:
	TESTASCII(T0)
	JNE  text
	RET

first:
	TESTASCII(T0)
	JNE  text

ascii: // everything before SI is ASCII
	CMPQ SI, R9
	JA   asciiEnd
	VMOVDQU (SI), T0
	VPOR 32(SI), T0, T0
	VMOVDQU 64(SI), T1
	VPOR 96(SI), T1, T1
	VPOR T0, T1, T0
	TESTASCII(T0)
	JNE  text
	ADDQ $128, SI
	JMP  ascii

asciiEnd: // at most four blocks and the last one
	VMOVDQU (DX), T0
	MOVQ SI, AX

asciiBlock:
	CMPQ AX, DX
	JAE  asciiDone
	VPOR (AX), T0, T0
	ADDQ $32, AX
	JMP  asciiBlock

asciiDone:
	TESTASCII(T0)
	JNE  text
	RET

text:
	LOADTABLES
	VMOVDQU (SI), BLOCK
	AFTERZEROS
	CHECK
	ADDQ $32, SI

batch: // the preceding bytes are loaded from memory
	CMPQ SI, R9
	JA   block
	VMOVDQU (SI), T0
	VPOR 32(SI), T0, T0
	VMOVDQU 64(SI), T1
	VPOR 96(SI), T1, T1
	VPOR T0, T1, T0
	VPMOVMSKB T0, AX
	MOVL -4(SI), R10
	ANDL $0x80808000, R10
	ORL  R10, AX
	JEQ  next // ASCII, and no character is unfinished
	VMOVDQU (SI), BLOCK
	VMOVDQU -16(SI), T0
	CHECK
	VMOVDQU 32(SI), BLOCK
	VMOVDQU 16(SI), T0
	CHECK
	VMOVDQU 64(SI), BLOCK
	VMOVDQU 48(SI), T0
	CHECK
	VMOVDQU 96(SI), BLOCK
	VMOVDQU 80(SI), T0
	CHECK
	VPTEST ERRORS, ERRORS
	JNE  invalid

next:
	ADDQ $128, SI
	JMP  batch

block:
	CMPQ SI, DX
	JAE  last
	VMOVDQU (SI), BLOCK
	VMOVDQU -16(SI), T0
	CHECK
	ADDQ $32, SI
	JMP  block

last:
	VMOVDQU (DX), BLOCK
	VMOVDQU -16(DX), T0
	CHECK
	CHECKLAST(BLOCK)
	VPTEST ERRORS, ERRORS

invalid:
	RET

// unmaskAVX2 implements unmask. It checks blocks in registers, since
// loading them again from where they were just written would stall.
TEXT unmaskAVX2<>(SB), NOSPLIT|NOFRAME, $0-33
	VMOVD R8, X15
	VPBROADCASTD X15, KEY
	ROTATEKEY
	VMOVD R8, X5
	VPBROADCASTD X5, T1
	CMPQ CX, $32
	JAE  two
	VPXOR (SI), X15, X0
	VPXOR -16(SI)(CX*1), X5, X4
	VMOVDQU X0, (DI)
	VMOVDQU X4, -16(DI)(CX*1)
	VPOR X0, X4, X5
	TESTASCII(X5)
	JEQ  valid
	JOIN
	LOADTABLES
	AFTERZEROS
	CHECK

verdict:
	VPTEST ERRORS, ERRORS
	SETEQ ret+32(FP)
	VZEROUPPER
	RET

valid:
	MOVB $1, ret+32(FP)
	VZEROUPPER
	RET

two:
	LEAQ -32(SI)(CX*1), DX
	LEAQ -32(DI)(CX*1), BX
	VPXOR (DX), T1, LAST
	CMPQ CX, $61
	JA   many
	VPXOR (SI), KEY, BLOCK
	VMOVDQU BLOCK, (DI)
	VMOVDQU LAST, (BX)
	VPOR BLOCK, LAST, T0
	TESTASCII(T0)
	JEQ  valid
	CHECK2
	JMP  verdict

many:
	// The last block comes first: once the blocks before it are written,
	// it cannot be read again if dst is src.
	VPXOR -16(DX), T1, T0
	LOADTABLES
	VMOVDQA LAST, BLOCK
	CHECK
	CHECKLAST(LAST)
	VPXOR PREV, PREV, PREV

block:
	VPXOR (SI), KEY, BLOCK
	VMOVDQU BLOCK, (DI)
	VPOR BLOCK, PREV, T0
	TESTASCII(T0)
	JEQ  next // ASCII, and no character is unfinished
	AFTERPREV
	CHECK

next:
	VMOVDQA BLOCK, PREV
	ADDQ $32, SI
	ADDQ $32, DI
	CMPQ SI, DX
	JB   block
	VMOVDQU LAST, (BX)
	JMP  verdict

// maskAVX2 implements mask.
TEXT maskAVX2<>(SB), NOSPLIT|NOFRAME, $0-33
	CMPQ CX, $32
	JAE  two
	VMOVDQU (SI), X7
	VMOVDQU -16(SI)(CX*1), X8
	VPOR X7, X8, X0
	TESTASCII(X0)
	JEQ  write
	VMOVDQA X7, X0
	VMOVDQA X8, X4
	JOIN
	LOADTABLES
	AFTERZEROS
	CHECK
	VPTEST ERRORS, ERRORS
	JNE  invalid

write:
	VMOVD R8, X15
	VPBROADCASTD X15, X15
	ROTATEKEY
	VMOVD R8, X5
	VPBROADCASTD X5, X5
	VPXOR X15, X7, X7
	VPXOR X5, X8, X8
	VMOVDQU X7, (DI)
	VMOVDQU X8, -16(DI)(CX*1)
	MOVB $1, ret+32(FP)
	VZEROUPPER
	RET

two:
	CMPQ CX, $61
	JA   many
	VMOVDQU (SI), BLOCK
	VMOVDQU -32(SI)(CX*1), LAST
	VMOVDQA BLOCK, PREV
	VPOR BLOCK, LAST, T0
	TESTASCII(T0)
	JEQ  write2
	CHECK2
	VPTEST ERRORS, ERRORS
	JNE  invalid

write2:
	VMOVD R8, X15
	VPBROADCASTD X15, KEY
	ROTATEKEY
	VMOVD R8, X5
	VPBROADCASTD X5, T1
	VPXOR KEY, PREV, PREV
	VPXOR T1, LAST, LAST
	VMOVDQU PREV, (DI)
	VMOVDQU LAST, -32(DI)(CX*1)
	MOVB $1, ret+32(FP)
	VZEROUPPER
	RET

many:
	CALL checkManyAVX2<>(SB)
	JNE  invalid
	MOVQ src+8(FP), SI
	CALL xorManyAVX2<>(SB)
	MOVB $1, ret+32(FP)
	VZEROUPPER
	RET

invalid:
	MOVB $0, ret+32(FP)
	VZEROUPPER
	RET

// xorAVX2 implements xor.
TEXT xorAVX2<>(SB), NOSPLIT|NOFRAME, $0-28
	CMPQ CX, $32
	JAE  many
	VMOVD R8, X15
	VPBROADCASTD X15, X15
	ROTATEKEY
	VMOVD R8, X5
	VPBROADCASTD X5, X5
	VPXOR (SI), X15, X0
	VPXOR -16(SI)(CX*1), X5, X4
	VMOVDQU X0, (DI)
	VMOVDQU X4, -16(DI)(CX*1)
	RET

many:
	CMPQ CX, $const_maxChunk
	JA   long
	CALL xorManyAVX2<>(SB)
	VZEROUPPER
	RET

long:
	JMP ·xorLong(SB)

// xorManyAVX2 writes the CX >= 32 bytes at SI to DI, XORed with R8.
TEXT xorManyAVX2<>(SB), NOSPLIT|NOFRAME, $0-0
	VMOVD R8, X15
	VPBROADCASTD X15, KEY
	ROTATEKEY
	VMOVD R8, X5
	VPBROADCASTD X5, T1
	LEAQ -32(SI)(CX*1), DX
	LEAQ -32(DI)(CX*1), BX
	VPXOR (DX), T1, LAST // dst may be src: read before anything is written
	LEAQ -128(DX), R9

batch:
	CMPQ SI, R9
	JA   block
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
	JMP  batch

block:
	CMPQ SI, DX
	JAE  last
	VPXOR (SI), KEY, Y0
	VMOVDQU Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	JMP  block

last:
	VMOVDQU LAST, (BX)
	RET

// avx512_amd64.h uses the same names.
#undef T0
#undef T1
#undef PREV
#undef LAST
#undef KEY
#undef LOADTABLES
#undef COMPARE
#undef CHECK
#undef CHECKLAST
#undef CHECK2
#undef ROTATEKEY
#undef TESTASCII
