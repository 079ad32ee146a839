package closeevent_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// A server closes, the client answers, and both closes are clean.
func Example() {
	var server closeevent.Handshake
	client := closeevent.NewClient([4]byte{0x37, 0xfa, 0x21, 0x3d}) // from crypto/rand

	// The application of the server closes the connection.
	wire, err := server.Close(nil, closecode.ServiceRestart, "new version")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("server writes % x\n", wire)

	// The client reads the Close frame and answers.
	c, _, err := frame.Parse(wire)
	if err != nil {
		fmt.Println(err)
		return
	}
	wire = client.Receive(nil, c)
	fmt.Printf("client writes % x\n", wire)

	// The server reads the answer. Now it must close the transport.
	c, _, err = frame.ParseMasked(nil, wire)
	if err != nil {
		fmt.Println(err)
		return
	}
	wire = server.Receive(nil, c)
	fmt.Println("server writes", len(wire), "bytes; closes TCP:", server.ShouldCloseTransport())
	fmt.Println("server:", server.TransportClosed())

	// The client reads the end of the transport.
	fmt.Println("client:", client.TransportClosed())
	// Output:
	// server writes 88 0d 03 f4 6e 65 77 20 76 65 72 73 69 6f 6e
	// client writes 88 82 37 fa 21 3d 34 0e
	// server writes 0 bytes; closes TCP: true
	// server: websocket closed: 1012 Service Restart
	// client: websocket closed: 1012 Service Restart, reason "new version"
}

// Invalid arguments leave the connection open.
func ExampleHandshake_Close() {
	var h closeevent.Handshake
	_, err := h.Close(nil, closecode.NoStatusRcvd, "bye")
	fmt.Println(err, "/", h.State())
	b, err := h.Close(nil, closecode.GoingAway, "bye")
	fmt.Printf("% x %v / %v\n", b, err, h.State())
	// Output:
	// frame: status code must not be sent in a Close frame / open
	// 88 05 03 e9 62 79 65 <nil> / closing
}

// Fail answers an error of a parser.
func ExampleHandshake_Fail() {
	var h closeevent.Handshake
	wire := []byte{0x88, 0x80 | 1, 1, 2, 3, 4, 0xff} // half a status code
	_, _, err := frame.ParseMasked(nil, wire)
	if fault, ok := err.(frame.Error); ok {
		fmt.Printf("% x\n", h.Fail(nil, fault.Code()))
	}
	fmt.Println(h.ShouldCloseTransport(), h.TransportClosed().Code)
	// Output:
	// 88 02 03 ea
	// true 1006 Abnormal Closure
}

// The transport may be lost before the answer is written.
func ExampleHandshake_WriteFailed() {
	client := closeevent.NewClient([4]byte{0x37, 0xfa, 0x21, 0x3d})
	client.Receive(nil, frame.Close{Code: closecode.GoingAway, Reason: []byte("bye")})
	// Writing the answer failed.
	client.WriteFailed()
	fmt.Println(client.TransportClosed())
	// Output: websocket closed uncleanly: 1001 Going Away, reason "bye"
}

// The server closes the transport, and the client waits for it.
func ExampleHandshake_ShouldCloseTransport() {
	var server closeevent.Handshake
	client := closeevent.NewClient([4]byte{0x37, 0xfa, 0x21, 0x3d})
	bye := frame.Close{Code: closecode.NormalClosure}
	server.Receive(nil, bye)
	client.Receive(nil, bye)
	fmt.Println(server.ShouldCloseTransport(), client.ShouldCloseTransport())
	// Output: true false
}

func ExampleHandshake_PeerFirst() {
	var h closeevent.Handshake
	h.Receive(nil, frame.Close{Code: closecode.GoingAway})
	fmt.Println(h.PeerFirst())
	// Output: true
}

// The Read method of a stack returns the CloseEvent as its error after the
// connection was closed. Its caller finds the event with errors.AsType.
func ExampleEvent_Error() {
	read := func() error {
		return fmt.Errorf("read message: %w", closeevent.Event{Code: 4001, Reason: "logged\nout", WasClean: true})
	}
	err := read()
	fmt.Println(err)
	if e, ok := errors.AsType[closeevent.Event](err); ok && e.Code == 4001 {
		fmt.Println("log in again")
	}
	// Output:
	// read message: websocket closed: 4001 (private), reason "logged\nout"
	// log in again
}

