//go:build !purego

#include "go_asm.h"
#include "textflag.h"
#include "sse2_amd64.h"
#include "avx2_amd64.h"

// The kernels for amd64. What they compute is said in kernel_asm.go, how they judge text in tables.go.
//
// A function looks at level and goes on with AVX-512 here, with AVX2 (avx2_amd64.h), or with SSE2 (sse2_amd64.h), which also
// does what is too short for AVX2. Valid has the machine (machine.go) for what is very short, and XOR general registers. One call
// is all that a caller in Go pays, whatever is called from here.
//
// Bytes after the end of the text are read as 0 by masked loads. Those read nothing there, but where the
// page after the text cannot be read they are slow, so texts of less than 64 bytes that are near the end of a page
// are left to what is used without AVX-512, which reads the text alone.

// The registers. Z0–Z15 are not used, so that no VZEROUPPER is due.
#define LEADS   Z31 // constants
#define GROUPS  Z30 // or tails
#define C0S     Z29 // C0 in each byte
#define KEY     Z28
#define REFUSED Z27 // faults so far: any bit
#define WRONG   Z26 // faults so far: the highest bit of each byte
#define BEFORE  Z25 // x of the 64 bytes before
#define X       Z24
#define Y       Z23
#define T0      Z22
#define T1      Z21
#define T2      Z20
// Z16–Z19 are blocks of text.

#define CONSTANTS \
	VMOVDQU64 ·tables+lookup_leads(SB), LEADS   \
	VMOVDQU64 ·tables+lookup_groups(SB), GROUPS \
	VMOVDQU64 ·tables+lookup_first(SB), C0S

// LEAD sets x to that of each byte of block: 0 for what is less than C0.
#define LEAD(block, x) \
	VPCMPUB  $5, C0S, block, K2  \
	VPERMB.Z LEADS, block, K2, x

// GROUP sets y to that of each byte of block. The shift leaves bits of another byte above the four that
// count, which is why groups stands there four times.
#define GROUP(block, y) \
	VPSRLW $4, block, y  \
	VPERMB GROUPS, y, y

// ALIGN sets x1, x2 and x3 to the x of the bytes one, two and three places before each
// byte of a block, where before is the x of the block before. The shifts are greater by a bit and by two,
// which brings need2 and need3 to where need1 is. t has, for each eight bytes, the eight before them, of which
// VPSHLDQ takes the highest. x3 may be t, which is changed.
#define ALIGN(before, x, t, x1, x2, x3) \
	VALIGNQ $7, before, x, t \
	VPSHLDQ $8, t, x, x1     \
	VPSHLDQ $17, t, x, x2    \
	VPSHLDQ $26, t, x, x3

// SUM adds the faults of a block to REFUSED and WRONG; x3 is changed:
//
//	refused |= x1 & y
//	wrong   |= ^(x1|x2|x3 ^ y)
#define SUM(x1, x2, x3, y, refused, wrong) \
	VPTERNLOGD $0xF8, x1, y, refused \
	VPTERNLOGD $0xFE, x1, x2, x3     \
	VPTERNLOGD $0xF9, x3, y, wrong

// JUDGE adds the faults of block to refused and wrong, and sets x to its own. before is the x of the block before.
#define JUDGE(before, block, x, refused, wrong) \
	LEAD(block, x)                      \
	GROUP(block, Y)                     \
	ALIGN(before, x, T0, T1, T2, T0)    \
	SUM(T1, T2, T0, Y, refused, wrong)

// JUDGE4 is JUDGE of Z16 to Z19. X and BEFORE take turns.
#define JUDGE4 \
	JUDGE(BEFORE, Z16, X, REFUSED, WRONG) \
	JUDGE(X, Z17, BEFORE, REFUSED, WRONG) \
	JUDGE(BEFORE, Z18, X, REFUSED, WRONG) \
	JUDGE(X, Z19, BEFORE, REFUSED, WRONG)

// IFFAULTS jumps if there were faults.
#define IFFAULTS(label) \
	TESTFAULTS          \
	JNZ      label

// TESTFAULTS sets the zero flag if there were none.
#define TESTFAULTS \
	VPTESTMB REFUSED, REFUSED, K2 \
	VPMOVB2M WRONG, K3            \
	KORTESTQ K2, K3

