package main

import (
	"bufio"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
)

// limit is the timeout for each event in a case.
const limit = 90 * time.Second

// A rawConn is one end of a WebSocket connection that sends any bytes, whether
// RFC 6455 allows them or not.
type rawConn struct {
	net.Conn
	r      *bufio.Reader
	client bool
}

var key = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// dial opens a WebSocket connection.
func dial(network, addr, path string, header ...string) *rawConn {
	c := must(net.DialTimeout(network, addr, limit))
	c.SetDeadline(time.Now().Add(limit))
	r := upgrade(c, addr, path, header...)
	if r.StatusCode != 101 {
		panic(r.Status)
	}
	return r.rawConn
}

type upgraded struct {
	*rawConn
	*http.Response
}

// upgrade sends the opening handshake on c and reads the answer.
func upgrade(c net.Conn, host, path string, header ...string) upgraded {
	req := "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
	for _, h := range header {
		req += h + "\r\n"
	}
	must(io.WriteString(c, req+"\r\n"))
	r := bufio.NewReader(c)
	return upgraded{&rawConn{c, r, true}, must(http.ReadResponse(r, nil))}
}

// listen accepts n connections on a free port of addr, calls f with each in
// turn, closes the listener, and then closes done.
func listen(addr string, n int, f func(c *rawConn)) (string, <-chan struct{}) {
	return serve(must(net.Listen("tcp", addr)), n, f)
}

func serve(ln net.Listener, n int, f func(c *rawConn)) (string, <-chan struct{}) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range n {
			c := must(ln.Accept())
			c.SetDeadline(time.Now().Add(limit))
			f(accept(c))
		}
		ln.Close()
	}()
	return ln.Addr().String(), done
}

// accept answers the opening handshake.
func accept(c net.Conn, header ...string) *rawConn {
	r := bufio.NewReader(c)
	req := must(http.ReadRequest(r))
	sum := sha1.Sum([]byte(req.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	res := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(sum[:]) + "\r\n"
	for _, h := range header {
		res += h + "\r\n"
	}
	must(io.WriteString(c, res+"\r\n"))
	return &rawConn{c, r, false}
}

// frame sends a frame with a payload of any length.
func (c *rawConn) frame(opcode byte, payload string) {
	b := []byte{0x80 | opcode}
	mask := byte(0)
	if c.client {
		mask = 0x80
	}
	if n := len(payload); n < 126 {
		b = append(b, mask|byte(n))
	} else {
		b = append(b, mask|126, byte(n>>8), byte(n))
	}
	p := []byte(payload)
	if c.client {
		b = append(b, key[:]...)
		frame.Mask(p, key, 0)
	}
	must(c.Write(append(b, p...)))
}

func (c *rawConn) text(s string) { c.frame(1, s) }

// closeFrame sends a Close frame.
func (c *rawConn) closeFrame(code closecode.Code, reason string) {
	if c.client {
		must(c.Write(must(frame.AppendMasked(nil, key, code, reason))))
		return
	}
	must(c.Write(must(frame.Append(nil, code, reason))))
}

// send sends bytes as they are.
func (c *rawConn) send(b ...byte) { must(c.Write(b)) }

// read reads frames up to and including one with the given opcode, and returns
// its opcode, or 0xff at EOF.
func (c *rawConn) read(opcode byte) byte {
	for {
		var h [2]byte
		if _, err := io.ReadFull(c.r, h[:]); err != nil {
			return 0xff
		}
		n := int(h[1] & 0x7f)
		if n == 126 {
			var l [2]byte
			io.ReadFull(c.r, l[:])
			n = int(l[0])<<8 | int(l[1])
		}
		if h[1]&0x80 != 0 {
			n += 4
		}
		if _, err := c.r.Discard(n); err != nil {
			return 0xff
		}
		if h[0]&0xf == opcode {
			return opcode
		}
	}
}

// end reads until EOF.
func (c *rawConn) end() { io.Copy(io.Discard, c.r) }

// drain reads until EOF, and closes the socket.
func (c *rawConn) drain() {
	c.end()
	c.Close()
}

// finish sends FIN, reads until EOF, and closes the socket.
func (c *rawConn) finish() {
	c.fin()
	c.drain()
}

// fin closes the write side.
func (c *rawConn) fin() {
	switch c := c.Conn.(type) {
	case *net.TCPConn:
		c.CloseWrite()
	case *tls.Conn:
		c.CloseWrite()
	}
}

// reset closes the socket with a RST.
func (c *rawConn) reset() {
	tcp := c.Conn
	if t, ok := tcp.(*tls.Conn); ok {
		tcp = t.NetConn()
	}
	tcp.(*net.TCPConn).SetLinger(0)
	tcp.Close()
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Errorf("case: %w", err))
	}
	return v
}
