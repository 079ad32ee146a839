package main

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"net"
	"net/http"
	"net/url"
	"time"
)

// A memConn is a connection that needs no kernel: it reads what is in in, then
// io.EOF, and keeps what is written to it in out.
type memConn struct {
	in  bytes.Reader
	out []byte

	// onWrite, if not nil, is told of the first thing written, and returns
	// what is to be read next.
	onWrite func(p []byte) []byte
}

// newMemConn returns a connection with room for what a test writes, so that what
// is allocated is allocated by who uses it.
func newMemConn(onWrite func(p []byte) []byte) *memConn {
	return &memConn{out: make([]byte, 0, 512), onWrite: onWrite}
}

// reset forgets what was written and gives in to read.
func (c *memConn) reset(in []byte) {
	c.in.Reset(in)
	c.out = c.out[:0]
}

func (c *memConn) Read(p []byte) (int, error) { return c.in.Read(p) }

func (c *memConn) Write(p []byte) (int, error) {
	c.out = append(c.out, p...)
	if f := c.onWrite; f != nil {
		c.onWrite = nil
		c.in.Reset(f(p))
	}
	return len(p), nil
}

func (c *memConn) Close() error                     { return nil }
func (c *memConn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *memConn) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *memConn) SetDeadline(time.Time) error      { return nil }
func (c *memConn) SetReadDeadline(time.Time) error  { return nil }
func (c *memConn) SetWriteDeadline(time.Time) error { return nil }

// upgrade is the request of a client's opening handshake.
func upgrade() *http.Request {
	return &http.Request{
		Method: "GET", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: "localhost", URL: &url.URL{Path: "/"},
		Header: http.Header{
			"Connection":            {"Upgrade"},
			"Upgrade":               {"websocket"},
			"Sec-Websocket-Version": {"13"},
			"Sec-Websocket-Key":     {"dGhlIHNhbXBsZSBub25jZQ=="},
		},
	}
}

// A hijacker is the response of a server that gives up its connection.
type hijacker struct {
	header http.Header
	conn   net.Conn
	rw     *bufio.ReadWriter
}

func newHijacker(conn net.Conn) *hijacker {
	return &hijacker{http.Header{}, conn, bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn))}
}

func (h *hijacker) Header() http.Header         { return h.header }
func (h *hijacker) WriteHeader(int)             {}
func (h *hijacker) Write(p []byte) (int, error) { return h.conn.Write(p) }
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, h.rw, nil
}

// openingResponse is what a server answers a client's opening handshake with
// (RFC 6455 §4.2.2).
func openingResponse(request []byte) []byte {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request)))
	if err != nil {
		panic(err)
	}
	return []byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Accept: " + acceptKey(r.Header.Get("Sec-Websocket-Key")) + "\r\n\r\n")
}

// acceptKey is how a server shows that it has read a client's key.
func acceptKey(key string) string {
	h := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(h[:])
}