// JUDGE1 judges one block that zeros are before and after. It sets the zero flag if there is no fault. The y
// are those of tails, so there is an operation less than in JUDGE:
//
//	refused = x1 & y
//	wrong   = (x1|x2|x3) ^ (block & ^x)
#define JUDGE1(block) \
	SHORTCONSTANTS                    \
	LEAD(block, X)                    \
	VPERMB GROUPS, block, Y           \
	ALIGN(BEFORE, X, T0, T1, T2, T0)  \
	VPTESTMB   T1, Y, K2              \
	VPTERNLOGD $0xFE, T1, T2, T0      \
	VPTERNLOGD $0xB4, X, block, T0    \
	VPMOVB2M   T0, K3                 \
	KORTESTQ   K2, K3

// JUDGE2 is the same for two blocks that overlap by three bytes at least, the second of them the end of the text.
// What comes before the second is in the first, so the first three bytes of the second are not judged again.
#define JUDGE2(block, last) \
	SHORTCONSTANTS                       \
	LEAD(block, X)                       \
	VPERMB GROUPS, block, Y              \
	ALIGN(BEFORE, X, T0, T1, T2, WRONG)  \
	VPANDQ     T1, Y, REFUSED            \
	VPTERNLOGD $0xFE, T1, T2, WRONG      \
	VPTERNLOGD $0xB4, X, block, WRONG    \
	LEAD(last, X)                        \
	VPERMB GROUPS, last, Y               \
	ALIGN(BEFORE, X, T0, T1, T2, T0)     \
	VPTERNLOGD $0xF8, T1, Y, REFUSED     \
	VPTERNLOGD $0xFE, T1, T2, T0         \
	VPTERNLOGD $0xB4, X, last, T0        \
	VPTERNLOGD $0xF8, ·tables+lookup_known(SB), T0, WRONG  \
	VPTERNLOGD $0xF8, ·tables+lookup_ends(SB), X, REFUSED  \
	TESTFAULTS

// SHORTCONSTANTS is CONSTANTS for JUDGE1 and JUDGE2, and nothing before the text.
#define SHORTCONSTANTS \
	VMOVDQU64 ·tables+lookup_leads(SB), LEADS   \
	VMOVDQU64 ·tables+lookup_tails(SB), GROUPS  \
	VMOVDQU64 ·tables+lookup_first(SB), C0S     \
	VPXORQ    BEFORE, BEFORE, BEFORE

// FIRST sets mask to the lowest n bits; AX is changed. n is at most 63.
#define FIRST(n, mask) \
	MOVQ  $-1, AX   \
	BZHIQ n, AX, AX \
	KMOVQ AX, mask

// NEAREND jumps if less than 64 bytes of the page, of 4096 at the least, are left at p. t is changed.
#define NEAREND(p, t, label) \
	MOVL p, t            \
	ANDL $4095, t        \
	CMPL t, $(4096 - 64) \
	JA   label

// UNLESSASCII jumps unless block is ASCII.
#define UNLESSASCII(block, label) \
	VPMOVB2M block, K2 \
	KORTESTQ K2, K2    \
	JNZ      label

// STEPX is STEP with DX, and byte i of the text, where there is BMI2; it leaves the flags.
#define STEPX(i) \
	MOVBLZX i(SI), AX \
	SHRXL   DX, (BX)(AX*4), DX

// END answers whether the text is whole in this state, which is changed.
#define END(state) \
	ANDL  $31, state           \
	CMPL  state, $const_accept \
	SETEQ ret+16(FP)           \
	RET

// IFBROKEN jumps to bad if no byte can come next: what is no text is told early, as in valid.go. The state of that is 0.
#define IFBROKEN(state) \
	TESTL $31, state \
	JEQ   bad

// func Valid(s string) bool
TEXT ·Valid(SB), NOSPLIT|NOFRAME, $0-17
	MOVQ s_base+0(FP), SI
	MOVQ s_len+8(FP), CX
	CMPQ CX, $2
	JB   one
	LEAQ ·machine(SB), BX
	MOVBLZX (SI), AX
	BEGIN(DX) // which leaves the flags
	JEQ  pair

	// What follows finds that no text begins so, too, but what is binary is told sooner like this.
	IFBROKEN(DX)
	CMPQ CX, $8
	JA   over8

	// The machine. With SHRX, no branch depends on what characters they are, but on whether all of 5 to 8 are ASCII.
	CMPL CX, $4
	JA   over4
	JEQ  four
	MOVL DX, CX
	STEP(1(SI))
	STEP(2(SI))
	END(CX)

