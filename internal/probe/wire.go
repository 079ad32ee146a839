package probe

import (
	"encoding/binary"
)

// The opcodes of RFC 6455 §5.2.
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

// maxKept is the maximum number of payload bytes kept of a frame. It is enough
// for every valid control frame.
const maxKept = 256

// A wireFrame is a frame as the peer sent it (RFC 6455 §5.2).
type wireFrame struct {
	fin      bool
	rsv      byte // the three bits, RSV1 the highest
	opcode   byte
	masked   bool
	minimal  bool // the length is in the shortest form
	declared uint64
	payload  []byte // the first maxKept bytes, unmasked
	bytes    []byte // as received, up to the last byte of payload
}

// A parser splits a stream into frames. It keeps a bounded part of each.
type parser struct {
	head []byte // of the frame that is incomplete
	f    *wireFrame
	key  [4]byte
	left uint64 // bytes of f's payload that are still to come
}

// next consumes bytes of one frame from b. It returns the frame if it is
// complete, and the rest of b.
func (p *parser) next(b []byte) (*wireFrame, []byte) {
	for p.f == nil {
		if len(b) == 0 {
			return nil, nil
		}
		p.head = append(p.head, b[0])
		b = b[1:]
		p.header()
	}
	f := p.f
	n := min(uint64(len(b)), p.left)
	if keep := maxKept - len(f.payload); keep > 0 {
		for _, c := range b[:min(n, uint64(keep))] {
			f.bytes = append(f.bytes, c)
			f.payload = append(f.payload, c^p.key[len(f.payload)&3])
		}
	}
	p.left -= n
	if b = b[n:]; p.left > 0 {
		return nil, nil
	}
	*p = parser{}
	return f, b
}

// header sets f if the header is complete.
func (p *parser) header() {
	b := p.head
	if len(b) < 2 {
		return
	}
	size := 2
	switch b[1] & 0x7f {
	case 126:
		size = 4
	case 127:
		size = 10
	}
	masked := b[1]&0x80 != 0
	length := b[2:min(len(b), size)]
	if masked {
		size += 4
	}
	if len(b) < size {
		return
	}
	f := &wireFrame{
		fin:    b[0]&0x80 != 0,
		rsv:    b[0] >> 4 & 7,
		opcode: b[0] & 0xf,
		masked: masked,
		bytes:  b,
	}
	switch len(length) {
	case 0:
		f.declared, f.minimal = uint64(b[1]&0x7f), true
	case 2:
		f.declared = uint64(binary.BigEndian.Uint16(length))
		f.minimal = f.declared > 125
	case 8:
		f.declared = binary.BigEndian.Uint64(length)
		f.minimal = f.declared > 0xffff
	}
	if masked {
		p.key = [4]byte(b[size-4:])
	}
	p.f, p.left = f, f.declared
}

// incomplete returns the bytes of a frame that did not arrive in full.
func (p *parser) incomplete() []byte {
	if p.f != nil {
		return p.f.bytes
	}
	return p.head
}
