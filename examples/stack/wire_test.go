package stack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/closeframe/closeframe/closecode"
)

// The tests build and parse frames here, with code that is independent of the
// endpoint.

// A wireFrame is a frame that a peer sends, valid or invalid.
type wireFrame struct {
	first   byte   // FIN, RSV and the opcode
	payload string // before masking
	length  string // if not "", replaces the length: 7 bits after the mask bit, and further bytes
	unlike  bool   // with the wrong masking for the role
}

// Valid frames.
func text(s string) wireFrame     { return wireFrame{first: 0x81, payload: s} }
func bin(s string) wireFrame      { return wireFrame{first: 0x82, payload: s} }
func textPart(s string) wireFrame { return wireFrame{first: 0x01, payload: s} }
func binPart(s string) wireFrame  { return wireFrame{first: 0x02, payload: s} }
func part(s string) wireFrame     { return wireFrame{first: 0x00, payload: s} }
func last(s string) wireFrame     { return wireFrame{first: 0x80, payload: s} }
func ping(s string) wireFrame     { return wireFrame{first: 0x89, payload: s} }
func pong(s string) wireFrame     { return wireFrame{first: 0x8a, payload: s} }
func closing(code closecode.Code, reason string) wireFrame {
	if code == closecode.NoStatusRcvd {
		return wireFrame{first: 0x88}
	}
	return wireFrame{first: 0x88, payload: string([]byte{byte(code >> 8), byte(code)}) + reason}
}

// appendTo appends the frame of a client or a server to b.
func (f wireFrame) appendTo(b []byte, client bool) []byte {
	var mask byte
	if client != f.unlike {
		mask = 0x80
	}
	length := f.length
	switch n := len(f.payload); {
	case length != "":
	case n < 126:
		length = string([]byte{byte(n)})
	case n < 1<<16:
		length = string(binary.BigEndian.AppendUint16([]byte{126}, uint16(n)))
	default:
		length = string(binary.BigEndian.AppendUint64([]byte{127}, uint64(n)))
	}
	b = append(b, f.first, mask|length[0])
	b = append(b, length[1:]...)
	if mask == 0 {
		return append(b, f.payload...)
	}
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	b = append(b, key[:]...)
	for i := range len(f.payload) {
		b = append(b, f.payload[i]^key[i%4])
	}
	return b
}

func (f wireFrame) String() string { return fmt.Sprintf("%#02x %.40q", f.first, f.payload) }

func wire(client bool, frames ...wireFrame) (b []byte) {
	for _, f := range frames {
		b = f.appendTo(b, client)
	}
	return b
}

// nextFrame removes one frame of a client or a server from b. It rejects
// invalid frames.
func nextFrame(b []byte, client bool) (f wireFrame, rest []byte, err error) {
	if len(b) < 2 {
		return f, b, io.ErrUnexpectedEOF
	}
	f.first = b[0]
	n, size := 2, uint64(b[1]&0x7f)
	if size >= 126 {
		n = map[uint64]int{126: 4, 127: 10}[size]
		if len(b) < n {
			return f, b, io.ErrUnexpectedEOF
		}
		size = 0
		for _, x := range b[2:n] {
			size = size<<8 | uint64(x)
		}
		if size < 126 || n == 10 && size < 1<<16 {
			return f, b, errors.New("length not minimal")
		}
	}
	if b[1]&0x80 != 0 != client {
		return f, b, errors.New("mask bit wrong")
	}
	var key [4]byte
	if client {
		if len(b) < n+4 {
			return f, b, io.ErrUnexpectedEOF
		}
		key = [4]byte(b[n:])
		n += 4
	}
	if uint64(len(b)-n) < size {
		return f, b, io.ErrUnexpectedEOF
	}
	p := bytes.Clone(b[n : n+int(size)])
	for i := range p {
		p[i] ^= key[i%4]
	}
	f.payload = string(p)
	return f, b[n+int(size):], nil
}

// unwire returns the frames in b, with data frames joined to messages (first is
// then 0x81 or 0x82). It verifies their order: at most one Close, and only
// Pongs after it.
func unwire(b []byte, client bool) (frames []wireFrame, err error) {
	open := -1 // index of the incomplete message
	var message strings.Builder
	closed := false
	for len(b) > 0 {
		var f wireFrame
		if f, b, err = nextFrame(b, client); err != nil {
			return frames, err
		}
		op := f.first & 0x0f
		switch {
		case f.first&0x70 != 0:
			return frames, fmt.Errorf("%v: reserved bit", f)
		case closed && op != 10:
			return frames, fmt.Errorf("%v after the Close", f)
		case op >= 8 && (f.first&0x80 == 0 || op > 10 || len(f.payload) > 125):
			return frames, fmt.Errorf("%v: bad control frame", f)
		case op > 2 && op < 8, op == 0 && open < 0, (op == 1 || op == 2) && open >= 0:
			return frames, fmt.Errorf("%v: bad data frame", f)
		case op == 0:
			message.WriteString(f.payload)
			if f.first&0x80 != 0 {
				frames[open].first |= 0x80
				frames[open].payload = message.String()
				open = -1
			}
			continue
		case op < 8 && f.first&0x80 == 0:
			open = len(frames)
			message.Reset()
			message.WriteString(f.payload)
		}
		closed = closed || op == 8
		frames = append(frames, f)
	}
	return frames, nil
}
