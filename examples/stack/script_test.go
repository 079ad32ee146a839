package stack

import (
	"bufio"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closeevent"
)

// A script is a peer in memory: it sends the chunks, one per Read, closes its
// side, and accepts every write.
type script struct {
	mu     sync.Mutex
	chunks [][]byte
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
	for len(s.chunks) > 0 && len(s.chunks[0]) == 0 {
		s.chunks = s.chunks[1:]
	}
	if len(s.chunks) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.chunks[0])
	s.chunks[0] = s.chunks[0][n:]
	if s.atOnce && len(s.chunks) == 1 && len(s.chunks[0]) == 0 {
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

// readers holds buffered readers for run, which is called for every code.
var readers = sync.Pool{New: func() any { return bufio.NewReader(nil) }}

// run makes an endpoint, a client or a server, read the chunks to the end. If
// echo is set, the endpoint returns every message.
func run(t testing.TB, client bool, config Config, echo bool, chunks ...[]byte) (o outcome) {
	t.Helper()
	s := &script{chunks: chunks}
	in := readers.Get().(*bufio.Reader)
	defer readers.Put(in)
	in.Reset(s)
	c := newConn(s, in, client, config)
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
