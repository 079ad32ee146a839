// The AVX-512 backend: range tables (tables_amd64.go), 64 bytes at a time.
//
// Only Z16 to Z31 are used, so that no VZEROUPPER is needed.
//
//	SI  source, the current block        DX  source, the last block
//	DI  destination, the current block   BX  destination, the last block
//	CX  the length                       R8  key
//	R9  the last SI at which four blocks are left before the last one
//
// Between two blocks, PREV holds leadInfo of the block before SI, or zeros at
// the start. BADRANGE and BADCONT hold the errors so far.

#define LEADINFO Z31 // tables
#define RANGEOF  Z30
#define LEADS    Z29 // C0 in each byte
#define KEY      Z28
#define BADRANGE Z27 // errors: any bit of a byte
#define BADCONT  Z26 // errors: bit 7 of a byte
#define PREV     Z25 // leadInfo of the block before
#define LEAD     Z24 // leadInfo of the block
#define LAST     Z23 // the last block, unmasked
#define T0       Z22
#define T1       Z21
#define T2       Z20
// Z16 to Z19 are blocks of the input.

// LOADTABLES also clears the errors.
#define LOADTABLES \
	VMOVDQU64    ·leadInfo(SB), LEADINFO      \
	VMOVDQU64    ·rangeOf(SB), RANGEOF        \
	VPBROADCASTQ leads<>(SB), LEADS           \
	VPXORQ       BADRANGE, BADRANGE, BADRANGE \
	VPXORQ       BADCONT, BADCONT, BADCONT

// LOOKUPLEAD sets lead to leadInfo of each byte of block.
#define LOOKUPLEAD(block, lead) \
	VPCMPUB  $5, LEADS, block, K2      \ // K2 = block >= LEADS
	VPERMB.Z LEADINFO, block, K2, lead

// COMPARE checks block, which follows the block whose leadInfo is prev. It sets
// lead to leadInfo of block, adds to BADRANGE, and sets bit 7 of each byte of T0
// that has an error of BADCONT. The shifts of 8, 17 and 26 bits move leadInfo up
// by one, two and three bytes, and follow2 and follow3 to where follow1 is.
#define COMPARE(prev, block, lead) \
	LOOKUPLEAD(block, lead)                    \
	VPERMB     RANGEOF, block, T2              \
	VALIGNQ    $7, prev, lead, T0              \ // the eight bytes before each eight bytes
	VPSHLDQ    $8, T0, lead, T1                \
	VPTERNLOGD $0xF8, T1, T2, BADRANGE         \ // BADRANGE |= T1 & T2
	VPSHLDQ    $17, T0, lead, T2               \
	VPSHLDQ    $26, T0, lead, T0               \
	VPTERNLOGD $0xFE, T1, T2, T0               \ // T0 |= T1 | T2: continuation byte expected
	VPTERNLOGD $0xB4, lead, block, T0            // T0 ^= block &^ lead: continuation byte found

// CHECK is COMPARE, and adds to BADCONT.
#define CHECK(prev, block, lead) \
	COMPARE(prev, block, lead)       \
	VPORQ T0, BADCONT, BADCONT

// CHECKLAST adds an error if the last character of the last block is cut off.
#define CHECKLAST(block) \
	VPSUBUSB lastAllowed<>(SB), block, T0 \
	VPORQ    T0, BADRANGE, BADRANGE

// CHECK2 checks the first 64 and the last 64 bytes of 64 to 125 bytes. They
// overlap by at least three bytes, so the first block covers what the second
// one lacks the preceding bytes for.
#define CHECK2(first, last) \
	LOADTABLES                                    \
	VPXORQ     PREV, PREV, PREV                   \
	CHECK(PREV, first, LEAD)                      \
	COMPARE(PREV, last, LEAD)                     \
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

// FIRSTBYTES sets K1 to the lowest CX < 64 bits.
#define FIRSTBYTES \
	MOVQ  $-1, AX    \
	BZHIQ CX, AX, AX \
	KMOVQ AX, K1

// IFPAGEEND jumps if fewer than 64 bytes of the page are left at p. A masked
// load or store there does not fault, but takes 150 to 300 ns if the next page
// is not mapped.
#define IFPAGEEND(p, label) \
	MOVL p, AX            \
	ANDL $4095, AX        \
	CMPL AX, $(4096 - 64) \
	JA   label

