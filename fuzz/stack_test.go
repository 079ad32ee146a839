package fuzz

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/examples/eventloop"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/vectors"
)

// limit is the maximum length of a message.
const limit = 300

// FuzzStack passes the same bytes, split anywhere, to both endpoints that embed
// the module: examples/stack, which blocks in Read, and examples/eventloop.
// They must not panic or hang. They must agree with each other and with RFC
// 6455 on valid streams and clean ends, and must answer every Close frame. The
// endpoint closes after a number of messages.
func FuzzStack(f *testing.F) {
	for _, client := range []bool{false, true} {
		for _, frames := range [][]string{
			{"\x81text", "\x82\xff", "\x88\x03\xe8bye"},
			{"\x01\xe2", "\x89ping", "\x80\x82\xac", "\x88"},
			{"\x81\xff"}, {"\x01\xe2\x82", "\x80"}, {"\x88\x03\xed"}, {"\x88\x03"}, {"\x88\x0b\xb8\xff"},
			{"\x88\x0f\xa0first", "\x88\x0f\xa1second"}, {"\xc1"}, {"\x83"}, {"\x80"}, {"\x01", "\x81"}, {"\x09"}, {""},
			{"\x02" + string(make([]byte, limit)), "\x80x"},
			{"\x82" + string(make([]byte, 126)), "\x8a", "\x88\x03\xe8"},
		} {
			var b []byte
			for _, s := range frames {
				if s != "" {
					b = appendWire(b, !client, s[0], s[1:])
				}
			}
			f.Add(b, []byte{}, client, byte(255))
			f.Add(b, []byte{0, 0, 0, 0, 0, 0, 0}, client, byte(0))
			f.Add(b, []byte{3, 1, 4, 1, 5, 9}, client, byte(1))
		}
	}
	for _, v := range vectors.Frames() {
		f.Add([]byte(v.Bytes), []byte{1}, v.Role == vectors.Client, byte(255))
	}
	f.Fuzz(func(t *testing.T, in, cuts []byte, client bool, messages byte) {
		hang := time.AfterFunc(20*time.Second, func() { panic("an endpoint hangs") })
		defer hang.Stop()
		var chunks [][]byte
		for rest := in; len(rest) > 0; {
			n := len(rest)
			if len(cuts) > 0 {
				n = min(n, 1+int(cuts[0]))
				cuts = cuts[1:]
			}
			chunks = append(chunks, rest[:n:n])
			rest = rest[n:]
		}
		a := playStack(t, chunks, client, int(messages))
		b := playLoop(chunks, client, int(messages))
		if a.event != b.event || a.closed != b.closed || !slices.Equal(a.messages, b.messages) || a.first != b.first {
			t.Errorf("stack:     %+v\neventloop: %+v", a, b)
		}
		for _, p := range []played{a, b} {
			// "If an endpoint receives a Close frame and did not previously
			// send a Close frame, the endpoint MUST send a Close frame in
			// response." (§5.5.1)
			if p.event.Code != closecode.AbnormalClosure && (p.closed == "" || !p.event.WasClean) {
				t.Errorf("a Close was received and none sent: %+v", p)
			}
			if p.event.WasClean && (p.event.Code != closecode.NoStatusRcvd && !p.event.Code.Valid()) {
				t.Errorf("a code that cannot be sent: %+v", p)
			}
			if p.event.Code == closecode.AbnormalClosure && (p.event.WasClean || p.event.Reason != "") {
				t.Errorf("1006 that is clean or has a reason: %+v", p)
			}
		}
	})
}

// A played is what an endpoint did with a stream.
type played struct {
	event    closeevent.Event
	first    bool     // the peer closed first
	messages []string // received
	closed   string   // the payload of the Close that was sent, in quotes, or ""
}

