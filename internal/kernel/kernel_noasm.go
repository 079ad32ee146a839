//go:build !(amd64 || arm64) || purego

package kernel

// Valid reports whether s, which is not empty, is well-formed UTF-8.
func Valid(s string) bool { return valid(s) }

// IndexInvalid returns the index in s of the first sequence that is ill-formed or cut off
// by the end of s, or -1 if there is none.
func IndexInvalid(s string) int {
	if valid(s) {
		return -1
	}
	return indexInvalid(s)
}

// Next reports whether each byte of s can stand where it stands in a text that goes on
// before s with prev and after s with anything. See Tail for what that leaves open.
func Next(prev uint32, s string) bool { return next(prev, s) }

// XOR sets dst[i] to src[i] XOR byte i%4 of key, the lowest first, for all bytes of src.
// dst must be at least as long and overlap src exactly or not at all.
func XOR(dst []byte, src string, key uint32) { xor(dst, src, key) }

// UnmaskValid is XOR and reports whether what it wrote is well-formed UTF-8. src is at most MaxShort bytes.
func UnmaskValid(dst []byte, src string, key uint32) bool { return unmaskValid(dst, src, key) }

// UnmaskNext is XOR and reports of what it wrote what Next does. If that is false, what it
// wrote is unspecified, but it is within the len(src) first bytes of dst.
func UnmaskNext(dst []byte, src string, key, prev uint32) bool {
	return unmaskNext(dst, src, key, prev)
}

// CopyValid is XOR if src is well-formed UTF-8, which it reports; otherwise it writes nothing. dst and src must not
// overlap. src is at most MaxShort bytes.
func CopyValid(dst []byte, src string, key uint32) bool { return copyValid(dst, src, key) }
