package autopsy

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/closeframe/closeframe/frame"
)

// A scanner finds the frames in the bytes that one side sends.
type scanner struct {
	head   []byte // the received bytes of the header and of a control frame's payload
	size   int    // size of the header; 0 while it is unknown
	left   uint64 // remaining bytes of the payload
	gap    bool   // the capture lacks bytes of the frame
	inside bool   // the header is complete
	lost   bool   // the start of the next frame is unknown
}

// A frameHeader is a decoded frame header.
type frameHeader struct {
	opcode byte
	fin    bool
	rsv    byte
	masked bool
	length uint64
	size   int // of the header
}

// parseHeader parses the header at the start of b. ok is false if the header is
// incomplete. It accepts invalid headers: the tap reports violations.
func parseHeader(b []byte) (h frameHeader, ok bool) {
	if len(b) < 2 {
		return h, false
	}
	h = frameHeader{opcode: b[0] & 0xf, fin: b[0]&0x80 != 0, rsv: b[0] >> 4 & 7, masked: b[1]&0x80 != 0, length: uint64(b[1] & 0x7f), size: 2}
	if h.masked {
		h.size += 4
	}
	switch h.length {
	case 126:
		h.size += 2
		if len(b) < h.size {
			return h, false
		}
		h.length = uint64(binary.BigEndian.Uint16(b[2:]))
	case 127:
		h.size += 8
		if len(b) < h.size {
			return h, false
		}
		h.length = binary.BigEndian.Uint64(b[2:])
	}
	return h, len(b) >= h.size
}

func (h frameHeader) control() bool { return h.opcode&8 != 0 }

// keepWhole reports whether the frame is kept until it is complete.
func (h frameHeader) keepWhole() bool { return h.control() && h.length <= frame.MaxPayload }

// A frameSink receives the results of a scanner.
type frameSink interface {
	pass(b []byte)                             // bytes, in order and without gaps
	header(h frameHeader, raw []byte)          // a header is complete; raw starts with it
	payload(p []byte)                          // of a data frame, as sent
	gap()                                      // the capture lacks bytes of a payload
	frame(h frameHeader, raw []byte, gap bool) // a frame is complete; raw is all of it if it is kept whole
}

// write processes the next bytes.
func (s *scanner) write(p []byte, to frameSink) {
	for len(p) > 0 && !s.lost {
		if !s.inside {
			s.head = append(s.head, p[0])
			p = p[1:]
			h, ok := parseHeader(s.head)
			if !ok {
				continue
			}
			s.inside, s.left, s.size = true, h.length, h.size
			to.header(h, s.head)
			if !h.keepWhole() {
				to.pass(s.head)
			}
		} else {
			n := int(min(uint64(len(p)), s.left))
			if h, _ := parseHeader(s.head); h.keepWhole() {
				s.head = append(s.head, p[:n]...)
			} else {
				to.pass(p[:n])
				if !h.control() {
					to.payload(p[:n])
				}
			}
			s.left -= uint64(n)
			p = p[n:]
		}
		s.complete(to)
	}
}

// complete reports the frame to the sink if its last byte has arrived.
func (s *scanner) complete(to frameSink) {
	if !s.inside || s.left > 0 {
		return
	}
	h, _ := parseHeader(s.head)
	if h.keepWhole() {
		if s.gap {
			s.head = shortened(s.head, h)
			h, _ = parseHeader(s.head)
		}
		to.pass(s.head)
	}
	raw := s.head
	gap := s.gap
	*s = scanner{head: s.head[:0]}
	to.frame(h, raw, gap)
}

var zeros [4096]byte

// miss records that n bytes are not in the capture.
func (s *scanner) miss(n int, to frameSink) {
	if s.lost || n == 0 {
		return
	}
	if !s.inside || uint64(n) > s.left {
		s.giveUp(to)
		return
	}
	s.gap = true
	to.gap()
	s.left -= uint64(n)
	if h, _ := parseHeader(s.head); !h.keepWhole() {
		for n > 0 {
			k := min(n, len(zeros))
			to.pass(zeros[:k])
			n -= k
		}
	}
	s.complete(to)
}

// giveUp stops scanning frames. It completes the current frame, so that another
// frame may follow.
func (s *scanner) giveUp(to frameSink) {
	if h, ok := parseHeader(s.head); ok && s.inside && !h.keepWhole() {
		for s.left > 0 && s.left < 1<<31 {
			k := min(s.left, uint64(len(zeros)))
			to.pass(zeros[:k])
			s.left -= k
		}
	}
	*s = scanner{head: s.head[:0], lost: true}
}

// end passes the incomplete last frame to the sink. cut reports whether there
// is one, and h is its header if that is complete.
func (s *scanner) end(to frameSink) (h frameHeader, cut bool) {
	if s.lost || len(s.head) == 0 {
		return h, false
	}
	h, ok := parseHeader(s.head)
	if !ok || h.keepWhole() {
		to.pass(s.head)
	}
	s.lost = true
	return h, true
}

// shortened returns a complete frame for one whose end is not in the capture,
// with the captured part of its payload, cut between two characters.
func shortened(b []byte, h frameHeader) []byte {
	p := append([]byte(nil), b[h.size:]...)
	var key [4]byte
	if h.masked {
		copy(key[:], b[h.size-4:])
		frame.Mask(p, key, 0)
	}
	if h.opcode == 8 && len(p) > 2 {
		for k := 0; k < utf8.UTFMax && !utf8.Valid(p[2:]); k++ {
			p = p[:len(p)-1]
			if len(p) <= 2 {
				break
			}
		}
	}
	if h.masked {
		frame.Mask(p, key, 0)
	}
	b[1] = b[1]&0x80 | byte(len(p))
	return append(b[:h.size], p...)
}

// plausible reports whether b, the bytes of a segment, is a sequence of frames:
// each header is valid under RFC 6455, all have the same mask bit, and the last
// frame ends with b.
func plausible(b []byte) (masked, ok bool) {
	for n := 0; len(b) > 0; n++ {
		h, complete := parseHeader(b)
		if !complete || h.rsv&3 != 0 || h.opcode&7 > 2 {
			return false, false
		}
		if h.control() && (!h.fin || h.length > frame.MaxPayload || h.rsv != 0) {
			return false, false
		}
		if n == 0 {
			masked = h.masked
		} else if h.masked != masked {
			return false, false
		}
		if h.length > uint64(len(b)-h.size) {
			return false, false
		}
		b = b[h.size+int(h.length):]
		ok = true
	}
	return masked, ok
}
