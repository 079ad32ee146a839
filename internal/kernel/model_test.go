package kernel

// faults judges the eight bytes of w, the first one lowest, as the vector kernels
// judge 64: all at once and without a branch (see tables). before is the eight bytes that come
// before w. The result is 0 unless a byte of w is one that cannot stand where it stands.
//
// Whether w ends in the middle of a sequence, or with a byte that is never part
// of one, shows only in the bytes after it.
func faults(before, w uint64) uint64 {
	var xBefore, x, y uint64
	for i := 0; i < 64; i += 8 {
		xBefore |= uint64(lead(byte(before>>i))) << i
		x |= uint64(lead(byte(w>>i))) << i
		y |= uint64(tables.groups[w>>i>>4&0x0F]) << i
	}
	// The x of the bytes one, two and three places before each byte of w. The shifts are greater by a bit and by two, which
	// brings need2 and need3 to where need1 is.
	x1 := x<<8 | xBefore>>56
	x2 := x<<17 | xBefore>>47
	x3 := x<<26 | xBefore>>38

	refused := x1 & y
	wrong := ^((x1 | x2 | x3) ^ y) & high // needed and not there, or there and not needed
	return refused | wrong
}

// lead returns the x of b.
func lead(b byte) byte {
	if b < 0xC0 {
		return 0
	}
	return tables.leads[b&63]
}
