package kernel

import (
	"math/bits"
	"unsafe"
)

// xorGo implements xor.
func xorGo(dst, src *byte, n int, key uint32) {
	xorBytes(unsafe.Slice(dst, n), unsafe.String(src, n), key)
}

// xorBytes writes src XOR key to dst and returns the OR of all bytes written,
// spread over the bytes of a word. dst is as long as src. It does not
// overlap src, or starts at or before it: writing never overtakes reading.
func xorBytes(dst []byte, src string, key uint32) (or uint64) {
	n := len(src)
	dst = dst[:n]
	if n < 8 {
		if n >= 4 {
			lo := load32(src, 0) ^ key
			hi := load32(src, n-4) ^ bits.RotateLeft32(key, -8*(n&3))
			store32(dst, 0, lo)
			store32(dst, n-4, hi)
			return uint64(lo | hi)
		}
		for i := range dst {
			b := src[i] ^ byte(key)
			key >>= 8
			or |= uint64(b)
			dst[i] = b
		}
		return or
	}
	// The last eight bytes overlap those before them. They are read before
	// anything is written, since dst may overlap src, and written last.
	r := bits.RotateLeft32(key, -8*(n&3))
	end := load64(src, n-8) ^ (uint64(r)<<32 | uint64(r))
	last := dst[n-8:]
	or = end
	k := uint64(key)<<32 | uint64(key)
	for len(src) > 32 && len(dst) > 32 {
		w0, w1 := load64(src, 0)^k, load64(src, 8)^k
		w2, w3 := load64(src, 16)^k, load64(src, 24)^k
		or |= w0 | w1 | w2 | w3
		store64(dst, 0, w0)
		store64(dst, 8, w1)
		store64(dst, 16, w2)
		store64(dst, 24, w3)
		src, dst = src[32:], dst[32:]
	}
	for len(src) > 8 && len(dst) > 8 {
		w := load64(src, 0) ^ k
		or |= w
		store64(dst, 0, w)
		src, dst = src[8:], dst[8:]
	}
	store64(last, 0, end)
	return or
}

// unmaskGo implements Unmask.
func unmaskGo(dst, src *byte, n int, key uint32) bool {
	d := unsafe.Slice(dst, n)
	return xorBytes(d, unsafe.String(src, n), key)&highBits == 0 || validGo(String(d))
}

// maskGo implements Mask.
func maskGo(dst, src *byte, n int, key uint32) bool {
	s := unsafe.String(src, n)
	if !validGo(s) {
		return false
	}
	xorBytes(unsafe.Slice(dst, n), s, key)
	return true
}
