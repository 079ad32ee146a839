package envelope

import (
	"encoding/binary"

	"github.com/closeframe/closeframe/frame"
)

// A Fit is how well bytes match WebSocket frames.
type Fit int

// The fits, from worst to best.
const (
	None     Fit = iota // reserved opcodes, or a payload without a plausible code
	Frames              // complete frames without a Close frame, or missing bytes
	Partial             // an incomplete Close frame
	Faulty              // complete frames with an invalid Close frame, or another protocol
	Complete            // complete frames, and every Close frame is valid
)

// Fits reports how well the content fits frames, or the payload of one Close
// frame.
func (c *Content) Fits(payload bool) Fit {
	if c.Foreign != "" {
		return Faulty
	}
	if payload {
		return fitPayload(c)
	}
	fit := None
	for i := range c.Streams {
		s := &c.Streams[i]
		f := fitFrames(s.Data)
		if f == None && len(s.Data) > 0 {
			return None
		}
		if f == Partial && fit >= Faulty {
			return Partial
		}
		if fit == Partial && f >= Faulty {
			continue
		}
		if fit >= Faulty && f >= Faulty {
			fit = min(fit, f)
		} else {
			fit = max(fit, f)
		}
	}
	return fit
}

func fitPayload(c *Content) Fit {
	var b []byte
	for _, s := range c.Streams {
		b = append(b, s.Data...)
	}
	_, err := frame.ParsePayload(b)
	switch {
	case err == nil:
		return Complete
	case len(b) < 2 || len(b) > frame.MaxPayload:
		return None
	}
	return Frames
}

func fitFrames(b []byte) Fit {
	fit := None
	closed := false
	for len(b) > 0 {
		op := b[0] & 0xf
		rsv := b[0] >> 4 & 7
		if op > 2 && op < 8 || op > 10 || rsv&3 != 0 && op != 8 {
			return None
		}
		n, whole := size(b)
		switch {
		case op == 8 && whole:
			f := Complete
			if closeError(b[:n]) != nil {
				f = Faulty
			}
			if !closed || f < fit {
				fit = f
			}
			closed = true
		case op == 8:
			if n > frame.MaxSize && n > 0 {
				return Frames
			}
			return Partial
		case !whole:
			if closed {
				return Partial
			}
			return Frames
		case op == 0 && n == 2 && b[0]&0x80 == 0: // an empty fragment that continues
			if closed {
				fit = Partial
			} else {
				return Frames
			}
		case !closed:
			fit = max(fit, Frames)
		}
		b = b[n:]
	}
	return fit
}

// size returns the size of the frame at the start of b, or 0 if its header is
// incomplete. whole reports whether the frame is complete.
func size(b []byte) (n int, whole bool) {
	if len(b) < 2 {
		return 0, false
	}
	n = 2
	length := uint64(b[1] & 0x7f)
	switch {
	case length == 126 && len(b) >= 4:
		length, n = uint64(binary.BigEndian.Uint16(b[2:])), 4
	case length == 127 && len(b) >= 10:
		length, n = binary.BigEndian.Uint64(b[2:]), 10
	case length >= 126:
		return 0, false
	}
	if b[1]&0x80 != 0 {
		n += 4
	}
	if length > uint64(len(b)) {
		return len(b) + 1, false
	}
	n += int(length)
	return n, n <= len(b)
}

func closeError(b []byte) error {
	var err error
	if b[1]&0x80 != 0 {
		_, _, err = frame.ParseMasked(nil, b)
	} else {
		_, _, err = frame.Parse(b)
	}
	return err
}
