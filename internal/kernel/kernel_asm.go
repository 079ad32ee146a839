//go:build (amd64 || arm64) && !purego

package kernel

// Valid reports whether s, which is not empty, is well-formed UTF-8.
//
//go:noescape
func Valid(s string) bool

// IndexInvalid returns the index in s of the first sequence that is ill-formed or cut off
// by the end of s, or -1 if there is none.
func IndexInvalid(s string) int {
	if len(s) == 0 || Valid(s) {
		return -1
	}
	return indexInvalid(s)
}

// Next reports whether each byte of s can stand where it stands in a text that goes on
// before s with prev and after s with anything. See Tail for what that leaves open.
//
//go:noescape
func Next(prev uint32, s string) bool

// XOR sets dst[i] to src[i] XOR byte i%4 of key, the lowest first, for all bytes of src.
// dst must be at least as long and overlap src exactly or not at all.
//
//go:noescape
func XOR(dst []byte, src string, key uint32)

// UnmaskClose unmasks the payload of a masked Close frame, which is n bytes, 2 to 125, to dst: there are 2 bytes of
// header and 4 of key at frame, and then the payload. dst does not overlap it, or is where the payload is. It returns
// the code, plus 1<<16 if what comes after the code is well-formed UTF-8.
//
//go:noescape
func UnmaskClose(dst, frame *byte, n int) uint32

// UnmaskNext is XOR and reports of what it wrote what Next does. If that is false, what it
// wrote is unspecified, but it is within the len(src) first bytes of dst.
//
//go:noescape
func UnmaskNext(dst []byte, src string, key, prev uint32) bool

// MaskPayload is for the other direction: if reason, which is 1 to 123 bytes and does not overlap dst, is well-formed
// UTF-8, which it reports, it writes code and reason to dst, masked with key. Otherwise it writes nothing.
//
//go:noescape
func MaskPayload(dst *byte, code uint16, reason string, key uint32) bool
