// Package closetap observes WebSocket connections from the middle, as a proxy or
// a packet capture sees them (RFC 6455): it parses the frames of a connection,
// keeps its Close frames, and determines how the connection ended. It does no
// I/O, has no clock, allocates nothing while bytes pass, and never changes
// them.
//
// A [Tap] observes one direction. A [Conn] observes both directions and the end
// of the transport on both sides. [Conn.Report] returns which side closed,
// whether the other side answered, and the event of each side's application.
package closetap

import (
	"errors"

	"github.com/closeframe/closeframe/frame"
)

// ErrAfterClose reports bytes after a Close frame in the same direction: "The
// application MUST NOT send any more data frames after sending a Close frame"
// (RFC 6455 §5.5.1), and no other frame is useful after it.
var ErrAfterClose = errors.New("closetap: bytes after a Close frame")

// The header of a frame (RFC 6455 §5.2): see package frame.
const (
	bitFIN     = 0x80
	bitControl = 0x08 // of the opcode
	bitsOpcode = 0x0f
	bitMask    = 0x80
	bitsLength = 0x7f

	opcodeClose = 0x08
	length16    = 126 // the length follows in 2 bytes
	length64    = 127 // the length follows in 8 bytes

	sizeStart  = 2 // the bytes that determine the size of the header
	sizeHeader = sizeStart + 8 + sizeKey
	sizeKey    = 4
)

// A Tap observes one direction of a connection, from the first byte after the
// opening handshake. The zero Tap observes the bytes of a server, and
// [NewClient] returns a Tap for those of a client. A Tap takes at most 192
// bytes, and it is not safe for concurrent use.
//
// A Tap reads the header and skips the payload of every frame other than a
// Close frame. It ignores extensions and messages: it checks neither the RSV
// bits of other frames, nor the order of fragments, nor the UTF-8 of text
// messages. After a violation it continues to find frames by their lengths.
type Tap struct {
	left    uint64                 // bytes of the current payload still to come
	payload [frame.MaxPayload]byte // of the first Close frame, unmasked
	size    uint8                  // how many bytes of it have passed
	head    [sizeHeader]byte       // the header of the current frame, if it was split
	kept    uint8                  // how many bytes of it have passed; 0 if it is complete
	mask    uint8                  // the mask bit of this direction
	closing closing
	fault   uint8       // the first violation: a frame.Error, faultAfterClose, or 0
	faulty  frame.Error // the fault of the first Close frame, or 0
}

// closing is the progress of the first Close frame of a direction.
type closing uint8

const (
	closeNone   closing = iota // no Close frame has begun
	closeBegun                 // its payload is being kept
	closeFaulty                // it has a fault
	closeValid                 // it has passed and is valid
)

// faultAfterClose represents ErrAfterClose. No frame.Error has this value.
const faultAfterClose = 0xff

// NewClient returns a Tap for the bytes that a client sends: masked frames (RFC
// 6455 §5.3).
func NewClient() Tap { return Tap{mask: bitMask} }

// Write passes the next bytes of the direction to t. They may be split
// anywhere. Write neither changes nor keeps p, and always returns len(p) and
// nil, so a Tap can be used with [io.TeeReader] and [io.MultiWriter].
func (t *Tap) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		switch {
		case t.left > 0:
			p = t.pass(p)
		case t.kept > 0 || t.closing != closeNone:
			p = t.header(p)
		default:
			p = t.frames(p)
		}
	}
	return n, nil
}

// frames skips the complete frames at the start of p that need no attention. It
// consumes the beginning of the next frame and returns the rest.
func (t *Tap) frames(p []byte) []byte {
	i := 0
	for i < len(p)-1 {
		b0, size := p[i], int(p[i+1]^t.mask)
		if size > frame.MaxPayload || b0&bitControl != 0 && (b0&bitFIN == 0 || b0&bitsOpcode == opcodeClose) {
			break
		}
		next := i + sizeStart + int(t.mask>>5) + size
		if next > len(p) {
			break
		}
		i = next
	}
	if i == len(p) {
		return nil
	}
	return t.header(p[i:])
}

// header consumes the bytes of a frame's header at the start of p and returns
// the rest.
func (t *Tap) header(p []byte) []byte {
	if t.kept == 0 && t.closing != closeNone {
		t.note(faultAfterClose)
	}
	b := p
	if t.kept > 0 || len(p) < sizeHeader {
		// The header may be split, so collect it.
		b = t.head[:copy(t.head[t.kept:], p)+int(t.kept)]
	}
	if len(b) < sizeStart {
		t.kept = uint8(len(b))
		return nil
	}
	if t.kept < sizeStart {
		t.checkHeader(b)
	}
	size := headerSize(b[1])
	if len(b) < size {
		t.kept = uint8(len(b))
		return nil
	}
	p = p[size-int(t.kept):]
	t.kept = 0
	t.begin(b[:size])
	return p
}

// headerSize returns the size of a header with the given second byte.
func headerSize(b1 byte) int {
	size := sizeStart
	switch b1 & bitsLength {
	case length16:
		size += 2
	case length64:
		size += 8
	}
	if b1&bitMask != 0 {
		size += sizeKey
	}
	return size
}

