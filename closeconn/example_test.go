package closeconn_test

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

// A server refuses a message that it has not even read, and the client still
// gets the code.
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

	// The client sends far more than the server wants, and reads after that.
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
