package closeconn_test

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// A server rejects a message before reading all of it, and the client still
// receives the code.
func ExampleFinish() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ln.Close()

	go func() { // the server, after the opening handshake
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		var h closeevent.Handshake
		if _, err := conn.Write(h.Fail(nil, closecode.MessageTooBig)); err != nil {
			h.WriteFailed()
		}
		closeconn.Finish(conn, &h, 5*time.Second)
	}()

	// The client sends more than the server accepts, and reads afterwards.
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := conn.Write(make([]byte, 1<<20)); err != nil {
		fmt.Println(err)
		return
	}
	h := closeevent.NewClient([4]byte{0x37, 0xfa, 0x21, 0x3d}) // from crypto/rand
	in := make([]byte, 4)
	if _, err := io.ReadFull(conn, in); err != nil {
		fmt.Println(err)
		return
	}
	c, _, err := frame.Parse(in)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := conn.Write(h.Receive(nil, c)); err != nil {
		h.WriteFailed()
	}
	fmt.Println(closeconn.Finish(conn, &h, 5*time.Second))
	// Output: websocket closed: 1009 Message Too Big
}

// An http.Handler hijacks the connection, reads a message, and closes the
// connection properly: a message that the client sends at the same time does
// not make the kernel reset the connection.
func ExampleClose() {
	ended := make(chan closeevent.Event, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The opening handshake, without the checks of a real server.
		sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
		rw.Flush()

		// The handler closes the connection. rw.Reader may already have further
		// frames.
		var h closeevent.Handshake
		event, err := closeconn.Close(conn, rw.Reader, &h, closecode.PolicyViolation, "log in first", 5*time.Second)
		if err != nil {
			fmt.Println(err) // a code or a reason that cannot be sent
		}
		ended <- event
	}))
	defer server.Close()

	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
	in := bufio.NewReader(conn)
	if _, err := http.ReadResponse(in, nil); err != nil {
		fmt.Println(err)
		return
	}
	conn.Write([]byte("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58")) // "Hello", RFC 6455 §5.7
	h := closeevent.NewClient([4]byte{0x37, 0xfa, 0x21, 0x3d})         // from crypto/rand
	b := make([]byte, 16)
	if _, err := io.ReadFull(in, b); err != nil {
		fmt.Println(err)
		return
	}
	c, _, err := frame.Parse(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	conn.Write(h.Receive(nil, c))
	fmt.Println("client:", closeconn.Finish(conn, &h, 5*time.Second))
	fmt.Println("server:", <-ended)
	// Output:
	// client: websocket closed: 1008 Policy Violation, reason "log in first"
	// server: websocket closed: 1008 Policy Violation
}
