package main

// wrote is the last output of an implementation, for tests.
var wrote []byte

// seen returns a number computed from the output b, so that the compiler cannot
// remove the write. It does not read the last byte: reading a part of a vector
// just stored would stall, which a program that sends b does not do.
func seen(b []byte) uint64 {
	if len(b) == 0 {
		return 0
	}
	return uint64(len(b)) + uint64(b[0]>>4)
}

// answered is like seen for a server's Close frame. It panics if b is not one,
// so that an implementation that does no work does not look fast.
func answered(b []byte) uint64 {
	if len(b) < 2 || b[0] != 0x88 || b[1]&0x80 != 0 {
		panic("no Close frame was written")
	}
	wrote = b
	return 1
}