// ROTATEKEY sets key to KEY for the last block, whose position is CX modulo 4
// because a block is a multiple of 4. R8 and CX are changed.
#define ROTATEKEY(key) \
	SHLL $3, CX          \
	RORL CX, R8          \
	VPBROADCASTD R8, key

// validAVX512 implements valid.
TEXT validAVX512<>(SB), NOSPLIT|NOFRAME, $0-17
	CMPQ CX, $63
	JA   two
	IFPAGEEND(SI, pageEnd)
	FIRSTBYTES
	VMOVDQU8.Z (SI), K1, Z16
	TESTASCII(Z16)
	JEQ  valid
	LOADTABLES
	VPXORQ PREV, PREV, PREV
	CHECK(PREV, Z16, LEAD)

verdict:
	TESTERRORS
	SETEQ ret+16(FP)
	RET

valid:
	MOVB $1, ret+16(FP)
	RET

two:
	CMPQ CX, $125
	JA   many
	VMOVDQU64 (SI), Z16
	VMOVDQU64 -64(SI)(CX*1), Z17
	VPORQ Z16, Z17, Z18
	TESTASCII(Z18)
	JEQ  valid
	CHECK2(Z16, Z17)
	JMP  verdict

many:
	CMPQ CX, $const_maxChunk
	JA   long
	LEAQ -64(SI)(CX*1), DX
	LEAQ -256(DX), R9
	VMOVDQU64 (SI), Z16
	TESTASCII(Z16)
	JNE  text

ascii: // everything before SI is ASCII
	CMPQ SI, R9
	JA   asciiEnd
	VMOVDQU64 (SI), Z16
	VPORQ 64(SI), Z16, Z16
	VMOVDQU64 128(SI), Z17
	VPTERNLOGD $0xFE, 192(SI), Z16, Z17
	TESTASCII(Z17)
	JNE  text
	ADDQ $256, SI
	JMP  ascii

asciiEnd: // at most four blocks and the last one
	VMOVDQU64 (DX), Z16
	MOVQ SI, AX

asciiBlock:
	CMPQ AX, DX
	JAE  asciiDone
	VPORQ (AX), Z16, Z16
	ADDQ $64, AX
	JMP  asciiBlock

asciiDone:
	TESTASCII(Z16)
	JEQ  valid

text:
	LOADTABLES
	VPXORQ PREV, PREV, PREV

batch:
	CMPQ SI, R9
	JA   block
	VMOVDQU64 (SI), Z16
	VMOVDQU64 64(SI), Z17
	VMOVDQU64 128(SI), Z18
	VMOVDQU64 192(SI), Z19
	ADDQ $256, SI
	VPORQ Z16, Z17, T0
	VPTERNLOGD $0xFE, Z18, Z19, T0
	VPMOVB2M T0, K2
	VPTESTMB PREV, PREV, K3
	KORTESTQ K2, K3
	JEQ  batch // ASCII, and no character is unfinished
	CHECK(PREV, Z16, LEAD)
	CHECK(LEAD, Z17, PREV)
	CHECK(PREV, Z18, LEAD)
	CHECK(LEAD, Z19, PREV)
	TESTERRORS
	JEQ  batch
	MOVB $0, ret+16(FP)
	RET

block:
	CMPQ SI, DX
	JAE  last
	VMOVDQU64 (SI), Z16
	CHECK(PREV, Z16, LEAD)
	VMOVDQA64 LEAD, PREV
	ADDQ $64, SI
	JMP  block

last:
	VPBROADCASTQ -8(DX), Z17
	LOOKUPLEAD(Z17, PREV)
	VMOVDQU64 (DX), Z16
	CHECK(PREV, Z16, LEAD)
	CHECKLAST(Z16)
	JMP  verdict

pageEnd:
	CMPQ CX, $16
	JB   short
	JMP  validAVX2<>(SB)

short:
	JMP ·validGo(SB)

long:
	JMP ·validLong(SB)

