// The AVX-512 backend: range tables, 64 bytes at a time. The algorithm, its
// source and its tables are in tables_amd64.go.
//
//	SI  src, the current block        DX  src, the last block
//	DI  dst, the current block        BX  dst, the last block
//	CX  n                             R8  key
//	R9  the greatest SI with four blocks between it and the last block
//
// AX, K1, K2 and K3 are temporary. Z0 to Z15 are not used, since writing them
// would require a VZEROUPPER.
//
// Operands are in the order of Go's assembler, the reverse of Intel's: the
// destination is the last.
//
// Between two blocks, PREVLEAD holds leadInfo of the block before SI, or zeros
// at the start. BADRANGE and BADCONT hold the errors at the bytes before SI. A
// character that those bytes leave unfinished is not an error yet: if it is
// one, it is found in the next block, by PREVLEAD.

#define LEADINFO Z31 // leadInfo
#define RANGEOF  Z30 // rangeOf
#define LEADS    Z29 // C0, the least lead byte, in each byte
#define KEY      Z28
#define BADRANGE Z27 // errors: any bit of a byte
#define BADCONT  Z26 // errors: bit 7 of a byte
#define PREVLEAD Z25 // leadInfo of the block before
#define LEAD     Z24 // leadInfo of the block
#define LAST     Z23 // the last block, unmasked
#define T0       Z22
#define T1       Z21
#define T2       Z20
// Z16 to Z19 are blocks of the input.

// MAXTWO is the greatest length that CHECKTWO handles.
#define MAXTWO 125

// LOADTABLES also clears the errors.
#define LOADTABLES \
	VMOVDQU64    ·leadInfo(SB), LEADINFO      \
	VMOVDQU64    ·rangeOf(SB), RANGEOF        \
	VPBROADCASTQ leads<>(SB), LEADS           \
	VPXORQ       BADRANGE, BADRANGE, BADRANGE \
	VPXORQ       BADCONT, BADCONT, BADCONT

// LOOKUPLEAD sets lead to leadInfo of each byte of block. VPERMB looks at the
// low six bits of a byte, and K2 makes it 0 for bytes that are not lead bytes.
#define LOOKUPLEAD(block, lead) \
	VPCMPUB  $5, LEADS, block, K2      \ // K2 = block >= LEADS
	VPERMB.Z LEADINFO, block, K2, lead

// FINDERRORS checks block, which follows the block whose leadInfo is prev. It
// sets lead to leadInfo of block, adds to BADRANGE, and sets bit 7 of each byte
// of T0 that has an error of BADCONT.
//
// VPSHLDQ shifts each eight bytes of lead up and fills them from T0, the eight
// bytes before. A shift by 8 bits moves leadInfo up by one byte, so T1 is
// leadInfo of the byte before. 17 bits are two bytes, and one bit that moves
// follow2 to where follow1 is; 26 bits are three bytes, and two bits for
// follow3. Bit 7 of each byte of T0 then says that a continuation byte is
// expected; the other bits are meaningless. One is found if bit 7 is set in
// block, as in all bytes from 80, but not in lead, as in all from C0.
#define FINDERRORS(prev, block, lead) \
	LOOKUPLEAD(block, lead)            \
	VPERMB     RANGEOF, block, T2      \
	VALIGNQ    $7, prev, lead, T0      \ // for each eight bytes, the eight before
	VPSHLDQ    $8, T0, lead, T1        \
	VPTERNLOGD $0xF8, T1, T2, BADRANGE \ // BADRANGE |= T1 & T2
	VPSHLDQ    $17, T0, lead, T2       \
	VPSHLDQ    $26, T0, lead, T0       \
	VPTERNLOGD $0xFE, T1, T2, T0       \ // T0 |= T1 | T2: expected
	VPTERNLOGD $0xB4, lead, block, T0    // T0 ^= block &^ lead: found

// CHECK adds the errors of block to BADRANGE and BADCONT, and sets lead.
#define CHECK(prev, block, lead) \
	FINDERRORS(prev, block, lead) \
	VPORQ T0, BADCONT, BADCONT

// CHECKLAST adds an error if the last character of the last block is cut off.
// The saturated difference is not zero where a byte is above its limit in
// lastAllowed (dispatch_amd64.s).
#define CHECKLAST(block) \
	VPSUBUSB lastAllowed<>(SB), block, T0 \
	VPORQ    T0, BADRANGE, BADRANGE

