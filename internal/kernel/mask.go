//lint:file-ignore U1000 where there is assembly, only tests call what is unused here

package kernel

import (
	"math/bits"
	"unsafe"
)

func store64(b []byte, i int, w uint64) {
	b = b[i : i+8]
	b[0] = byte(w)
	b[1] = byte(w >> 8)
	b[2] = byte(w >> 16)
	b[3] = byte(w >> 24)
	b[4] = byte(w >> 32)
	b[5] = byte(w >> 40)
	b[6] = byte(w >> 48)
	b[7] = byte(w >> 56)
}

// Key returns the masking key as the kernels want it: rotated so that its lowest byte is the one for
// position pos of the payload (RFC 6455 §5.3: "octet i of the transformed data is the XOR of octet i of the original data with octet at
// index i modulo 4 of the masking key").
func Key(key [4]byte, pos int) uint32 {
	k := uint32(key[0]) | uint32(key[1])<<8 | uint32(key[2])<<16 | uint32(key[3])<<24
	return bits.RotateLeft32(k, -8*(pos&3))
}

// xor is XOR in Go. It returns all bytes that it wrote in one word, OR-ed: if that is ASCII, they are.
func xor(dst []byte, src string, key uint32) (seen uint64) {
	k := uint64(key)<<32 | uint64(key)
	n := len(src)
	dst = dst[:n]
	if n < 8 {
		for i := range dst {
			b := src[i] ^ byte(k)
			k >>= 8
			seen |= uint64(b)
			dst[i] = b
		}
		return seen
	}
	// The last eight bytes are written last, some of them again. They are read before, since dst may be src.
	r := bits.RotateLeft32(key, -8*(n&3))
	end := load64(src, n-8) ^ (uint64(r)<<32 | uint64(r))
	seen = end
	last := dst[n-8:]
	for len(src) > 32 && len(dst) > 32 {
		w0, w1, w2, w3 := load64(src, 0)^k, load64(src, 8)^k, load64(src, 16)^k, load64(src, 24)^k
		seen |= w0 | w1 | w2 | w3
		store64(dst, 0, w0)
		store64(dst, 8, w1)
		store64(dst, 16, w2)
		store64(dst, 24, w3)
		src, dst = src[32:], dst[32:]
	}
	for len(src) > 8 && len(dst) > 8 {
		w := load64(src, 0) ^ k
		seen |= w
		store64(dst, 0, w)
		src, dst = src[8:], dst[8:]
	}
	store64(last, 0, end)
	return seen
}

// unmaskNext is UnmaskNext in Go.
func unmaskNext(dst []byte, src string, key, prev uint32) bool {
	state := resume(prev)
	for {
		// As much as stays in the nearest cache until it is read again. ASCII after ASCII need not be.
		n := min(len(src), 4096)
		if xor(dst, src[:n], key)&high != 0 || state != accept {
			if state = scan(state, String(dst[:n])); state == broken {
				return false
			}
		}
		if n == len(src) {
			return true
		}
		dst, src = dst[n:], src[n:]
	}
}

// unmaskClose is UnmaskClose in Go.
func unmaskClose(dst, frame *byte, n int) uint32 {
	d, f := unsafe.Slice(dst, n), unsafe.String(frame, 6+n)
	key := load32(f, 2)
	code := uint32(f[6]^byte(key))<<8 | uint32(f[7]^byte(key>>8))
	ascii := xor(d[2:], f[8:], bits.RotateLeft32(key, 16))&high == 0
	d[0], d[1] = byte(code>>8), byte(code)
	if ascii || valid(String(d[2:])) {
		code |= 1 << 16
	}
	return code
}

// maskPayload is MaskPayload in Go.
func maskPayload(dst *byte, code uint16, reason string, key uint32) bool {
	if !valid(reason) {
		return false
	}
	d := unsafe.Slice(dst, 2+len(reason))
	d[0], d[1] = byte(code>>8)^byte(key), byte(code)^byte(key>>8)
	xor(d[2:], reason, bits.RotateLeft32(key, 16))
	return true
}