// checkHeader records the violations in the first two bytes of a frame.
func (t *Tap) checkHeader(b []byte) {
	control := b[0]&bitControl != 0
	switch {
	case b[0]&bitsOpcode == opcodeClose:
		var err error
		if t.mask != 0 {
			_, _, err = frame.ParseMasked(nil, b[:sizeStart])
		} else {
			_, _, err = frame.Parse(b[:sizeStart])
		}
		e, faulty := err.(frame.Error)
		faulty = faulty && e != frame.ErrIncomplete
		if faulty {
			t.note(uint8(e))
		}
		if t.closing == closeNone {
			t.closing = closeBegun
			if faulty {
				t.closing, t.faulty = closeFaulty, e
			}
		}
	case control && b[0]&bitFIN == 0:
		// "All control frames […] MUST NOT be fragmented." (§5.5)
		t.note(uint8(frame.ErrFragmented))
	case b[1]&bitMask != t.mask:
		// "a client MUST mask all frames that it sends to the server […] A
		// server MUST NOT mask any frames that it sends to the client." (§5.1)
		if t.mask != 0 {
			t.note(uint8(frame.ErrUnmasked))
		} else {
			t.note(uint8(frame.ErrMasked))
		}
	case control && b[1]&bitsLength > frame.MaxPayload:
		// "All control frames MUST have a payload length of 125 bytes or less"
		// (§5.5), in "the minimal number of bytes" (§5.2).
		t.note(uint8(frame.ErrTooLong))
	}
}

// begin starts the payload after the complete header h.
func (t *Tap) begin(h []byte) {
	n := h[sizeStart:]
	if h[1]&bitMask != 0 {
		n = n[:len(n)-sizeKey]
	}
	t.left = uint64(h[1] & bitsLength)
	if len(n) > 0 {
		t.left = 0
		for _, x := range n {
			t.left = t.left<<8 | uint64(x)
		}
	}
	if t.closing == closeBegun {
		// Valid headers of Close frames have only the key after the first two
		// bytes. The header is kept for it.
		copy(t.head[:], h)
		if t.left == 0 {
			t.end()
		}
	}
}

// pass consumes bytes of the current payload at the start of p and returns the
// rest.
func (t *Tap) pass(p []byte) []byte {
	n := int(min(t.left, uint64(len(p))))
	if t.closing == closeBegun {
		b := t.payload[t.size:][:n]
		copy(b, p)
		if t.mask != 0 {
			frame.Mask(b, [sizeKey]byte(t.head[sizeStart:]), int(t.size))
		}
		t.size += uint8(n)
	}
	if t.left -= uint64(n); t.left == 0 && t.closing == closeBegun {
		t.end()
	}
	return p[n:]
}

// end validates the payload of the first Close frame.
func (t *Tap) end() {
	t.closing = closeValid
	if _, err := frame.ParsePayload(t.payload[:t.size]); err != nil {
		t.closing, t.faulty = closeFaulty, err.(frame.Error)
		t.note(uint8(t.faulty))
	}
}

// note records a violation, if it is the first.
func (t *Tap) note(fault uint8) {
	if t.fault == 0 {
		t.fault = fault
	}
}

// AtBoundary reports whether a Close frame could be inserted now: no frame is
// incomplete, and no Close frame, valid or not, has passed.
func (t *Tap) AtBoundary() bool {
	return t.left == 0 && t.kept == 0 && t.closing == closeNone
}

// Close returns the first Close frame of the direction, once it has passed. ok
// is false if there was none, or if it was invalid; see [Tap.CloseErr]. The
// Reason is a view of memory that later calls of Write do not change.
func (t *Tap) Close() (c frame.Close, ok bool) {
	if t.closing != closeValid {
		return frame.Close{}, false
	}
	c, err := frame.ParsePayload(t.payload[:t.size])
	return c, err == nil
}

// CloseErr returns the fault of the first Close frame of the direction, a
// [frame.Error], or nil if the frame is valid or has not passed. It differs
// from [Tap.Err] if another violation came first. An endpoint that uses a Tap
// to find the peer's Close frame needs it to answer that frame.
func (t *Tap) CloseErr() error {
	if t.faulty == 0 {
		return nil
	}
	return t.faulty
}

// Err returns the first violation seen, or nil: a [frame.Error] or
// [ErrAfterClose]. A fault in the first two bytes of a frame is reported as
// soon as both have passed, and a fault in the payload of a Close frame once
// the payload has passed. These are violations:
//
//   - a Close frame that the parsers of package frame reject
//   - a frame of a client that is not masked, or a frame of a server that is
//     ([frame.ErrUnmasked], [frame.ErrMasked])
//   - a control frame that is fragmented ([frame.ErrFragmented]), or whose
//     length is above 125 or in a longer form ([frame.ErrTooLong])
//   - anything after a Close frame ([ErrAfterClose])
func (t *Tap) Err() error {
	switch t.fault {
	case 0:
		return nil
	case faultAfterClose:
		return ErrAfterClose
	}
	return frame.Error(t.fault)
}
