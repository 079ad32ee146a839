package main

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/closeframe/closeframe/closecode"
)

// The opcodes (RFC 6455 §5.2). The opcode of a frame that continues a message is 0.
const opText, opBinary, opClose, opPing, opPong = 1, 2, 8, 9, 10

// maxMessage is how many bytes a message may have.
const maxMessage = 1 << 20

// A wsFrame is a frame whose header has been checked. The payload is unmasked.
type wsFrame struct {
	fin     bool
	op      byte
	payload []byte
}

// A fault is a status code to fail the connection with, because of a frame's header.
type fault closecode.Code

func (f fault) Error() string { return closecode.Code(f).String() }

// readFrame reads a frame of a client. It returns a fault if the header is invalid.
func readFrame(in *bufio.Reader) (f wsFrame, err error) {
	var head [8]byte
	if _, err = io.ReadFull(in, head[:2]); err != nil {
		return f, err
	}
	f.fin, f.op = head[0]&0x80 != 0, head[0]&0x0f
	size, masked := uint64(head[1]&0x7f), head[1]&0x80 != 0
	switch {
	case head[0]&0x70 != 0, f.op > opBinary && f.op < opClose, f.op > opPong: // reserved
		return f, fault(closecode.ProtocolError)
	case !masked, f.op >= opClose && (!f.fin || size > 125): // §5.1, §5.5
		return f, fault(closecode.ProtocolError)
	case size > 125:
		n := 2 // bytes of the length
		if size == 127 {
			n = 8
		}
		head = [8]byte{}
		if _, err = io.ReadFull(in, head[8-n:]); err != nil {
			return f, err
		}
		size = binary.BigEndian.Uint64(head[:])
		if size < 126 || n == 8 && (size < 1<<16 || size > 1<<63-1) { // §5.2: the shortest form
			return f, fault(closecode.ProtocolError)
		}
	}
	if size > maxMessage {
		return f, fault(closecode.MessageTooBig)
	}
	b := make([]byte, 4+size)
	if _, err = io.ReadFull(in, b); err != nil {
		return f, err
	}
	f.payload = b[4:]
	for i := range f.payload {
		f.payload[i] ^= b[i&3]
	}
	return f, nil
}

// appendFrame appends a frame of a server to b.
func appendFrame(b []byte, op byte, payload []byte) []byte {
	b = append(b, 0x80|op)
	switch n := len(payload); {
	case n <= 125:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, payload...)
}
