package probe

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/closecode"
)

// A wireFrame is a frame as the peer sent it (RFC 6455 §5.2).
type wireFrame struct {
	fin        bool
	rsv        byte // the three bits, RSV1 the highest
	opcode     byte
	masked     bool
	minimal    bool // the length stands in the fewest bytes
	declared   uint64
	payload    []byte // unmasked
	start, end int    // in what was received
}

const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

// parseFrame reads the first frame of b. It returns nil if b does not hold
// all of it.
func parseFrame(b []byte) *wireFrame {
	if len(b) < 2 {
		return nil
	}
	f := &wireFrame{
		fin:    b[0]&0x80 != 0,
		rsv:    b[0] >> 4 & 7,
		opcode: b[0] & 0xf,
		masked: b[1]&0x80 != 0,
	}
	n := 2
	switch l := b[1] & 0x7f; {
	case l < 126:
		f.declared, f.minimal = uint64(l), true
	case l == 126:
		n += 2
		if len(b) < n {
			return nil
		}
		f.declared = uint64(binary.BigEndian.Uint16(b[2:]))
		f.minimal = f.declared > 125
	default:
		n += 8
		if len(b) < n {
			return nil
		}
		f.declared = binary.BigEndian.Uint64(b[2:])
		f.minimal = f.declared > 0xffff
	}
	var key []byte
	if f.masked {
		if len(b) < n+4 {
			return nil
		}
		key = b[n : n+4]
		n += 4
	}
	if f.declared > uint64(len(b)-n) {
		return nil
	}
	f.payload = append([]byte(nil), b[n:n+int(f.declared)]...)
	for i := range f.payload {
		if f.masked {
			f.payload[i] ^= key[i&3]
		}
	}
	f.end = n + int(f.declared)
	return f
}

// tokens returns the words that an Expectation's lists may use for a Close
// frame with this payload, given what an echo would be.
func closeTokens(payload []byte, echo string) []string {
	var t []string
	switch {
	case len(payload) == 0:
		t = append(t, "empty")
		if echo == "empty" {
			t = append(t, "echo")
		}
	case len(payload) == 1:
		t = append(t, "1 byte")
	default:
		c := closecode.Code(binary.BigEndian.Uint16(payload))
		code := fmt.Sprint(uint16(c))
		t = append(t, code)
		if echo == code {
			t = append(t, "echo")
		}
		if c.Valid() {
			t = append(t, "sendable")
		}
	}
	return append(t, "any")
}

// kind is what sort of frame it is.
func kind(f *wireFrame) string {
	word, _, _ := strings.Cut(describeFrame(f), " ")
	return word
}

// describeFrame puts a frame in few words: "Close 1000 “bye”".
func describeFrame(f *wireFrame) string {
	switch f.opcode {
	case opClose:
		switch {
		case len(f.payload) == 0:
			return "Close (empty)"
		case len(f.payload) == 1:
			return fmt.Sprintf("Close (1 byte: %02x)", f.payload[0])
		}
		s := fmt.Sprintf("Close %d", binary.BigEndian.Uint16(f.payload))
		if r := f.payload[2:]; len(r) > 0 {
			switch {
			case !utf8.Valid(r):
				s += " and a reason that is not UTF-8"
			case len(r) <= 40:
				s += fmt.Sprintf(" %q", r)
			default:
				s += fmt.Sprintf(" and %d bytes of reason", len(r))
			}
		}
		return s
	case opPing:
		return "Ping"
	case opPong:
		return "Pong"
	case opText:
		return fmt.Sprintf("text (%d bytes)", len(f.payload))
	case opBinary:
		return fmt.Sprintf("binary (%d bytes)", len(f.payload))
	case opContinuation:
		return fmt.Sprintf("continuation (%d bytes)", len(f.payload))
	}
	return fmt.Sprintf("opcode %#x (%d bytes)", f.opcode, len(f.payload))
}
