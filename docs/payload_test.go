package docs_test

import (
	"fmt"
	"net"
	"time"

	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// handleClose is called with the unmasked payload of a frame of opcode 8. It
// answers the frame, closes the connection, and returns what the application is
// told. h is the connection's Handshake.
func handleClose(conn net.Conn, h *closeevent.Handshake, payload []byte) closeevent.Event {
	var answer []byte // a whole frame, or empty if ours was sent before
	c, err := frame.ParsePayload(payload)
	if err != nil {
		answer = h.Fail(nil, err.(frame.Error).Code()) // 1002 or 1007
	} else {
		answer = h.Receive(nil, c)
	}
	if len(answer) > 0 {
		if _, err := conn.Write(answer); err != nil {
			h.WriteFailed()
		}
	}
	return closeconn.Finish(conn, h, 5*time.Second) // half-closes, reads to the end, closes
}

func Example_payload() {
	for _, payload := range []string{"\x03\xe9bye", "", "\x03", "\x03\xed", "\x03\xe8\xff"} {
		server, client := tcpPair()
		events := make(chan closeevent.Event)
		go func() { events <- handleClose(server, new(closeevent.Handshake), []byte(payload)) }()

		var answer [frame.MaxSize]byte
		n, _ := client.Read(answer[:])
		client.Close()
		fmt.Printf("%-14q answer %-18q %v\n", payload, answer[:n], <-events)
	}
	// Output:
	// "\x03\xe9bye"  answer "\x88\x02\x03\xe9" websocket closed: 1001 Going Away, reason "bye"
	// ""             answer "\x88\x00"         websocket closed: 1005 No Status Rcvd
	// "\x03"         answer "\x88\x02\x03\xea" websocket closed uncleanly: 1006 Abnormal Closure
	// "\x03\xed"     answer "\x88\x02\x03\xea" websocket closed uncleanly: 1006 Abnormal Closure
	// "\x03\xe8\xff" answer "\x88\x02\x03\xef" websocket closed uncleanly: 1006 Abnormal Closure
}

// tcpPair returns both ends of a TCP connection.
func tcpPair() (server, client net.Conn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	if client, err = net.Dial("tcp", l.Addr().String()); err != nil {
		panic(err)
	}
	if server, err = l.Accept(); err != nil {
		panic(err)
	}
	return server, client
}