four:
	CMPB ·level(SB), $const_levelAVX2
	JB   steps4
	STEPX(1)
	STEPX(2)
	STEPX(3)

state:
	END(DX)

over4:
	MOVL (SI), AX
	ORL  -4(SI)(CX*1), AX
	TESTL $0x80808080, AX
	JEQ  right
	CMPB ·level(SB), $const_levelAVX2
	JB   steps
	STEPX(1)
	STEPX(2)
	IFBROKEN(DX)
	STEPX(3)
	STEPX(4)
	CMPL CX, $6
	JB   state
	IFBROKEN(DX)
	STEPX(5)
	CMPL CX, $7
	JB   state
	STEPX(6)
	JEQ  state
	STEPX(7)
	END(DX)

one:
	CMPB (SI), $0
	SETGE ret+16(FP)
	RET

pair:
	MOVL DX, CX
	STEP(1(SI))
	END(CX)

over8:
	CMPB ·level(SB), $const_levelAVX512
	JNE  less
	CMPQ CX, $63
	JA   two
	NEAREND(SI, BX, avx2)
	FIRST(CX, K1)
	VMOVDQU8.Z (SI), K1, Z16
	UNLESSASCII(Z16, judge)
	MOVB $1, ret+16(FP)
	RET

judge:
	JUDGE1(Z16)
	SETEQ ret+16(FP)
	RET

bad:
	MOVB $0, ret+16(FP)
	RET

two:
	CMPQ CX, $125
	JA   long
	VMOVDQU64 (SI), Z16
	VMOVDQU64 -64(SI)(CX*1), Z17
	VPORQ Z16, Z17, Z18
	UNLESSASCII(Z18, judge2)
	MOVB $1, ret+16(FP)
	RET

judge2:
	JUDGE2(Z16, Z17)
	SETEQ ret+16(FP)
	RET

long:
	XORL R9, R9
	MOVQ $-1, R10
	CALL validAVX512<>(SB)
	MOVB AX, ret+16(FP)
	RET

less:
	CMPB ·level(SB), $const_levelAVX2
	JB   sse2

avx2:
	CMPQ CX, $16
	JB   small
	CMPQ CX, $32
	JB   under32
	CMPQ CX, $128
	JA   any

	// 32 to 128 bytes, of which all may be ASCII
	VMOVDQU (SI), Y0
	CMPQ CX, $64
	JBE  ascii
	VPOR 32(SI), Y0, Y0
	VPOR -64(SI)(CX*1), Y0, Y0

ascii:
	VPOR -32(SI)(CX*1), Y0, Y1
	VPMOVMSKB Y1, AX
	TESTL AX, AX
	JNE  where
	MOVB $1, ret+16(FP)
	VZEROUPPER
	RET

where:
	VPMOVMSKB Y0, AX
	TESTL AX, AX
	JNE  any
	LEAQ -32(SI)(CX*1), SI // only the last 32 bytes are not ASCII
	MOVL $32, CX

any:
	XORL R9, R9
	MOVL $32, R10
	CALL validAVX2<>(SB)
	MOVB AX, ret+16(FP)
	RET

sse2:
	CMPQ CX, $16
	JBE  small
	CMPB -1(SI)(CX*1), $0xC0 // nor does text end with what begins a character: what was cut off often does
	JCC  bad
	XORL R9, R9
	MOVL $1, R10
	CALL validSSE2<>(SB)
	MOVB AX, ret+16(FP)
	RET

small: // A conditional jump cannot leave the function.
	JMP validSmall<>(SB)

under32:
	JMP shortAVX2<>(SB)

right:
	MOVB $1, ret+16(FP)
	RET

steps4:
	MOVL DX, CX
	STEP(1(SI))
	STEP(2(SI))
	STEP(3(SI))

last:
	END(CX)

