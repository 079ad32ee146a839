package kernel

import (
	"math/bits"
	"unsafe"
)

// A State says what a stream of chunks is in the middle of. It is the DFA
// state, XORed with accept so that 0 means "between characters".
type State uint8

// Invalid is the State of a stream that is not valid UTF-8.
const Invalid State = reject ^ accept

// Next returns the State after the chunk s of a stream, whose State was state
// before. It is Invalid if no bytes after s can make the stream valid UTF-8.
func Next(state State, s string) State {
	if raceEnabled {
		raceRead(unsafe.StringData(s), len(s))
	}
	for len(s) > maxChunk && state != Invalid {
		state = nextChunk(state, s[:maxChunk])
		s = s[maxChunk:]
	}
	return nextChunk(state, s)
}

// nextChunk is Next for at most maxChunk bytes. It is not inlined because its
// stack check is the preemption point between two chunks.
//
//go:noinline
func nextChunk(state State, s string) State {
	// Finish the character that the previous chunk began.
	st := uint32(state) ^ accept
	for st != accept {
		if len(s) == 0 || st == reject {
			return State(st ^ accept)
		}
		st = run(st, s[:1])
		s = s[1:]
	}
	n := len(s) - unfinished(s, 0)
	if n != 0 && !valid(s[:n]) {
		return Invalid
	}
	return State(run(accept, s[n:]) ^ accept)
}

// UnmaskNext unmasks p in place and returns what Next would return for the
// result. If that is Invalid, the contents of p are unspecified.
func UnmaskNext(state State, p []byte, key uint32) State {
	if raceEnabled {
		raceWrite(unsafe.SliceData(p), len(p))
	}
	for len(p) > maxChunk && state != Invalid {
		state = unmaskNextChunk(state, p[:maxChunk], key)
		p = p[maxChunk:]
	}
	return unmaskNextChunk(state, p, key)
}

// unmaskNextChunk is UnmaskNext for at most maxChunk bytes. It is not inlined
// because its stack check is the preemption point between two chunks.
//
//go:noinline
func unmaskNextChunk(state State, p []byte, key uint32) State {
	// Finish the character that the previous chunk began.
	st := uint32(state) ^ accept
	for st != accept {
		if len(p) == 0 || st == reject {
			return State(st ^ accept)
		}
		p[0] ^= byte(key)
		key = bits.RotateLeft32(key, -8)
		st = run(st, String(p[:1]))
		p = p[1:]
	}
	n := len(p) - unfinished(String(p), bits.RotateLeft32(key, -8*len(p)))
	if n != 0 && !unmask(&p[0], &p[0], n, key) {
		return Invalid
	}
	p = p[n:]
	key = bits.RotateLeft32(key, -8*n)
	for i := range p {
		p[i] ^= byte(key >> (8 * i))
	}
	return State(run(accept, String(p)) ^ accept)
}

// unfinished returns how many bytes at the end of s, 0 to 3, are the beginning
// of a character that s does not finish. The lowest byte of key is the one for
// the byte after s; for an unmasked s, key is 0.
func unfinished(s string, key uint32) int {
	for i := 1; i <= min(3, len(s)); i++ {
		key = bits.RotateLeft32(key, 8)
		switch b := s[len(s)-i] ^ byte(key); {
		case b < 0x80:
			return 0
		case b >= 0xF0 || b >= 0xE0 && i < 3 || b >= 0xC0 && i < 2:
			return i
		case b >= 0xC0:
			return 0
		}
	}
	return 0
}
