// Command echo is a WebSocket server on net/http that returns every frame, and closes
// the connection after the text message "close".
package main

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

func main() { log.Fatal(http.ListenAndServe("localhost:8080", http.HandlerFunc(serve))) }

// serve answers the opening handshake and echoes until the connection closes.
func serve(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Sec-WebSocket-Key")
	if key == "" || r.Header.Get("Sec-WebSocket-Version") != "13" || !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		w.Header().Set("Sec-WebSocket-Version", "13")
		http.Error(w, "this is a WebSocket server", http.StatusUpgradeRequired)
		return
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err) // HTTP/2 has no connection to take over
	}
	conn.SetDeadline(time.Time{}) // clear those of the http.Server
	accept := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(accept[:]))

	e := endpoint{in: bufio.NewReaderSize(rw.Reader, 8+1<<16)} // rw.Reader may hold frames already
	defer func() { log.Print(e.closing.Ending()) }()
	for e.closing.State() == closeevent.Open {
		out, err := e.next()
		if err != nil {
			break // the transport has ended
		}
		if string(out) == "\x81\x05close" {
			closeconn.Close(conn, e.in, &e.closing, closecode.NormalClosure, "bye", 5*time.Second)
			return
		}
		if _, err := conn.Write(out); err != nil {
			e.closing.WriteFailed() // counts only if out is a Close frame
		}
	}
	closeconn.Finish(conn, &e.closing, 5*time.Second) // sends FIN, reads to the end, closes
}

// An endpoint is the server's side of a connection.
type endpoint struct {
	in      *bufio.Reader        // has room for a frame of less than 64 KiB
	closing closeevent.Handshake // the zero Handshake is a server's
	message byte                 // the opcode of the message that is incomplete, or 0
	text    utf8check.Stream     // of a text message
}

// next reads a frame and returns the answer: the same frame, a Pong or a Close.
func (e *endpoint) next() ([]byte, error) {
	b, _ := e.in.Peek(2)
	size, err := frame.Size(b)
	if err == frame.ErrNotClose {
		return e.data(b[0], b[1])
	}
	b, _ = e.in.Peek(max(size, len(b))) // size is 0 if the first two bytes are invalid
	c, _, err := frame.ParseMasked(nil, b)
	switch err {
	case nil:
		return e.closing.Receive(nil, c), nil
	case frame.ErrIncomplete: // the transport has ended
		return nil, err
	}
	return e.closing.Fail(nil, err.(frame.Error).Code()), nil // 1002 or 1007
}

// data is next for a frame other than Close. b0 and b1 are its first two bytes.
func (e *endpoint) data(b0, b1 byte) ([]byte, error) {
	fin, op, key, size := b0&0x80 != 0, b0&0x0f, 2, int(b1&0x7f)
	switch {
	case b0&0x70 != 0, op&7 > 2, b1&0x80 == 0, op > 7 && (!fin || size > 125), op < 8 && (op == 0) == (e.message == 0):
		return e.closing.Fail(nil, closecode.ProtocolError), nil
	case size == 127:
		return e.closing.Fail(nil, closecode.MessageTooBig), nil
	}
	if b, err := e.in.Peek(4); err == nil && size == 126 {
		if key, size = 4, int(b[2])<<8|int(b[3]); size < 126 { // §5.2: the shortest form
			return e.closing.Fail(nil, closecode.ProtocolError), nil
		}
	}
	b, err := e.in.Peek(key + 4 + size)
	e.in.Discard(len(b))
	if err != nil || op == 10 { // a Pong has no answer
		return nil, err
	}
	frame.Mask(b[key+4:], [4]byte(b[key:]), 0)
	b[0] += op >> 3 // a Ping, opcode 9, becomes a Pong
	if op < 8 {
		e.message |= op // 0 continues the message
		if e.message == 1 && (!e.text.Next(b[key+4:]) || fin && !e.text.Complete()) {
			return e.closing.Fail(nil, closecode.InvalidFramePayloadData), nil
		}
		if fin {
			e.message = 0
		}
	}
	copy(b[4:], b[:key]) // a server's header has no key
	b[5] &^= 0x80
	return b[4:], nil
}
