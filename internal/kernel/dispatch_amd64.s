//go:build gc && !purego

#include "go_asm.h"
#include "textflag.h"

// The entry points on amd64: valid, xor, unmask and mask. Each looks at level
// and jumps to the backend, as backend.go lists them. The choice is made here
// and not in Go, where a second call would take as long as the work itself. A
// jump is a tail call: nothing here has a frame, so what we jump to, Go
// functions included, finds the caller's arguments and result where they are.
//
// An entry point leaves its arguments in these registers:
//
//	SI  s, or src        CX  the length of s, or n
//	DI  dst              R8  key
//
// Both vector backends validate an input in blocks of B bytes, 32 (AVX2) or 64
// (AVX-512):
//
//	up to B-1     one block, with zeros after the input
//	B to 2B-3     two blocks, the first B and the last B bytes
//	above         a block at a time, then the last B bytes
//
// The last block overlaps the one before it: checking or writing a byte twice
// is cheaper than handling a part of a block. A character that the input cuts
// off is an error at the zeros after it, or else found by CHECKLAST. Two blocks
// of at most 2B-3 bytes overlap by at least three, the most that a byte depends
// on before it, so the second needs nothing from the first.

#include "avx2_amd64.h"
#include "avx512_amd64.h"

// STEP takes the DFA at BX from the state in CX over the byte at address b.
// SHRL uses the low five bits of CX alone, which are the state (dfa.go).
#define STEP(b) \
	MOVBLZX b, AX           \
	MOVL    (BX)(AX*4), AX  \
	SHRL    CX, AX          \
	MOVL    AX, CX

// func valid(s string) bool
//
// Up to 8 bytes, and ASCII of up to 16 bytes, are validated here for every
// backend. So is the rest below 16 bytes for AVX2 and Go.
TEXT ·valid(SB), NOSPLIT|NOFRAME, $0-17
	MOVQ s_base+0(FP), SI
	MOVQ s_len+8(FP), CX
	CMPQ CX, $8
	JBE  upTo8
	CMPQ CX, $16
	JBE  from9to16

choose:
	CMPB ·level(SB), $const_levelAVX512
	JNE  notAVX512
	JMP  validAVX512<>(SB)

notAVX512:
	CMPQ CX, $16
	JB   runDFA
	CMPB ·level(SB), $const_levelAVX2
	JNE  useGo
	JMP  validAVX2<>(SB)

useGo:
	JMP ·validGo(SB)

from9to16: // two words, which overlap
	MOVQ  (SI), AX
	ORQ   -8(SI)(CX*1), AX
	MOVQ  $0x8080808080808080, DX
	TESTQ DX, AX
	JNE   choose

returnTrue:
	MOVB $1, ret+16(FP)
	RET

upTo8:
	CMPL CX, $4
	JAE  from4to8
	CMPL CX, $1
	JB   returnTrue // empty
	JA   from2to3
	CMPB (SI), $0 // one byte is valid if it is ASCII: not negative
	SETGE ret+16(FP)
	RET

from2to3:
	LEAQ ·dfa(SB), BX
	MOVL CX, DX
	MOVL $const_accept, CX
	STEP((SI))
	STEP(1(SI))
	CMPL DX, $3
	JB   testState
	STEP(2(SI))

testState:
	ANDL  $const_stateBits, CX
	CMPL  CX, $const_accept
	SETEQ ret+16(FP)
	RET

from4to8: // two halves, which overlap
	MOVL  (SI), AX
	ORL   -4(SI)(CX*1), AX
	TESTL $0x80808080, AX
	JEQ   returnTrue

runDFA: // 4 to 15 bytes: the first four unrolled, then a loop
	LEAQ ·dfa(SB), BX
	LEAQ (SI)(CX*1), DX
	MOVL $const_accept, CX
	STEP((SI))
	STEP(1(SI))
	STEP(2(SI))
	STEP(3(SI))
	ADDQ $4, SI

nextByte:
	CMPQ SI, DX
	JEQ  testState
	STEP((SI))
	INCQ SI
	JMP  nextByte

// func xor(dst, src *byte, n int, key uint32)
TEXT ·xor(SB), NOSPLIT|NOFRAME, $0-28
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	MOVL key+24(FP), R8
	CMPB ·level(SB), $const_levelGo
	JEQ  useGo
	CMPQ CX, $16
	JB   useGo
	JMP  xorAVX2<>(SB) // also for AVX-512