steps:
	MOVL CX, AX
	MOVL DX, CX
	MOVL AX, DX
	STEP(1(SI))
	STEP(2(SI))
	IFBROKEN(CX)
	STEP(3(SI))
	STEP(4(SI))
	CMPL DX, $6
	JB   last
	IFBROKEN(CX)
	STEP(5(SI))
	CMPL DX, $7
	JB   last
	STEP(6(SI))
	CMPL DX, $8
	JB   last
	STEP(7(SI))
	END(CX)

// func Next(prev uint32, s string) bool
TEXT ·Next(SB), NOSPLIT|NOFRAME, $0-25
	MOVL prev+0(FP), R9
	MOVQ s_base+8(FP), SI
	MOVQ s_len+16(FP), CX
	XORL R10, R10
	CMPB ·level(SB), $const_levelAVX512
	JNE  less
	CMPQ CX, $63
	JA   any
	NEAREND(SI, AX, avx2)

any:
	CALL validAVX512<>(SB)
	MOVB AX, ret+24(FP)
	RET

less:
	CMPB ·level(SB), $const_levelAVX2
	JB   sse2

avx2:
	CMPQ CX, $16
	JB   small
	CALL validAVX2<>(SB)
	MOVB AX, ret+24(FP)
	RET

sse2:
	CMPQ CX, $16
	JB   small
	CALL validSSE2<>(SB)
	MOVB AX, ret+24(FP)
	RET

small:
	CALL loadSmall<>(SB)
	CALL judgeSmall<>(SB)
	MOVB AX, ret+24(FP)
	RET

// UNMASK4 unmasks 256 bytes, or masks them, and leaves them in Z16 to Z19.
#define UNMASK4 \
	VPXORD (SI), KEY, Z16    \
	VPXORD 64(SI), KEY, Z17  \
	VPXORD 128(SI), KEY, Z18 \
	VPXORD 192(SI), KEY, Z19 \
	VMOVDQU64 Z16, (DI)      \
	VMOVDQU64 Z17, 64(DI)    \
	VMOVDQU64 Z18, 128(DI)   \
	VMOVDQU64 Z19, 192(DI)

// func XOR(dst []byte, src string, key uint32)
TEXT ·XOR(SB), NOSPLIT|NOFRAME, $0-44
	MOVQ dst_base+0(FP), DI
	MOVQ src_base+24(FP), SI
	MOVQ src_len+32(FP), CX
	MOVL key+40(FP), R8
	CMPQ CX, $16
	JB   under16
	CMPB ·level(SB), $const_levelAVX512
	JNE  less
	VPBROADCASTD R8, KEY
	CMPQ CX, $63
	JA   long

	// Two loads and two stores that overlap: after one store with a mask, a load of anything near, such as the
	// header of the next frame, would have to wait for it.
	MOVL CX, BX
	SHLL $3, CX
	MOVL R8, R9
	RORL CX, R9 // what the last 32, 16, 8 or 4 bytes are masked with
	CMPL BX, $32
	JB   under32
	VPBROADCASTD R9, Y18
	VPXORD (SI), Y28, Y17
	VPXORD -32(SI)(BX*1), Y18, Y18
	VMOVDQU64 Y17, (DI)
	VMOVDQU64 Y18, -32(DI)(BX*1)
	RET

under32:
	VPBROADCASTD R9, X18
	VPXORD (SI), X28, X17
	VPXORD -16(SI)(BX*1), X18, X18
	VMOVDQU64 X17, (DI)
	VMOVDQU64 X18, -16(DI)(BX*1)
	RET

under16:
	MOVL CX, BX
	SHLL $3, CX
	MOVL R8, R9
	RORL CX, R9
	CMPL BX, $8
	JB   under8
	MOVL -4(SI)(BX*1), DX
	XORL R9, DX
	XORL -8(SI)(BX*1), R9
	MOVL (SI), CX
	XORL R8, CX
	MOVL CX, (DI)
	MOVL 4(SI), CX
	XORL R8, CX
	MOVL CX, 4(DI)
	MOVL R9, -8(DI)(BX*1)
	MOVL DX, -4(DI)(BX*1)
	RET

under8:
	CMPL BX, $4
	JB   under4
	XORL -4(SI)(BX*1), R9
	MOVL (SI), CX
	XORL R8, CX
	MOVL CX, (DI)
	MOVL R9, -4(DI)(BX*1)
	RET

