// Command ownframing is the echo server of a stack that reads and writes frames with
// code of its own, in frames.go. It passes the payloads of Close frames to closeframe.
package main

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"log"
	"net"
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
	e := endpoint{conn: conn}
	e.run(rw.Reader) // which may hold frames already
	log.Print(e.closing.Ending())
}

// An endpoint is the server's side of a connection.
type endpoint struct {
	conn    net.Conn
	closing closeevent.Handshake // the zero Handshake is a server's
	op      byte                 // of the message that is incomplete, or 0
	message []byte               // its fragments
}

// run answers frames until TCP is to be closed, and closes it.
func (e *endpoint) run(in *bufio.Reader) {
	for !e.closing.ShouldCloseTransport() {
		f, err := readFrame(in)
		var out []byte
		if fault, ok := err.(fault); ok {
			out = e.closing.Fail(nil, closecode.Code(fault))
		} else if err != nil {
			break // the transport has ended, or the client did not answer in time
		} else {
			out = e.answer(f)
		}
		if _, err := e.conn.Write(out); err != nil {
			e.closing.WriteFailed() // counts only if out is a Close frame
		}
	}
	closeconn.Finish(e.conn, &e.closing, 5*time.Second) // sends FIN, reads to the end, closes
}

// answer returns what to write after f.
func (e *endpoint) answer(f wsFrame) []byte {
	switch {
	case f.op == opClose:
		c, err := frame.ParsePayload(f.payload)
		if err != nil {
			return e.closing.Fail(nil, err.(frame.Error).Code()) // 1002 or 1007
		}
		return e.closing.Receive(nil, c) // empty if we closed first
	case f.op == opPing:
		return appendFrame(nil, opPong, f.payload)
	case f.op == opPong || e.closing.State() != closeevent.Open:
		return nil // after our Close frame, messages are dropped
	case (f.op == 0) == (e.op == 0): // no message to continue, or a message within another
		return e.closing.Fail(nil, closecode.ProtocolError)
	}
	e.op |= f.op
	e.message = append(e.message, f.payload...)
	switch {
	case len(e.message) > maxMessage:
		return e.closing.Fail(nil, closecode.MessageTooBig)
	case !f.fin:
		return nil
	case e.op == opText && !utf8check.Valid(e.message):
		return e.closing.Fail(nil, closecode.InvalidFramePayloadData)
	case string(e.message) == "close":
		e.conn.SetReadDeadline(time.Now().Add(5 * time.Second)) // for the client's answer
		out, _ := e.closing.Close(nil, closecode.NormalClosure, "bye")
		return out // no error, since this code and reason may be sent
	}
	out := appendFrame(nil, e.op, e.message)
	e.op, e.message = 0, e.message[:0]
	return out
}
