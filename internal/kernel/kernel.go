// Package kernel implements UTF-8 validation, WebSocket masking (RFC 6455
// §5.3), and both in one pass.
//
// Packages utf8check and frame document and check what they do with it; kernel
// trusts its callers. All assembly and all use of package unsafe in this
// module are here.
//
// Four functions do the work: valid, xor, unmask and mask. Each exists in Go
// (validGo, …), in assembly for amd64, and in assembly for arm64. File
// backend.go explains which one runs. The exported functions add what is
// common to all: reports to the race detector, and streams of chunks.
//
// To follow Valid for 123 bytes on amd64, read valid in dispatch_amd64.s. With
// AVX-512, go on at validAVX512 in avx512_amd64.h, label twoBlocks. With AVX2, go
// on at validAVX2 in avx2_amd64.h, label moreBlocks, and checkManyAVX2.
package kernel

import (
	"math/bits"
	"unsafe"
)

// maxChunk is the greatest number of bytes that one call of an assembly
// function processes, since a goroutine cannot be preempted during such a call.
// It is a multiple of 4, the length of a masking key.
const maxChunk = 256 << 10

// String returns the bytes of s as a string, without copying them. The string
// is valid until s is written to.
func String[Bytes ~[]byte | ~string](s Bytes) string {
	// A string header is the first two words of a slice header.
	return *(*string)(unsafe.Pointer(&s))
}

// Valid reports whether s is valid UTF-8.
func Valid(s string) bool {
	if raceEnabled {
		raceRead(unsafe.StringData(s), len(s))
	}
	return valid(s)
}

// XOR masks or unmasks p in place: byte i is XORed with byte i%4 of key, the
// lowest first.
func XOR(p []byte, key uint32) {
	if raceEnabled {
		raceWrite(unsafe.SliceData(p), len(p))
	}
	xor(unsafe.SliceData(p), unsafe.SliceData(p), len(p), key)
}

// Unmask writes the n bytes at src, XORed with key, to dst, and reports whether
// the result is valid UTF-8. n is 1 to maxChunk. dst and src do not overlap, or
// dst is src, or n is at most 123 and dst is up to six bytes before src.
func Unmask(dst, src *byte, n int, key uint32) bool {
	if raceEnabled {
		raceRead(src, n)
		raceWrite(dst, n)
	}
	return unmask(dst, src, n, key)
}

// Mask writes src, XORed with key, to dst, if src is valid UTF-8. Otherwise it
// writes nothing and returns false. src has 1 to 123 bytes and does not overlap
// dst.
func Mask(dst *byte, src string, key uint32) bool {
	if raceEnabled {
		raceRead(unsafe.StringData(src), len(src))
	}
	ok := mask(dst, unsafe.StringData(src), len(src), key)
	if raceEnabled && ok {
		raceWrite(dst, len(src))
	}
	return ok
}

// Key returns the masking key with the key byte for payload position pos
// lowest. RFC 6455 §5.3: "octet i of the transformed data is the XOR of octet
// i of the original data with octet at index i modulo 4 of the masking key".
func Key(key [4]byte, pos int) uint32 {
	k := uint32(key[0]) | uint32(key[1])<<8 | uint32(key[2])<<16 | uint32(key[3])<<24
	return bits.RotateLeft32(k, -8*(pos&3))
}

// IndexInvalid returns the index in s of the first sequence that is invalid or
// cut off by the end of s, or -1 if there is none.
func IndexInvalid(s string) int {
	if Valid(s) {
		return -1
	}
	state := uint32(accept)
	start := 0 // of the current sequence
	for i := range len(s) {
		state = dfa[s[i]] >> (state & stateBits)
		switch state & stateBits {
		case accept:
			start = i + 1
		case reject:
			return start
		}
	}
	return start
}

// Overtakes reports whether unmasking the Close frame with a payload of size
// bytes at src to dst would overwrite bytes of the frame before they are read.
// It would not if they are disjoint, or if dst is one of the first seven bytes
// of the frame.
func Overtakes(dst, src *byte, size int) bool {
	// d is the distance from src to dst; it wraps around if dst is before src.
	d := uintptr(unsafe.Pointer(dst)) - uintptr(unsafe.Pointer(src))
	return d > 6 && (d < uintptr(6+size) || -d < uintptr(size))
}