useGo:
	JMP ·xorGo(SB)

// func unmask(dst, src *byte, n int, key uint32) bool
TEXT ·unmask(SB), NOSPLIT|NOFRAME, $0-33
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	MOVL key+24(FP), R8
	CMPB ·level(SB), $const_levelAVX512
	JNE  notAVX512
	JMP  unmaskAVX512<>(SB)

notAVX512:
	CMPB ·level(SB), $const_levelAVX2
	JNE  useGo
	CMPQ CX, $16
	JB   useGo
	JMP  unmaskAVX2<>(SB)

useGo:
	JMP ·unmaskGo(SB)

// func mask(dst, src *byte, n int, key uint32) bool
TEXT ·mask(SB), NOSPLIT|NOFRAME, $0-33
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	MOVL key+24(FP), R8
	CMPB ·level(SB), $const_levelAVX512
	JNE  notAVX512
	JMP  maskAVX512<>(SB)

notAVX512:
	CMPB ·level(SB), $const_levelAVX2
	JNE  useGo
	CMPQ CX, $16
	JB   useGo
	JMP  maskAVX2<>(SB)

useGo:
	JMP ·maskGo(SB)

// func cpuid(eax, ecx uint32) (a, b, c, d uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL eax+0(FP), AX
	MOVL ecx+4(FP), CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	MOVL DX, d+20(FP)
	RET

// func xgetbv() (eax uint32)
TEXT ·xgetbv(SB), NOSPLIT, $0-4
	XORL CX, CX
	XGETBV
	MOVL AX, eax+0(FP)
	RET

// lastAllowed has, for each of the last 64 bytes of an input, the greatest
// byte that does not begin a character too long for what is left: BF for the
// last byte, DF for the one before it, EF for the one before that. AVX2 uses
// the second half.
DATA lastAllowed<>+0(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA lastAllowed<>+8(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA lastAllowed<>+16(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA lastAllowed<>+24(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA lastAllowed<>+32(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA lastAllowed<>+40(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA lastAllowed<>+48(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA lastAllowed<>+56(SB)/8, $0xBFDFEFFFFFFFFFFF
GLOBL lastAllowed<>(SB), RODATA|NOPTR, $64

// notFirst3 is a mask of all bytes of a block except the first three. AVX2 uses
// the first half.
DATA notFirst3<>+0(SB)/8, $0xFFFFFFFFFF000000
DATA notFirst3<>+8(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA notFirst3<>+16(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA notFirst3<>+24(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA notFirst3<>+32(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA notFirst3<>+40(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA notFirst3<>+48(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA notFirst3<>+56(SB)/8, $0xFFFFFFFFFFFFFFFF
GLOBL notFirst3<>(SB), RODATA|NOPTR, $64

// shiftDown shifts 16 bytes down by k, 1 to 16, and fills with zeros: the
// indices for VPSHUFB begin at offset k, and FF selects zero.
DATA shiftDown<>+0(SB)/8, $0x0706050403020100
DATA shiftDown<>+8(SB)/8, $0x0F0E0D0C0B0A0908
DATA shiftDown<>+16(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA shiftDown<>+24(SB)/8, $0xFFFFFFFFFFFFFFFF
GLOBL shiftDown<>(SB), RODATA|NOPTR, $32

// The rest are one byte, repeated: see the registers NIBBLES, THREES, FOURS and
// LEADS. highBits is an operand in memory.
DATA highBits<>+0(SB)/8, $0x8080808080808080
DATA highBits<>+8(SB)/8, $0x8080808080808080
DATA highBits<>+16(SB)/8, $0x8080808080808080
DATA highBits<>+24(SB)/8, $0x8080808080808080
GLOBL highBits<>(SB), RODATA|NOPTR, $32

DATA lowNibbles<>+0(SB)/8, $0x0F0F0F0F0F0F0F0F
GLOBL lowNibbles<>(SB), RODATA|NOPTR, $8

DATA threes<>+0(SB)/8, $0x6060606060606060
GLOBL threes<>(SB), RODATA|NOPTR, $8

DATA fours<>+0(SB)/8, $0x7070707070707070
GLOBL fours<>(SB), RODATA|NOPTR, $8

DATA leads<>+0(SB)/8, $0xC0C0C0C0C0C0C0C0
GLOBL leads<>(SB), RODATA|NOPTR, $8
