//go:build gc && !purego

package kernel

// rangeError reports whether b is an error after the three bytes p3, p2 and p1
// by the range tables, as CHECK of AVX-512 computes it.
func rangeError(p3, p2, p1, b byte) bool {
	info := func(p byte) byte {
		if p < 0xC0 {
			return 0
		}
		return leadInfo[p&63]
	}
	wanted := info(p1)&follow1 != 0 || info(p2)&follow2 != 0 || info(p3)&follow3 != 0
	found := b >= 0x80 && info(b)&0x80 == 0
	return info(p1)&rangeOf[b&63] != 0 || wanted != found
}

// rangeKind distinguishes the bytes that the range tables distinguish.
func rangeKind(b byte) any {
	if b < 0xC0 {
		return 0
	}
	return leadInfo[b&63]
}
