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

// xor is XOR in Go.
func xor(dst []byte, src string, key uint32) {
	k := uint64(key)<<32 | uint64(key)
	n, i := len(src), 0
	dst = dst[:n]
	for ; n-i >= 32; i += 32 {
		w0, w1, w2, w3 := load64(src, i), load64(src, i+8), load64(src, i+16), load64(src, i+24)
		store64(dst, i, w0^k)
		store64(dst, i+8, w1^k)
		store64(dst, i+16, w2^k)
		store64(dst, i+24, w3^k)
	}
	for ; n-i >= 8; i += 8 {
		store64(dst, i, load64(src, i)^k)
	}
	for ; i < n; i++ {
		dst[i] = src[i] ^ byte(k)
		k >>= 8
	}
}

// unmaskNext is UnmaskNext in Go.
func unmaskNext(dst []byte, src string, key, prev uint32) bool {
	state := resume(prev)
	for state != broken && len(src) > 0 {
		// As much as stays in the nearest cache until it is read again.
		n := min(len(src), 4096)
		xor(dst, src[:n], key)
		state = scan(state, String(dst[:n]))
		dst, src = dst[n:], src[n:]
	}
	return state != broken
}

// unmaskClose is UnmaskClose in Go.
func unmaskClose(dst, frame *byte, n int) uint32 {
	d, f := unsafe.Slice(dst, n), unsafe.String(frame, 6+n)
	xor(d, f[6:], load32(f, 2))
	code := uint32(d[0])<<8 | uint32(d[1])
	if valid(String(d[2:])) {
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