// CHECKTWO checks 64 to MAXTWO bytes: first, the first 64, and last, the last
// 64. It looks up nothing before last. That adds nothing to BADRANGE, since
// leadInfo is taken as 0 there. It makes T0 wrong for the first three bytes of
// last, so CHECKTWO ignores those. first covers them: the blocks overlap by at
// least three bytes.
#define CHECKTWO(first, last) \
	LOADTABLES                                     \
	VPXORQ     PREVLEAD, PREVLEAD, PREVLEAD        \
	CHECK(PREVLEAD, first, LEAD)                   \
	FINDERRORS(PREVLEAD, last, LEAD)               \
	VPTERNLOGD $0xF8, notFirst3<>(SB), T0, BADCONT \ // BADCONT |= T0 & notFirst3
	CHECKLAST(last)

// TESTERRORS sets ZF if there are no errors.
#define TESTERRORS \
	VPTESTMB BADRANGE, BADRANGE, K2 \
	VPMOVB2M BADCONT, K3            \
	KORTESTQ K2, K3

// TESTASCII sets ZF if block is ASCII.
#define TESTASCII(block) \
	VPMOVB2M block, K2 \
	KORTESTQ K2, K2

// FIRSTBYTES sets the lowest CX < 64 bits of K1, the mask of the input's bytes.
#define FIRSTBYTES \
	MOVQ  $-1, AX    \
	BZHIQ CX, AX, AX \
	KMOVQ AX, K1

// IFPAGEEND jumps if fewer than 64 bytes of the page are left at p. A masked
// load or store there does not fault, but takes 150 to 300 ns on Zen 5 if the
// next page is not mapped. 4096 is the least page size of amd64.
#define IFPAGEEND(p, label) \
	MOVL p, AX            \
	ANDL $4095, AX        \
	CMPL AX, $(4096 - 64) \
	JA   label

// ROTATEKEY sets key to what KEY must be for the last block, whose position is
// CX modulo 4 because a block is a multiple of 4. R8 and CX are changed.
#define ROTATEKEY(key) \
	SHLL $3, CX          \
	RORL CX, R8          \
	VPBROADCASTD R8, key

// validAVX512 implements valid.
TEXT validAVX512<>(SB), NOSPLIT|NOFRAME, $0-17
	CMPQ CX, $63
	JA   twoBlocks
	IFPAGEEND(SI, pageEnd)
	FIRSTBYTES
	VMOVDQU8.Z (SI), K1, Z16
	TESTASCII(Z16)
	JEQ  returnTrue
	LOADTABLES
	VPXORQ PREVLEAD, PREVLEAD, PREVLEAD
	CHECK(PREVLEAD, Z16, LEAD)

setResult:
	TESTERRORS
	SETEQ ret+16(FP)
	RET

returnTrue:
	MOVB $1, ret+16(FP)
	RET

twoBlocks:
	CMPQ CX, $MAXTWO
	JA   moreBlocks
	VMOVDQU64 (SI), Z16
	VMOVDQU64 -64(SI)(CX*1), Z17
	VPORQ Z16, Z17, Z18
	TESTASCII(Z18)
	JEQ  returnTrue
	CHECKTWO(Z16, Z17)
	JMP  setResult

moreBlocks:
	LEAQ -64(SI)(CX*1), DX
	LEAQ -256(DX), R9
	VMOVDQU64 (SI), Z16
	CMPQ CX, $256
	JA   testFirst

	// Two or four blocks, from both ends, cover up to 256 bytes.
	VPORQ (DX), Z16, Z16
	CMPQ  CX, $128
	JBE   testCovered
	VPORQ 64(SI), Z16, Z16
	VPORQ -64(DX), Z16, Z16

testCovered:
	TESTASCII(Z16)
	JNE  notASCII
	MOVB $1, ret+16(FP)
	RET

testFirst: // text that is not ASCII from the start leaves here
	CMPQ CX, $const_maxChunk
	JA   moreThanChunk
	TESTASCII(Z16)
	JNE  notASCII
	ADDQ $64, SI

