package closetap_test

import (
	"fmt"
	"io"

	"github.com/closeframe/closeframe/closetap"
	"github.com/closeframe/closeframe/frame"
)

// A proxy observes the bytes that it copies from the server to the client.
func ExampleTap() {
	fromServer, server := io.Pipe()
	go func() {
		server.Write([]byte("\x81\x05hello"))
		b, _ := frame.Append(nil, 1001, "deploy")
		server.Write(b)
		server.Close()
	}()
	var tap closetap.Tap
	io.Copy(io.Discard, io.TeeReader(fromServer, &tap))
	if c, ok := tap.Close(); ok {
		fmt.Println(c.Code, string(c.Reason))
	}
	fmt.Println(tap.AtBoundary()) // after a Close frame nothing may follow
	// Output:
	// 1001 Going Away deploy
	// false
}

func ExampleConn() {
	var c closetap.Conn
	c.Feed(closetap.Client, []byte("\x81\x85\x01\x02\x03\x04ignme"))
	b, _ := frame.Append(nil, 1012, "deploy")
	c.Feed(closetap.Server, b)
	b, _ = frame.AppendMasked(nil, [4]byte{1, 2, 3, 4}, 1012, "")
	c.Feed(closetap.Client, b)
	c.Ended(closetap.Server, closetap.EndFIN)
	c.Ended(closetap.Client, closetap.EndFIN)
	r := c.Report()
	fmt.Println(r.Text)
	fmt.Println(r.Cause, "for the client:", r.Client.Told.Event)
	// Output:
	// server closed: 1012 Service Restart "deploy"; client answered 1012; clean on both sides
	// clean for the client: websocket closed: 1012 Service Restart, reason "deploy"
}
