package stack

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
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
			frames[open].payload += f.payload
			if f.first&0x80 != 0 {
				frames[open].first |= 0x80
				open = -1
			}
			continue
		case op < 8 && f.first&0x80 == 0:
			open = len(frames)
		}
		closed = closed || op == 8
		frames = append(frames, f)
	}
	return frames, nil
}

// A script is a peer in memory: it sends the chunks, one per Read, closes its
// side, and accepts every write.
type script struct {
	mu     sync.Mutex
	pieces [][]byte
	sent   []byte // by the endpoint
	closed bool
	atOnce bool // EOF is returned with the last bytes
}

func (s *script) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, net.ErrClosed
	}
	for len(s.pieces) > 0 && len(s.pieces[0]) == 0 {
		s.pieces = s.pieces[1:]
	}
	if len(s.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.pieces[0])
	s.pieces[0] = s.pieces[0][n:]
	if s.atOnce && len(s.pieces) == 1 && len(s.pieces[0]) == 0 {
		return n, io.EOF
	}
	return n, nil
}

func (s *script) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, net.ErrClosed
	}
	s.sent = append(s.sent, p...)
	return len(p), nil
}

func (s *script) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

func (s *script) CloseWrite() error                { return nil }
func (s *script) LocalAddr() net.Addr              { return nil }
func (s *script) RemoteAddr() net.Addr             { return nil }
func (s *script) SetDeadline(time.Time) error      { return nil }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

// An outcome is the result of a script.
type outcome struct {
	messages []wireFrame // that Read returned
	sent     []wireFrame // by the endpoint
	event    closeevent.Event
}

// run makes an endpoint, a client or a server, read the chunks to the end. If
// echo is set, the endpoint returns every message.
func run(t testing.TB, client bool, config Config, echo bool, pieces ...[]byte) (o outcome) {
	t.Helper()
	s := &script{pieces: pieces}
	c := newConn(s, bufio.NewReader(s), client, config)
	for {
		op, msg, err := c.Read(nil)
		if err != nil {
			var ok bool
			if o.event, ok = errors.AsType[closeevent.Event](err); !ok {
				t.Errorf("Read returned %v, without a CloseEvent", err)
			}
			if o.event.WasClean != (err == error(o.event)) {
				t.Errorf("Read returned %v with %v", err, o.event)
			}
			break
		}
		o.messages = append(o.messages, wireFrame{first: 0x80 | byte(op), payload: string(msg)})
		if echo {
			if err := c.Write(op, msg); err != nil {
				t.Errorf("Write: %v", err)
			}
		}
	}
	s.mu.Lock() // a Pong may be on its way
	defer s.mu.Unlock()
	if !s.closed {
		t.Error("the transport is open after the end")
	}
	var err error
	if o.sent, err = unwire(s.sent, client); err != nil {
		t.Errorf("sent % .200x: %v", s.sent, err)
	}
	return o
}

// closeOf returns the code and the reason of the Close among the frames. The
// code is 1005 for an empty one and 0 for none.
func closeOf(frames []wireFrame) (closecode.Code, string) {
	for _, f := range frames {
		if f.first == 0x88 {
			if len(f.payload) < 2 {
				return closecode.NoStatusRcvd, ""
			}
			return closecode.Code(f.payload[0])<<8 | closecode.Code(f.payload[1]), f.payload[2:]
		}
	}
	return 0, ""
}

// roles calls f for both roles of the endpoint.
func roles(t *testing.T, f func(t *testing.T, client bool)) {
	t.Run("server", func(t *testing.T) { f(t, false) })
	t.Run("client", func(t *testing.T) { f(t, true) })
}

// clean and lost are the two ways in which connections end.
func clean(code closecode.Code, reason string) closeevent.Event {
	return closeevent.Event{Code: code, Reason: reason, WasClean: true}
}

var lost = closeevent.Event{Code: closecode.AbnormalClosure}