asciiFour: // everything before SI is ASCII
	CMPQ SI, R9
	JA   asciiRest
	VMOVDQU64 (SI), Z16
	VPORQ 64(SI), Z16, Z16
	VMOVDQU64 128(SI), Z17
	VPTERNLOGD $0xFE, 192(SI), Z16, Z17
	TESTASCII(Z17)
	JNE  notASCII
	ADDQ $256, SI
	JMP  asciiFour

asciiRest: // at most four blocks and the last one
	VMOVDQU64 (DX), Z16
	MOVQ SI, AX

asciiRestBlock:
	CMPQ AX, DX
	JAE  asciiRestDone
	VPORQ (AX), Z16, Z16
	ADDQ $64, AX
	JMP  asciiRestBlock

asciiRestDone:
	TESTASCII(Z16)
	JEQ  returnTrue

notASCII: // everything before SI is ASCII, so zeros may stand for it
	LOADTABLES
	VPXORQ PREVLEAD, PREVLEAD, PREVLEAD

fourBlocks: // LEAD and PREVLEAD change places at each CHECK
	CMPQ SI, R9
	JA   oneBlock
	VMOVDQU64 (SI), Z16
	VMOVDQU64 64(SI), Z17
	VMOVDQU64 128(SI), Z18
	VMOVDQU64 192(SI), Z19
	ADDQ $256, SI
	VPORQ Z16, Z17, T0
	VPTERNLOGD $0xFE, Z18, Z19, T0
	VPMOVB2M T0, K2
	VPTESTMB PREVLEAD, PREVLEAD, K3
	KORTESTQ K2, K3
	JEQ  fourBlocks // ASCII after no lead bytes: PREVLEAD stays zero
	CHECK(PREVLEAD, Z16, LEAD)
	CHECK(LEAD, Z17, PREVLEAD)
	CHECK(PREVLEAD, Z18, LEAD)
	CHECK(LEAD, Z19, PREVLEAD)
	TESTERRORS
	JEQ  fourBlocks
	MOVB $0, ret+16(FP)
	RET

oneBlock:
	CMPQ SI, DX
	JAE  lastBlock
	VMOVDQU64 (SI), Z16
	CHECK(PREVLEAD, Z16, LEAD)
	VMOVDQA64 LEAD, PREVLEAD
	ADDQ $64, SI
	JMP  oneBlock

lastBlock: // it overlaps the block before, so PREVLEAD is looked up again
	VPBROADCASTQ -8(DX), Z17
	LOOKUPLEAD(Z17, PREVLEAD)
	VMOVDQU64 (DX), Z16
	CHECK(PREVLEAD, Z16, LEAD)
	CHECKLAST(Z16)
	JMP  setResult

pageEnd: // AVX2 reads the input only, and Go what is too short for AVX2
	CMPQ CX, $16
	JB   lessThan16
	JMP  validAVX2<>(SB)

lessThan16:
	JMP ·validGo(SB)

moreThanChunk:
	JMP ·validLong(SB)

// unmaskAVX512 implements unmask. It checks blocks in registers, since
// loading them again from where they were just written would stall.
TEXT unmaskAVX512<>(SB), NOSPLIT|NOFRAME, $0-33
	VPBROADCASTD R8, KEY
	CMPQ CX, $63
	JA   twoBlocks
	IFPAGEEND(SI, pageEnd)
	IFPAGEEND(DI, pageEnd)
	FIRSTBYTES
	VMOVDQU8.Z (SI), K1, Z16
	VMOVDQU8.Z KEY, K1, KEY // zeros after the input, also once unmasked
	VPXORD KEY, Z16, Z16
	VMOVDQU8 Z16, K1, (DI)
	TESTASCII(Z16)
	JEQ  returnTrue
	LOADTABLES
	VPXORQ PREVLEAD, PREVLEAD, PREVLEAD
	CHECK(PREVLEAD, Z16, LEAD)

setResult:
	TESTERRORS
	SETEQ ret+32(FP)
	RET

returnTrue:
	MOVB $1, ret+32(FP)
	RET

twoBlocks:
	LEAQ -64(SI)(CX*1), DX
	LEAQ -64(DI)(CX*1), BX
	VPXORD (SI), KEY, Z16
	CMPQ CX, $MAXTWO
	JA   moreBlocks
	ROTATEKEY(Z17)
	VPXORD (DX), Z17, Z17
	VMOVDQU64 Z16, (DI)
	VMOVDQU64 Z17, (BX)
	VPORQ Z16, Z17, Z18
	TESTASCII(Z18)
	JEQ  returnTrue
	CHECKTWO(Z16, Z17)
	JMP  setResult

