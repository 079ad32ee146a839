package docs_test

import (
	"fmt"
	"io"
	"net"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// hangUp ends a connection on which out, what Receive or Fail appended, is all
// that is left to write.
func hangUp(conn net.Conn, h *closeevent.Handshake, out []byte) closeevent.Event {
	if len(out) > 0 { // no answer is due where we closed first
		if _, err := conn.Write(out); err != nil {
			h.WriteFailed()
		}
	}
	return closeconn.Finish(conn, h, 5*time.Second)
}

// closeFirst closes a connection that this endpoint has had enough of. The
// peer may be sending messages still, so it reads on up to the peer's Close;
// readFrame is the stack's own reader.
func closeFirst(conn net.Conn, h *closeevent.Handshake, code closecode.Code, reason string,
	readFrame func(net.Conn) (opcode byte, payload []byte, err error)) (closeevent.Event, error) {
	out, err := h.Close(nil, code, reason)
	if err != nil {
		return closeevent.Event{}, err // a code or a reason that cannot be sent
	}
	conn.SetDeadline(time.Now().Add(5 * time.Second)) // not every peer answers
	if _, err := conn.Write(out); err != nil {
		h.WriteFailed()
	}
	for {
		opcode, payload, err := readFrame(conn)
		if err != nil {
			return closeconn.Finish(conn, h, time.Second), nil
		}
		if opcode != 8 {
			continue // a message that was on its way: the application's
		}
		c, err := frame.ParsePayload(payload)
		if fault, ok := err.(frame.Error); ok {
			return hangUp(conn, h, h.Fail(nil, fault.Code())), nil
		}
		return hangUp(conn, h, h.Receive(nil, c)), nil
	}
}

func Example_netConn() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()

	// The client has sent a message when the server's Close arrives.
	client := make(chan closeevent.Event, 1)
	go func() {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			fmt.Println(err)
			return
		}
		conn.Write([]byte("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58")) // RFC 6455 §5.7
		h := closeevent.NewClient([4]byte{1, 2, 3, 4})                     // from crypto/rand
		_, answer, err := readClose(conn, &h)
		if err != nil {
			fmt.Println(err)
		}
		client <- hangUp(conn, &h, answer)
	}()

	conn, err := l.Accept()
	if err != nil {
		fmt.Println(err)
		return
	}
	var h closeevent.Handshake
	event, err := closeFirst(conn, &h, closecode.ServiceRestart, "back soon", readMasked)
	fmt.Println("server:", event, err)
	fmt.Println("client:", <-client)
	// Output:
	// server: websocket closed: 1012 Service Restart <nil>
	// client: websocket closed: 1012 Service Restart, reason "back soon"
}

// readMasked reads a short frame from a client.
func readMasked(conn net.Conn) (opcode byte, payload []byte, err error) {
	var header [6]byte
	if _, err := io.ReadFull(conn, header[:]); err != nil {
		return 0, nil, err
	}
	payload = make([]byte, header[1]&0x7f)
	_, err = io.ReadFull(conn, payload)
	frame.Mask(payload, [4]byte(header[2:]), 0)
	return header[0] & 0x0f, payload, err
}
