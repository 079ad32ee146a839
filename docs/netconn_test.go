package docs_test

import (
	"bufio"
	"fmt"
	"net"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/utf8check"
)

// hangUp closes a connection after writing out, which Receive or Fail appended.
func hangUp(conn net.Conn, h *closeevent.Handshake, out []byte) closeevent.Event {
	if len(out) > 0 { // no answer is due where we closed first
		if _, err := conn.Write(out); err != nil {
			h.WriteFailed()
		}
	}
	return closeconn.Finish(conn, h, 5*time.Second)
}

// closeFirst closes a connection from this end. Messages that are on their way are
// discarded. in is the reader that frames are read from.
func closeFirst(conn net.Conn, in *bufio.Reader, h *closeevent.Handshake, code closecode.Code, reason string) closeevent.Event {
	event, err := closeconn.Close(conn, in, h, code, utf8check.Truncate(reason), 5*time.Second)
	if err != nil {
		panic(err) // a code that cannot be sent is a mistake in this program
	}
	return event
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
	in := bufio.NewReader(conn)
	fmt.Println("server:", closeFirst(conn, in, &h, closecode.ServiceRestart, "back soon"))
	fmt.Println("client:", <-client)
	// Output:
	// server: websocket closed: 1012 Service Restart
	// client: websocket closed: 1012 Service Restart, reason "back soon"
}
