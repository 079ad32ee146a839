package model

import (
	"github.com/closeframe/closeframe/internal/vectors"
)

// A Verdict is the result of parsing an input: its meaning or what is wrong with
// it.
type Verdict struct {
	Code   int
	Reason string
	Fault  string // a name of package vectors, or "" if there is none
	Answer int    // the code to fail the connection with, or 0
	N      int    // the size of the frame
}

func fault(err string, answer int) Verdict {
	return Verdict{Fault: err, Answer: answer}
}

// bits reads numbers, most significant bit first, as in the figure of RFC 6455
// §5.2.
type bits struct {
	b  []byte
	at int // bits read so far
}

// take returns the number in the next n bits, and reports whether they exist.
func (r *bits) take(n int) (v int, ok bool) {
	for range n {
		if r.at/8 >= len(r.b) {
			return 0, false
		}
		v = v<<1 | int(r.b[r.at/8]>>(7-r.at%8)&1)
		r.at++
	}
	return v, true
}

// ParseFrame parses a Close frame field by field. masked selects the frames that a
// server receives. It shares no code with package frame.
func ParseFrame(b []byte, masked bool) Verdict {
	r := &bits{b: b}
	// FIN, RSV1, RSV2, RSV3 and the opcode are in one byte.
	fin, ok := r.take(1)
	if !ok {
		return fault(vectors.Incomplete, 0)
	}
	rsv, _ := r.take(3)
	opcode, _ := r.take(4)
	switch {
	case opcode != 0x8: // "%x8 denotes a connection close"
		return fault(vectors.NotClose, 0)
	case rsv != 0: // "MUST be 0 unless an extension is negotiated"
		return fault(vectors.ReservedBits, 1002)
	case fin != 1: // control frames "MUST NOT be fragmented"
		return fault(vectors.Fragmented, 1002)
	}
	mask, ok := r.take(1)
	if !ok {
		return fault(vectors.Incomplete, 0)
	}
	length, _ := r.take(7)
	switch {
	case mask == 1 && !masked:
		return fault(vectors.Masked, 1002)
	case mask == 0 && masked:
		return fault(vectors.Unmasked, 1002)
	case length == 1: // "the first two bytes of the body MUST be" a code
		return fault(vectors.Short, 1002)
	case length > 125: // "MUST have a payload length of 125 bytes or less"
		return fault(vectors.TooLong, 1002)
	}
	header := 2
	if masked {
		header = 6
	}
	size := header + length
	if len(b) < size {
		return fault(vectors.Incomplete, 0)
	}
	payload := make([]byte, 0, 125)
	for i := range length {
		octet := b[header+i]
		if masked {
			octet ^= b[2+i%4] // masking-key-octet-(i MOD 4)
		}
		payload = append(payload, octet)
	}
	v := ParsePayload(payload)
	if v.Fault == "" {
		v.N = size
	}
	return v
}

// ParsePayload parses the payload of a Close frame.
func ParsePayload(p []byte) Verdict {
	switch {
	case len(p) == 0:
		return Verdict{Code: 1005} // §7.1.5
	case len(p) == 1:
		return fault(vectors.Short, 1002)
	case len(p) > 125:
		return fault(vectors.TooLong, 1002)
	}
	code := int(p[0])*256 + int(p[1])
	if !SendableCode(code) {
		return fault(vectors.InvalidCode, 1002)
	}
	if at, _ := IllFormed(p[2:]); at >= 0 {
		return fault(vectors.InvalidUTF8, 1007)
	}
	return Verdict{Code: code, Reason: string(p[2:])}
}

// onWire has the codes that the registry lets a Close frame have.
var onWire = func() map[int]bool {
	m := map[int]bool{}
	entries, _ := vectors.Registry()
	for _, e := range entries {
		m[int(e.Code)] = e.OnWire
	}
	return m
}()

// SendableCode reports whether RFC 6455 §7.4 and the registry let a Close frame
// have the code.
func SendableCode(code int) bool {
	return 3000 <= code && code <= 4999 || onWire[code]
}

// IllFormed returns the index of the first invalid sequence in s, or -1, and
// whether more bytes could complete that sequence. It decodes as in RFC 3629
// §3: the number of leading ones in the first byte is the length, and the
// character number consists of the remaining bits and of six bits of each
// following byte.
func IllFormed(s []byte) (at int, incomplete bool) {
	for i := 0; i < len(s); {
		ones := 0
		for ones < 8 && s[i]<<ones&0x80 != 0 {
			ones++
		}
		if ones == 0 {
			i++
			continue
		}
		if ones == 1 || ones > 4 {
			return i, false
		}
		// The smallest and the largest character that can start with these
		// bytes, and the limits for them.
		lo := int(s[i]) & (1<<(7-ones) - 1)
		hi := lo
		there := 1
		for k := 1; k < ones; k++ {
			lo, hi = lo<<6, hi<<6|0x3f
			if i+k < len(s) && there == k {
				if s[i+k]&0xc0 != 0x80 {
					return i, false
				}
				lo |= int(s[i+k]) & 0x3f
				hi = hi&^0x3f | int(s[i+k])&0x3f
				there++
			}
		}
		least := []int{0, 0, 0x80, 0x800, 0x10000}[ones]
		possible := hi >= least && lo <= 0x10ffff && !(lo >= 0xd800 && hi <= 0xdfff)
		if !possible {
			return i, false
		}
		if there < ones {
			return i, true
		}
		i += ones
	}
	return -1, false
}

// AppendPayload returns the payload for code and reason, or what is wrong with
// them.
func AppendPayload(code int, reason []byte) (payload []byte, err string) {
	if len(reason) > 123 {
		return nil, vectors.TooLong
	}
	if code == 1005 && len(reason) == 0 {
		return nil, ""
	}
	if !SendableCode(code) {
		return nil, vectors.InvalidCode
	}
	if at, _ := IllFormed(reason); at >= 0 {
		return nil, vectors.InvalidUTF8
	}
	return append([]byte{byte(code / 256), byte(code % 256)}, reason...), ""
}