func ExampleEvent() {
	b, err := json.Marshal(closeevent.Event{Code: closecode.GoingAway, Reason: "bye", WasClean: true})
	fmt.Println(string(b), err)
	// Output: {"code":1001,"reason":"bye","wasClean":true} <nil>
}

// After its own Close, a client continues to read until the server's Close
// frame arrives.
func ExampleHandshake_Receive() {
	h := closeevent.NewClient([4]byte{0x37, 0xfa, 0x21, 0x3d})
	out, err := h.Close(nil, closecode.NormalClosure, "done")
	if err != nil {
		fmt.Println(err)
		return
	}
	// The server's bytes arrive in two reads. It had sent its Close frame
	// before it received ours.
	var in []byte
	for _, chunk := range [][]byte{{0x88, 0x02, 0x03}, {0xe9}} {
		in = append(in, chunk...)
		c, _, err := frame.Parse(in)
		if err == frame.ErrIncomplete {
			fmt.Println("have", len(in), "bytes: incomplete")
			continue
		}
		if fault, ok := err.(frame.Error); ok {
			out = h.Fail(out, fault.Code())
			break
		}
		out = h.Receive(out, c)
	}
	fmt.Println("sent", len(out), "bytes;", h.TransportClosed())
	// Output:
	// have 3 bytes: incomplete
	// sent 12 bytes; websocket closed: 1001 Going Away
}

// A stack writes messages only while the connection is open.
func ExampleHandshake_State() {
	var h closeevent.Handshake
	fmt.Println(h.State(), h.State() == closeevent.Open)
	h.Receive(nil, frame.Close{Code: closecode.GoingAway})
	fmt.Println(h.State())
	h.TransportClosed()
	fmt.Println(h.State())
	// Output:
	// open true
	// closing
	// closed
}

// A proxy closes its connection to the client in the same way as the server
// closed the other one.
func ExampleHandshake_Relay() {
	for _, server := range []closeevent.Event{
		{Code: closecode.ServiceRestart, Reason: "deploy", WasClean: true},
		{Code: closecode.NoStatusRcvd, WasClean: true},
		{Code: closecode.AbnormalClosure}, // the server was lost
	} {
		var leg closeevent.Handshake
		b := leg.Relay(nil, server, closecode.BadGateway)
		fmt.Printf("% x / %v\n", b, leg.Ending())
	}
	// Output:
	// 88 08 03 f4 64 65 70 6c 6f 79 / sent 1012 Service Restart, no Close frame received
	// 88 00 / sent 1005 No Status Rcvd, no Close frame received
	// 88 02 03 f6 / sent 1014 Bad Gateway, no Close frame received
}

// A server logs one line for each connection, and counts connections by cause
// and class of code. Both labels have a fixed set of values.
func ExampleEnding() {
	type labels struct {
		cause closeevent.Cause
		class string
	}
	connections := map[labels]int{}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))

	var h closeevent.Handshake
	h.Receive(nil, frame.Close{Code: closecode.GoingAway, Reason: []byte("bye")})
	h.TransportClosed()

	var end closeevent.Ending = h.Ending()
	logger.Info("websocket closed", "ending", end.Error(), "cause", end.Cause().String(), "code", int(end.Code))
	connections[labels{end.Cause(), end.Code.Class().String()}]++
	for l, n := range connections {
		fmt.Printf("%s %s: %d\n", l.cause, l.class, n)
	}
	// Output:
	// level=INFO msg="websocket closed" ending="received 1001 Going Away \"bye\", then sent 1001 Going Away" cause=clean code=1001
	// clean standard: 1
}

// The example reads the Cause of an ending, and its Event.
func ExampleEnding_Cause() {
	h := closeevent.NewClient([4]byte{0x37, 0xfa, 0x21, 0x3d})
	if _, err := h.Close(nil, closecode.NormalClosure, ""); err != nil {
		fmt.Println(err)
		return
	}
	h.TransportClosed() // no answer came

	var err error = h.Ending()
	fmt.Println(err)
	fmt.Println("cause:", h.Ending().Cause(), "- client:", h.Client())
	if event, ok := errors.AsType[closeevent.Event](err); ok { // it unwraps
		fmt.Println("event:", event.Code, event.WasClean, event == h.Ending().Unwrap())
	}
	// Output:
	// sent 1000 Normal Closure, no Close frame received
	// cause: unanswered - client: true
	// event: 1006 Abnormal Closure false true
}
