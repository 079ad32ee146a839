package differ

import (
	"encoding/binary"
	"math/rand/v2"
	"unicode/utf8"
)

// A generator generates frames. Most are Close frames with at most one fault,
// since random bytes would rarely have a valid header.
type generator struct {
	rand rand.PCG
	bits uint64 // unused random bits
	left int    // how many
	buf  [160]byte
}

// below returns a random number from 0 to n-1, where n is at most 1<<16. The
// small bias towards low numbers does not matter here.
func (g *generator) below(n int) int {
	if g.left < 16 {
		g.bits, g.left = g.rand.Uint64(), 64
	}
	v := int(g.bits&0xffff) * n >> 16
	g.bits >>= 16
	g.left -= 16
	return v
}

// oneIn reports true in one of n cases.
func (g *generator) oneIn(n int) bool { return g.below(n) == 0 }

// frame returns the next input for a parser, which is valid until the next call,
// and whether it is meant for a server.
func (g *generator) frame() (b []byte, masked bool) {
	masked = g.oneIn(2)
	b = append(g.buf[:0], 0x88, 0)
	if masked != g.oneIn(64) {
		b[1] = 0x80
		b = binary.BigEndian.AppendUint32(b, uint32(g.below(1<<16)<<16|g.below(1<<16)))
	}
	header := len(b)
	b = g.payload(b)
	length := len(b) - header
	if b[1] != 0 {
		for i := range length {
			b[header+i] ^= b[2+i&3]
		}
	}
	b[1] |= byte(length)

	switch g.below(64) {
	case 0: // another first byte
		b[0] = byte(g.below(256))
	case 1: // one bit of the first byte
		b[0] ^= 1 << g.below(8)
	case 2: // another length
		b[1] = b[1]&0x80 | byte(g.below(128))
	case 3: // another bit
		b[g.below(len(b))] ^= 1 << g.below(8)
	case 4, 5: // a part
		b = b[:g.below(len(b))]
	case 6, 7, 8, 9: // bytes after the frame
		for range 1 + g.below(16) {
			b = append(b, byte(g.below(256)))
		}
	}
	return b, masked
}

// edges lists codes next to which the rules change.
var edges = [...]uint16{0, 999, 1000, 1003, 1004, 1005, 1006, 1007, 1014, 1015, 1016, 2999, 3000, 4999, 5000, 65535}

// payload appends the payload of a Close frame, of up to 127 bytes, to b.
func (g *generator) payload(b []byte) []byte {
	var code uint16
	switch g.below(32) {
	case 0: // no code
		return b
	case 1: // half a code
		return append(b, byte(g.below(256)))
	case 2:
		code = edges[g.below(len(edges))]
	case 3:
		code = uint16(g.below(1 << 16))
	case 4, 5, 6, 7, 8, 9, 10, 11, 12, 13:
		code = 3000 + uint16(g.below(2000))
	default:
		code = 1000 + uint16(g.below(4)) // 1000 to 1003
		if g.oneIn(2) {
			code = 1007 + uint16(g.below(8)) // 1007 to 1014
		}
	}
	b = binary.BigEndian.AppendUint16(b, code)
	start, size := len(b), g.below(124)
	switch g.below(8) {
	case 0: // none
		return b
	case 1: // the longest, or a little longer
		size = 121 + g.below(5)
	}
	b = g.text(b, size)
	if n := len(b) - start; n > 0 {
		switch g.below(8) {
		case 0: // one wrong byte
			b[start+g.below(n)] = byte(g.below(256))
		case 1: // truncated anywhere
			b = b[:start+g.below(n)]
		}
	}
	return b
}

// text appends size bytes of text to b: ASCII, or characters of every length.
func (g *generator) text(b []byte, size int) []byte {
	end := len(b) + size
	if g.oneIn(3) {
		for len(b) < end {
			b = binary.LittleEndian.AppendUint64(b, g.rand.Uint64()&0x7f7f7f7f7f7f7f7f)
		}
		return b[:end]
	}
	for len(b) < end {
		var r rune
		switch g.below(4) {
		case 0:
			r = rune(g.below(0x80))
		case 1:
			r = rune(0x80 + g.below(0x800-0x80))
		case 2:
			r = rune(0x800 + g.below(1<<16-0x800)) // a surrogate becomes U+FFFD
		case 3:
			r = rune(0x10000 + g.below(1<<10)<<10 + g.below(1<<10))
		}
		if utf8.RuneLen(r) > end-len(b) {
			r = 'x'
		}
		b = utf8.AppendRune(b, r)
	}
	return b
}
