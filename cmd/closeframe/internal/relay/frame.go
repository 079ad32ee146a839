package relay

import "github.com/closeframe/closeframe/frame"

// A Frame is a frame that has passed.
type Frame struct {
	Opcode byte
	Fin    bool
	RSV1   bool   // the first frame of a compressed message, with permessage-deflate
	Size   uint64 // of the payload
	Head   []byte // the bytes of the frame, at most the first [frame.MaxSize]

	// Close is the contents of a Close frame, and Err its fault.
	Close frame.Close
	Err   error
}

// A scanner finds the frames of one direction.
type scanner struct {
	client bool   // the direction is the client's: frames are masked
	left   uint64 // bytes of the current payload still to come
	header []byte // the header of the current frame, while it is incomplete
	f      Frame
}

// scan processes the next bytes of the direction and calls emit for each frame
// that they complete.
func (s *scanner) scan(p []byte, emit func(Frame)) {
	for len(p) > 0 {
		if s.left == 0 {
			s.header = append(s.header, p[0])
			p = p[1:]
			if !s.begin() {
				continue
			}
		} else {
			n := int(min(s.left, uint64(len(p))))
			s.f.Head = append(s.f.Head, p[:min(n, frame.MaxSize-len(s.f.Head))]...)
			s.left -= uint64(n)
			p = p[n:]
		}
		if s.left == 0 {
			emit(s.end())
		}
	}
}

// begin starts the payload if the header is complete, and reports whether it
// is.
func (s *scanner) begin() bool {
	h := s.header
	if len(h) < 2 {
		return false
	}
	size, extra := uint64(h[1]&127), map[byte]int{126: 2, 127: 8}[h[1]&127]
	need := 2 + extra
	if h[1]&128 != 0 {
		need += 4
	}
	if len(h) < need {
		return false
	}
	if extra > 0 {
		size = 0
		for _, b := range h[2 : 2+extra] {
			size = size<<8 | uint64(b)
		}
	}
	s.f = Frame{Opcode: h[0] & 15, Fin: h[0]&128 != 0, RSV1: h[0]&64 != 0, Size: size, Head: h}
	s.left, s.header = size, nil
	return true
}

// end returns the complete frame.
func (s *scanner) end() Frame {
	f := s.f
	if f.Opcode == 8 {
		if s.client {
			f.Close, _, f.Err = frame.ParseMasked(nil, f.Head)
		} else {
			f.Close, _, f.Err = frame.Parse(f.Head)
		}
	}
	return f
}