under4: // one after the other
	MOVL R8, R9
	XORL CX, CX

byte:
	CMPL CX, BX
	JEQ  done
	MOVBLZX (SI)(CX*1), DX
	XORL R9, DX
	MOVB DX, (DI)(CX*1)
	SHRL $8, R9
	INCL CX
	JMP  byte

done:
	RET

long:
	// The last 64 bytes are written last, over what may have been written already: a store with a mask
	// would make loads of what comes after it wait. They are read first, since dst may be src.
	MOVQ CX, BX
	SHLL $3, CX
	RORL CX, R8
	VPBROADCASTD R8, Z20
	VPXORD -64(SI)(BX*1), Z20, Z20
	LEAQ -64(DI)(BX*1), R11
	MOVQ BX, CX
	SUBQ $256, CX
	JB   blocks

batch:
	UNMASK4
	ADDQ $256, SI
	ADDQ $256, DI
	SUBQ $256, CX
	JAE  batch

blocks:
	ADDQ $(256 - 64), CX
	JLT  rest

block:
	VPXORD (SI), KEY, Z16
	VMOVDQU64 Z16, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $64, CX
	JGE  block

rest:
	VMOVDQU64 Z20, (R11)
	RET

less:
	CMPB ·level(SB), $const_levelAVX2
	JB   sse2
	CALL xorAVX2<>(SB)
	RET

sse2:
	CALL xorSSE2<>(SB)
	RET

// func UnmaskClose(dst, frame *byte, n int) uint32
TEXT ·UnmaskClose(SB), NOSPLIT|NOFRAME, $0-28
	MOVQ dst+0(FP), DI
	MOVQ frame+8(FP), SI
	MOVQ n+16(FP), CX
	CMPB ·level(SB), $const_levelAVX512
	JNE  less

	// R12 and R13: the code as it stands in the payload, and its value
	VPBROADCASTD 2(SI), KEY
	MOVL    2(SI), R8
	MOVWLZX 6(SI), R13
	XORL    R8, R13
	MOVL    R13, R12
	BSWAPL  R13
	SHRL    $16, R13
	CMPQ CX, $63
	JA   two

	// One block: the code, the text, zeros. Once it is written, the code gives way to zeros too.
	LEAQ 6(SI), DX
	NEAREND(DX, AX, less)
	NEAREND(DI, AX, less)
	FIRST(CX, K1)
	VMOVDQU8.Z (DX), K1, Z16
	VMOVDQU8.Z KEY, K1, KEY
	VPXORD KEY, Z16, Z16
	VMOVDQU8 Z16, K1, (DI)
	VPANDQ ·tables+lookup_reason(SB), Z16, Z16
	UNLESSASCII(Z16, judge)

right:
	BTSL $16, R13
	MOVL R13, ret+24(FP)
	RET

judge:
	JUDGE1(Z16)
	JEQ  right
	MOVL R13, ret+24(FP)
	RET

two:
	// Two blocks that overlap: the first 64 bytes, without the code, and the last 64, for which the key is turned to
	// where they begin. They are written as they are, and then the code, since after a store with a mask all loads of what
	// is near would have to wait for it.
	VMOVDQU64 ·tables+lookup_reason(SB), Z16
	VPTERNLOGD $0x60, 6(SI), KEY, Z16 // Z16 &= KEY ^ payload
	MOVL CX, BX
	SHLL $3, CX
	RORL CX, R8
	VPBROADCASTD R8, KEY
	VPXORD (6-64)(SI)(BX*1), KEY, Z17
	VMOVDQU64 Z16, (DI)
	VMOVDQU64 Z17, -64(DI)(BX*1)
	MOVW R12, (DI)
	CMPL BX, $66
	JB   code

ready:
	VPORQ Z16, Z17, Z18
	UNLESSASCII(Z18, judge2)
	BTSL $16, R13
	MOVL R13, ret+24(FP)
	RET

judge2:
	JUDGE2(Z16, Z17)
	JEQ  right
	MOVL R13, ret+24(FP)
	RET

code: // of 64 or 65 bytes: it is in the second block too
	MOVL  $66, CX
	SUBL  BX, CX
	MOVQ  $-1, AX
	SHLQ  CX, AX
	KMOVQ AX, K1
	VMOVDQU8.Z Z17, K1, Z17
	JMP ready

