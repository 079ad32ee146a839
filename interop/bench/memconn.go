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

// A memConn is a connection in memory. It reads in and then io.EOF, and appends
// written bytes to out.
type memConn struct {
	in  bytes.Reader
	out []byte

	// onWrite, if not nil, is called with the first bytes written, and returns
	// the next bytes to read.
	onWrite func(p []byte) []byte
}

// newMemConn returns a connection with room for the written bytes, so that only
// the library under test allocates.
func newMemConn(onWrite func(p []byte) []byte) *memConn {
	return &memConn{out: make([]byte, 0, 512), onWrite: onWrite}
}

// reset discards the written bytes and sets the bytes to read.
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

// A hijacker is a ResponseWriter whose connection can be taken over.
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

// openingResponse is a server's response to the opening handshake (RFC 6455
// §4.2.2).
func openingResponse(request []byte) []byte {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request)))
	if err != nil {
		panic(err)
	}
	return []byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Accept: " + acceptKey(r.Header.Get("Sec-Websocket-Key")) + "\r\n\r\n")
}

// acceptKey returns the Sec-WebSocket-Accept value for a client's key.
func acceptKey(key string) string {
	h := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(h[:])
}