moreBlocks:
	// The last block comes first: once the blocks before it are written,
	// it cannot be read again if dst is src.
	LOADTABLES
	ROTATEKEY(T1)
	VPBROADCASTQ -8(DX), Z17
	VPXORQ T1, Z17, Z17
	VPXORQ (DX), T1, LAST
	LOOKUPLEAD(Z17, PREVLEAD)
	CHECK(PREVLEAD, LAST, LEAD)
	CHECKLAST(LAST)
	VPXORQ PREVLEAD, PREVLEAD, PREVLEAD
	LEAQ -256(DX), R9

fourBlocks:
	CMPQ SI, R9
	JA   oneBlock
	VPXORD (SI), KEY, Z16
	VPXORD 64(SI), KEY, Z17
	VPXORD 128(SI), KEY, Z18
	VPXORD 192(SI), KEY, Z19
	VMOVDQU64 Z16, (DI)
	VMOVDQU64 Z17, 64(DI)
	VMOVDQU64 Z18, 128(DI)
	VMOVDQU64 Z19, 192(DI)
	ADDQ $256, SI
	ADDQ $256, DI
	VPORQ Z16, Z17, T0
	VPTERNLOGD $0xFE, Z18, Z19, T0
	VPMOVB2M T0, K2
	VPTESTMB PREVLEAD, PREVLEAD, K3
	KORTESTQ K2, K3
	JEQ  fourBlocks // ASCII after no lead bytes: PREVLEAD stays zero
	CHECK(PREVLEAD, Z16, LEAD)
	CHECK(LEAD, Z17, PREVLEAD)
	CHECK(PREVLEAD, Z18, LEAD)
	CHECK(LEAD, Z19, PREVLEAD)
	JMP  fourBlocks

oneBlock:
	CMPQ SI, DX
	JAE  lastBlock
	VPXORD (SI), KEY, Z16
	VMOVDQU64 Z16, (DI)
	CHECK(PREVLEAD, Z16, LEAD)
	VMOVDQA64 LEAD, PREVLEAD
	ADDQ $64, SI
	ADDQ $64, DI
	JMP  oneBlock

lastBlock:
	VMOVDQU64 LAST, (BX)
	JMP  setResult

pageEnd:
	CMPQ CX, $16
	JB   lessThan16
	JMP  unmaskAVX2<>(SB)

lessThan16:
	JMP ·unmaskGo(SB)

// maskAVX512 implements mask, which is for at most 123 bytes: two blocks.
TEXT maskAVX512<>(SB), NOSPLIT|NOFRAME, $0-33
	VPBROADCASTD R8, KEY
	CMPQ CX, $63
	JA   twoBlocks
	IFPAGEEND(SI, pageEnd)
	IFPAGEEND(DI, pageEnd)
	FIRSTBYTES
	VMOVDQU8.Z (SI), K1, Z16
	TESTASCII(Z16)
	JEQ  writeBlock
	LOADTABLES
	VPXORQ PREVLEAD, PREVLEAD, PREVLEAD
	CHECK(PREVLEAD, Z16, LEAD)
	TESTERRORS
	JNE  returnFalse

writeBlock:
	VPXORD KEY, Z16, Z16
	VMOVDQU8 Z16, K1, (DI)
	MOVB $1, ret+32(FP)
	RET

twoBlocks:
	VMOVDQU64 (SI), Z16
	VMOVDQU64 -64(SI)(CX*1), Z17
	VPORQ Z16, Z17, Z18
	TESTASCII(Z18)
	JEQ  writeBlocks
	CHECKTWO(Z16, Z17)
	TESTERRORS
	JNE  returnFalse

writeBlocks:
	LEAQ -64(DI)(CX*1), BX
	ROTATEKEY(Z18)
	VPXORD KEY, Z16, Z16
	VPXORD Z18, Z17, Z17
	VMOVDQU64 Z16, (DI)
	VMOVDQU64 Z17, (BX)
	MOVB $1, ret+32(FP)
	RET

returnFalse:
	MOVB $0, ret+32(FP)
	RET

pageEnd:
	CMPQ CX, $16
	JB   lessThan16
	JMP  maskAVX2<>(SB)

lessThan16:
	JMP ·maskGo(SB)