less:
	MOVL 2(SI), R8
	MOVWLZX 6(SI), R13
	XORL R8, R13
	MOVW R13, (DI)
	ROLW $8, R13
	MOVWLZX R13, R13
	ROLL $16, R8 // to where the reason begins
	ADDQ $8, SI
	ADDQ $2, DI
	SUBQ $2, CX
	JEQ  right
	XORL R9, R9
	MOVL $32, R10
	CMPQ CX, $16
	JB   small
	CMPB ·level(SB), $const_levelAVX2
	JB   sse2
	CALL unmaskAVX2<>(SB)

verdict:
	SHLL $16, AX
	ORL  AX, R13
	MOVL R13, ret+24(FP)
	RET

sse2:
	CALL unmaskSSE2<>(SB)
	JMP  verdict

small:
	CALL xorSmall<>(SB)
	CALL judgeSmall<>(SB)
	JMP  verdict

// func UnmaskNext(dst []byte, src string, key, prev uint32) bool
TEXT ·UnmaskNext(SB), NOSPLIT|NOFRAME, $0-49
	MOVQ dst_base+0(FP), DI
	MOVQ src_base+24(FP), SI
	MOVQ src_len+32(FP), CX
	MOVL key+40(FP), R8
	MOVL prev+44(FP), R9
	CMPB ·level(SB), $const_levelAVX512
	JNE  less
	CMPQ CX, $63
	JA   any
	NEAREND(SI, AX, less)
	NEAREND(DI, AX, less)

any:
	VPBROADCASTD R8, KEY
	CALL unmaskAVX512<>(SB)
	MOVB AX, ret+48(FP)
	RET

less:
	XORL R10, R10
	CMPQ CX, $16
	JB   small
	CMPB ·level(SB), $const_levelAVX2
	JB   sse2
	CALL unmaskAVX2<>(SB)
	MOVB AX, ret+48(FP)
	RET

sse2:
	CALL unmaskSSE2<>(SB)
	MOVB AX, ret+48(FP)
	RET

small:
	CALL xorSmall<>(SB)
	CALL judgeSmall<>(SB)
	MOVB AX, ret+48(FP)
	RET

// func MaskPayload(dst *byte, code uint16, reason string, key uint32) bool
TEXT ·MaskPayload(SB), NOSPLIT|NOFRAME, $0-41
	MOVQ dst+0(FP), DI
	MOVWLZX code+8(FP), R13
	MOVQ reason_base+16(FP), SI
	MOVQ reason_len+24(FP), CX
	MOVL key+32(FP), R8

	// the code, in network order, masked; and what masks the rest
	ROLW $8, R13
	XORL R8, R13
	ADDQ $2, DI
	ROLL $16, R8
	CMPB ·level(SB), $const_levelAVX512
	JNE  less
	VPBROADCASTD R8, KEY
	CMPQ CX, $63
	JA   two
	NEAREND(SI, AX, less)
	NEAREND(DI, AX, less)
	FIRST(CX, K1)
	VMOVDQU8.Z (SI), K1, Z16
	UNLESSASCII(Z16, judge)

copy:
	VPXORD KEY, Z16, Z16
	VMOVDQU8 Z16, K1, (DI)
	MOVW R13, -2(DI)
	MOVB $1, ret+40(FP)
	RET

judge:
	JUDGE1(Z16)
	JEQ copy
	MOVB $0, ret+40(FP)
	RET

two:
	VMOVDQU64 (SI), Z16
	VMOVDQU64 -64(SI)(CX*1), Z17
	VPORQ Z16, Z17, Z18
	UNLESSASCII(Z18, judge2)

copy2:
	MOVW R13, -2(DI)
	MOVL CX, BX
	SHLL $3, CX
	RORL CX, R8
	VPBROADCASTD R8, Z18
	VPXORD KEY, Z16, Z16
	VPXORD Z18, Z17, Z17
	VMOVDQU64 Z16, (DI)
	VMOVDQU64 Z17, -64(DI)(BX*1)
	MOVB $1, ret+40(FP)
	RET

judge2:
	JUDGE2(Z16, Z17)
	JEQ copy2
	MOVB $0, ret+40(FP)
	RET