// playStack sends the chunks to examples/stack.
func playStack(t *testing.T, chunks [][]byte, client bool, messages int) (p played) {
	peer := &memory{chunks: slices.Clone(chunks), done: make(chan struct{})}
	var c *stack.Conn
	var err error
	config := stack.Config{MaxMessage: limit}
	if client {
		c, err = stack.NewClient(t.Context(), peer, "ws://localhost/", config)
	} else {
		r, _ := http.NewRequest("GET", "http://localhost/", nil)
		r.Header = http.Header{
			"Upgrade": {"websocket"}, "Connection": {"Upgrade"},
			"Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
		}
		c, err = stack.Upgrade(hijacked{peer}, r, config)
	}
	if err != nil {
		t.Fatal(err)
	}
	for {
		if len(p.messages) == messages {
			p.event, err = c.Close(4000, "enough")
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		op, msg, err := c.Read(nil)
		if err != nil {
			var ok bool
			if p.event, ok = errors.AsType[closeevent.Event](err); !ok {
				t.Fatalf("Read: %v", err)
			}
			break
		}
		p.messages = append(p.messages, fmt.Sprintf("%v %q", op == stack.Text, msg))
	}
	p.first = c.PeerFirst()
	<-peer.done // if the machine is busy, closeconn.Finish does not wait for Close
	_, sent, _ := bytes.Cut(peer.all(), []byte("\r\n\r\n"))
	p.closed = lastClose(sent, client)
	return p
}

// playLoop sends the chunks to examples/eventloop.
func playLoop(chunks [][]byte, client bool, messages int) (p played) {
	c := new(eventloop.Conn)
	if client {
		c = eventloop.NewClient()
	}
	c.Limit = limit
	var out, msg []byte
	if messages == 0 {
		out, _ = c.Close(out, 4000, "enough")
	}
	for _, in := range chunks {
		out = c.Feed(out, bytes.Clone(in), func(out, chunk []byte, text, final bool) []byte {
			if msg = append(msg, chunk...); !final {
				return out
			}
			p.messages = append(p.messages, fmt.Sprintf("%v %q", text, msg))
			msg = msg[:0]
			if len(p.messages) == messages {
				out, _ = c.Close(out, 4000, "enough")
			}
			return out
		})
	}
	p.event = c.TransportClosed()
	p.first = c.PeerFirst()
	p.closed = lastClose(out, client)
	return p
}

// lastClose reads the frames that an endpoint has sent, all of them small, and
// returns the payload of the Close. Only Pongs may follow it.
func lastClose(sent []byte, client bool) (payload string) {
	for len(sent) > 0 {
		n, size := 2, int(sent[1]&0x7f)
		var key [4]byte
		if client {
			n, key = 6, [4]byte(sent[2:])
		}
		p := sent[n : n+size]
		frame.Mask(p, key, 0)
		if sent[1]&0x80 != 0 != client || size > 125 || sent[0] != 0x88 && sent[0] != 0x8a {
			panic(fmt.Sprintf("sent % x", sent))
		}
		first := sent[0]
		sent = sent[n+size:]
		if first == 0x88 {
			if payload != "" {
				panic(fmt.Sprintf("a second Close: % x", p))
			}
			payload = fmt.Sprintf("%q", p)
		}
	}
	return payload
}

// appendWire appends a frame of a client or a server.
func appendWire(b []byte, client bool, first byte, payload string) []byte {
	var key [4]byte
	mask := byte(0)
	if client {
		mask, key = 0x80, [4]byte{1, 2, 3, 4}
	}
	if n := len(payload); n < 126 {
		b = append(b, first, mask|byte(n))
	} else {
		b = append(b, first, mask|126, byte(n>>8), byte(n))
	}
	if client {
		b = append(b, key[:]...)
	}
	b = append(b, payload...)
	frame.Mask(b[len(b)-len(payload):], key, 0)
	return b
}

// A memory is a transport whose Read returns the chunks, one per call, and then
// EOF. It first answers an opening handshake if there is one.
type memory struct {
	mu     sync.Mutex
	chunks [][]byte
	sent   []byte
	closed bool
	done   chan struct{} // closed with it
}

func (m *memory) Read(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return 0, net.ErrClosed
	}
	if len(m.chunks) == 0 {
		return 0, io.EOF
	}
	n := copy(p, m.chunks[0])
	if m.chunks[0] = m.chunks[0][n:]; len(m.chunks[0]) == 0 {
		m.chunks = m.chunks[1:]
	}
	return n, nil
}

func (m *memory) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return 0, net.ErrClosed
	}
	asked := bytes.HasPrefix(m.sent, []byte("GET")) && bytes.Contains(m.sent, []byte("\r\n\r\n"))
	m.sent = append(m.sent, p...)
	if !asked && bytes.HasPrefix(m.sent, []byte("GET")) && bytes.Contains(m.sent, []byte("\r\n\r\n")) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(m.sent)))
		if err != nil {
			return 0, err
		}
		sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		m.chunks = slices.Insert(m.chunks, 0, []byte("HTTP/1.1 101 Switching Protocols\r\n"+
			"Upgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Accept: "+base64.StdEncoding.EncodeToString(sum[:])+"\r\n\r\n"))
	}
	return len(p), nil
}

func (m *memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		m.closed = true
		close(m.done)
	}
	return nil
}

func (m *memory) all() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return bytes.Clone(m.sent)
}

func (m *memory) CloseWrite() error                { return nil }
func (m *memory) LocalAddr() net.Addr              { return nil }
func (m *memory) RemoteAddr() net.Addr             { return nil }
func (m *memory) SetDeadline(time.Time) error      { return nil }
func (m *memory) SetReadDeadline(time.Time) error  { return nil }
func (m *memory) SetWriteDeadline(time.Time) error { return nil }

// hijacked is a ResponseWriter that supports Hijack.
type hijacked struct{ *memory }

func (h hijacked) Header() http.Header { return http.Header{} }
func (h hijacked) WriteHeader(int)     {}
func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.memory, bufio.NewReadWriter(bufio.NewReader(h.memory), bufio.NewWriter(h.memory)), nil
}
