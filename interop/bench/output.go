package main

// wrote is what was written last by a contender that writes, for tests to look at.
var wrote []byte

// seen returns a number made of b, which has been written, so that it has to be
// there. It is not the last byte that is read, since reading at once what a vector
// has just been stored over costs more than the store, and nobody does that who
// sends b.
func seen(b []byte) uint64 {
	if len(b) == 0 {
		return 0
	}
	return uint64(len(b)) + uint64(b[0]>>4)
}

// answered is seen of a server's Close frame. It panics if b is none: who does no
// work must not look fast.
func answered(b []byte) uint64 {
	if len(b) < 2 || b[0] != 0x88 || b[1]&0x80 != 0 {
		panic("no Close frame was written")
	}
	wrote = b
	return 1
}