less:
	XORL R9, R9
	MOVL $32, R10
	CMPQ CX, $16
	JB   small
	CMPB ·level(SB), $const_levelAVX2
	JB   sse2
	CALL validAVX2<>(SB)
	TESTL AX, AX
	JEQ  invalid
	MOVW R13, -2(DI)
	MOVQ reason_base+16(FP), SI
	MOVQ reason_len+24(FP), CX
	CALL xorAVX2<>(SB)
	MOVB $1, ret+40(FP)
	RET

invalid:
	MOVB $0, ret+40(FP)
	RET

sse2:
	CALL validSSE2<>(SB)
	TESTL AX, AX
	JEQ  invalid
	MOVQ dst+0(FP), DI
	ADDQ $2, DI
	MOVW R13, -2(DI)
	MOVQ reason_base+16(FP), SI
	MOVQ reason_len+24(FP), CX
	CALL xorSSE2<>(SB)
	MOVB $1, ret+40(FP)
	RET

small:
	CALL loadSmall<>(SB)
	CALL judgeSmall<>(SB)
	TESTL AX, AX
	JEQ  invalid
	MOVW R13, -2(DI)
	CALL xorSmall<>(SB)
	MOVB $1, ret+40(FP)
	RET

// START sets what the long kernels sum up in. R9: the last four bytes before the text.
#define START \
	CONSTANTS                        \
	VPBROADCASTD R9, Z16             \
	VPXORQ WRONG, WRONG, WRONG       \
	VPXORQ REFUSED, REFUSED, REFUSED \
	LEAD(Z16, BEFORE)

// OR4 sets X to what Z16 to Z19 have together.
#define OR4 \
	VPORQ Z16, Z17, X \
	VPTERNLOGD $0xFE, Z18, Z19, X

// LOADREST sets Z16 to the 0 < CX < 64 bytes at SI and zeros after them, and K1 and AX to a mask of as many bits. Near the end of a
// page it is the last 64 bytes of the text, shifted down.
#define LOADREST(near, loaded) \
	FIRST(CX, K1)                              \
	NEAREND(SI, BX, near)                      \
	VMOVDQU8.Z (SI), K1, Z16                   \
loaded:

// LOADNEAR is the other part of LOADREST, which stands after the last RET, out of the way. Byte i is byte 64-CX+i of the last
// 64; K1 cuts off the others.
#define LOADNEAR(near, loaded) \
near:                                              \
	MOVL $64, BX                               \
	SUBL CX, BX                                \
	VPBROADCASTB BX, Z17                       \
	VPADDB ·tables+lookup_count(SB), Z17, Z17  \
	VMOVDQU64 -64(SI)(CX*1), Z16               \
	VPERMB.Z Z16, Z17, K1, Z16                 \
	JMP loaded

// JUDGEREST is JUDGE of Z16, of which only what K1 has counts.
#define JUDGEREST \
	VPXORQ Z17, Z17, Z17              \
	VPXORQ Z18, Z18, Z18              \
	JUDGE(BEFORE, Z16, X, Z17, Z18)   \
	VMOVDQU8.Z Z17, K1, Z17           \
	VMOVDQU8.Z Z18, K1, Z18           \
	VPORQ Z17, REFUSED, REFUSED       \
	VPORQ Z18, WRONG, WRONG

// From the second block on, what JUDGE does with BEFORE is done with loads from one, two and three places before, which
// cost less than to shift. KEY and BEFORE are free there.
#define THIRD  KEY
#define FOURTH BEFORE
#define JUDGEAT(at, block) \
	VMOVDQU64 (at-1)(SI), X          \
	VMOVDQU64 (at-2)(SI), T1         \
	VMOVDQU64 (at-3)(SI), T2         \
	LEAD(X, X)                       \
	GROUP(block, Y)                  \
	VPSUBUSB THIRD, T1, T1           \
	VPSUBUSB FOURTH, T2, T2          \
	SUM(X, T1, T2, Y, REFUSED, WRONG)