// unmaskAVX512 implements unmask. It checks blocks in registers, since
// loading them again from where they were just written would stall.
TEXT unmaskAVX512<>(SB), NOSPLIT|NOFRAME, $0-33
	VPBROADCASTD R8, KEY
	CMPQ CX, $63
	JA   two
	IFPAGEEND(SI, pageEnd)
	IFPAGEEND(DI, pageEnd)
	FIRSTBYTES
	VMOVDQU8.Z (SI), K1, Z16
	VMOVDQU8.Z KEY, K1, KEY
	VPXORD KEY, Z16, Z16
	VMOVDQU8 Z16, K1, (DI)
	TESTASCII(Z16)
	JEQ  valid
	LOADTABLES
	VPXORQ PREV, PREV, PREV
	CHECK(PREV, Z16, LEAD)

verdict:
	TESTERRORS
	SETEQ ret+32(FP)
	RET

valid:
	MOVB $1, ret+32(FP)
	RET

two:
	LEAQ -64(SI)(CX*1), DX
	LEAQ -64(DI)(CX*1), BX
	VPXORD (SI), KEY, Z16
	CMPQ CX, $125
	JA   many
	ROTATEKEY(Z17)
	VPXORD (DX), Z17, Z17
	VMOVDQU64 Z16, (DI)
	VMOVDQU64 Z17, (BX)
	VPORQ Z16, Z17, Z18
	TESTASCII(Z18)
	JEQ  valid
	CHECK2(Z16, Z17)
	JMP  verdict

many:
	// The last block comes first: once the blocks before it are written,
	// it cannot be read again if dst is src.
	LOADTABLES
	ROTATEKEY(T1)
	VPBROADCASTQ -8(DX), Z17
	VPXORQ T1, Z17, Z17
	VPXORQ (DX), T1, LAST
	LOOKUPLEAD(Z17, PREV)
	CHECK(PREV, LAST, LEAD)
	CHECKLAST(LAST)
	VPXORQ PREV, PREV, PREV
	LEAQ -256(DX), R9

batch:
	CMPQ SI, R9
	JA   block
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
	VPTESTMB PREV, PREV, K3
	KORTESTQ K2, K3
	JEQ  batch // ASCII, and no character is unfinished
	CHECK(PREV, Z16, LEAD)
	CHECK(LEAD, Z17, PREV)
	CHECK(PREV, Z18, LEAD)
	CHECK(LEAD, Z19, PREV)
	JMP  batch

block:
	CMPQ SI, DX
	JAE  last
	VPXORD (SI), KEY, Z16
	VMOVDQU64 Z16, (DI)
	CHECK(PREV, Z16, LEAD)
	VMOVDQA64 LEAD, PREV
	ADDQ $64, SI
	ADDQ $64, DI
	JMP  block

last:
	VMOVDQU64 LAST, (BX)
	JMP  verdict

pageEnd:
	CMPQ CX, $16
	JB   short
	JMP  unmaskAVX2<>(SB)

short:
	JMP ·unmaskGo(SB)

// maskAVX512 implements mask.
TEXT maskAVX512<>(SB), NOSPLIT|NOFRAME, $0-33
	VPBROADCASTD R8, KEY
	CMPQ CX, $63
	JA   two
	IFPAGEEND(SI, pageEnd)
	IFPAGEEND(DI, pageEnd)
	FIRSTBYTES
	VMOVDQU8.Z (SI), K1, Z16
	TESTASCII(Z16)
	JEQ  write
	LOADTABLES
	VPXORQ PREV, PREV, PREV
	CHECK(PREV, Z16, LEAD)
	TESTERRORS
	JNE  invalid

write:
	VPXORD KEY, Z16, Z16
	VMOVDQU8 Z16, K1, (DI)
	MOVB $1, ret+32(FP)
	RET

two:
	VMOVDQU64 (SI), Z16
	VMOVDQU64 -64(SI)(CX*1), Z17
	VPORQ Z16, Z17, Z18
	TESTASCII(Z18)
	JEQ  write2
	CHECK2(Z16, Z17)
	TESTERRORS
	JNE  invalid

write2:
	LEAQ -64(DI)(CX*1), BX
	ROTATEKEY(Z18)
	VPXORD KEY, Z16, Z16
	VPXORD Z18, Z17, Z17
	VMOVDQU64 Z16, (DI)
	VMOVDQU64 Z17, (BX)
	MOVB $1, ret+32(FP)
	RET

invalid:
	MOVB $0, ret+32(FP)
	RET

pageEnd:
	CMPQ CX, $16
	JB   short
	JMP  maskAVX2<>(SB)

short:
	JMP ·maskGo(SB)