// validAVX512 judges the CX bytes at SI, after text that ends with R9. AX is 1 if they are
// right and else 0. R10 is -1 if the text must be complete at its end, else 0. CX is at least 64, or the 64 bytes at
// SI are in one page.
TEXT validAVX512<>(SB), NOSPLIT|NOFRAME, $0-0
	START
	SUBQ $64, CX
	JB   few
	VMOVDQU64 (SI), Z16
	JUDGE(BEFORE, Z16, X, REFUSED, WRONG)
	ADDQ $64, SI
	VMOVDQU64 ·tables+lookup_third(SB), THIRD
	VMOVDQU64 ·tables+lookup_fourth(SB), FOURTH
	MOVL $1, R11
	SUBQ $256, CX
	JB   blocks

batch:
	TESTL $0x80808000, -4(SI)
	JNZ  text // a sequence may be unfinished

ascii: // and none is after ASCII
	VMOVDQU64 (SI), Z16
	VPORQ 64(SI), Z16, Z16
	VMOVDQU64 128(SI), Z17
	VPTERNLOGD $0xFE, 192(SI), Z16, Z17
	UNLESSASCII(Z17, text)
	ADDQ $256, SI
	SUBQ $256, CX
	JAE  ascii
	JMP  blocks

text:
	// Where text is not ASCII it stays so for long: do not ask again for the next three batches, nor
	// look for faults, but the first time.
	MOVL R11, BX
	MOVL $4, R11

judge:
	VMOVDQU64 (SI), Z16
	VMOVDQU64 64(SI), Z17
	VMOVDQU64 128(SI), Z18
	VMOVDQU64 192(SI), Z19
	JUDGEAT(0, Z16)
	JUDGEAT(64, Z17)
	JUDGEAT(128, Z18)
	JUDGEAT(192, Z19)
	ADDQ $256, SI
	SUBQ $256, CX
	JB   blocks
	DECL BX
	JNE  judge
	IFFAULTS(bad)
	JMP batch

blocks:
	ADDQ $(256 - 64), CX
	JLT  rest

block:
	VMOVDQU64 (SI), Z16
	JUDGEAT(0, Z16)
	ADDQ $64, SI
	SUBQ $64, CX
	JGE  block

rest:
	// x of the last block
	VMOVDQU64 -64(SI), Z17
	LEAD(Z17, BEFORE)

few:
	ADDQ $64, CX
	JEQ  none
	LOADREST(near, loaded)
	ORQ   R10, AX
	KMOVQ AX, K1

judgerest:
	// What is found after the end of the text counts only if the text must be complete.
	JUDGEREST
	IFFAULTS(bad)
	MOVL $1, AX
	RET

bad:
	XORL AX, AX
	RET

none:
	KMOVQ R10, K1
	VPXORQ Z16, Z16, Z16
	JMP judgerest

	LOADNEAR(near, loaded)

// unmaskAVX512 is like validAVX512 for text that is masked at SI with KEY and may be incomplete, and writes it to DI.
// It judges what it has in registers: to load from places that were just written would be to wait.
TEXT unmaskAVX512<>(SB), NOSPLIT|NOFRAME, $0-0
	START
	SUBQ $256, CX
	JB   blocks

batch:
	UNMASK4
	OR4
	VPTESTMB BEFORE, BEFORE, K3
	VPMOVB2M X, K2
	KORTESTQ K2, K3
	JNZ  judge
	ADDQ $256, SI
	ADDQ $256, DI
	SUBQ $256, CX
	JAE  batch
	JMP  blocks

judge:
	JUDGE4
	IFFAULTS(bad)
	ADDQ $256, SI
	ADDQ $256, DI
	SUBQ $256, CX
	JAE  batch

blocks:
	ADDQ $(256 - 64), CX
	JLT  rest

block:
	VPXORD (SI), KEY, Z16
	VMOVDQU64 Z16, (DI)
	JUDGE(BEFORE, Z16, X, REFUSED, WRONG)
	VMOVDQA64 X, BEFORE
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $64, CX
	JGE  block

rest:
	ADDQ $64, CX
	JEQ  verdict
	LOADREST(near, loaded) // near the end of a page, with text that may have been unmasked in place; that is shifted out
	VMOVDQU8.Z KEY, K1, KEY
	VPXORD KEY, Z16, Z16
	VMOVDQU8 Z16, K1, (DI)
	JUDGEREST

verdict:
	IFFAULTS(bad)
	MOVL $1, AX
	RET

bad:
	XORL AX, AX
	RET

	LOADNEAR(near, loaded)
