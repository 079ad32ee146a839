package docs_test

import (
	"fmt"
	"io"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// readClose reads a Close frame from a server and returns the answer. The next
// byte of r must be the first of a frame. If the frame is of another type,
// readClose returns frame.ErrNotClose, and b is what it has read.
func readClose(r io.Reader, h *closeevent.Handshake) (b, answer []byte, err error) {
	b = make([]byte, frame.MaxSize)
	n, err := io.ReadFull(r, b[:2])
	if err != nil {
		return b[:n], nil, err // the transport has ended: call h.TransportClosed
	}
	size, err := frame.Size(b[:2])
	if err == nil {
		n, err = io.ReadFull(r, b[2:size])
		b = b[:2+n]
		if err != nil {
			return b, nil, err
		}
	} else {
		b = b[:2]
	}
	c, _, err := frame.Parse(b)
	switch err {
	case nil:
		return b, h.Receive(nil, c), nil
	case frame.ErrNotClose:
		return b, nil, err
	}
	return b, h.Fail(nil, err.(frame.Error).Code()), nil
}

func Example_frame() {
	pipe, server := io.Pipe()
	go func() {
		b, _ := frame.Append(nil, 1001, "bye") // 1001 may be sent
		server.Write(b[:3])
		server.Write(b[3:])
	}()

	h := closeevent.NewClient([4]byte{0x37, 0xfa, 0x21, 0x3d}) // from crypto/rand
	b, answer, err := readClose(pipe, &h)
	fmt.Printf("read % x, answer % x, %v\n", b, answer, err)
	fmt.Println(h.TransportClosed())
	// Output:
	// read 88 05 03 e9 62 79 65, answer 88 82 37 fa 21 3d 34 13, <nil>
	// websocket closed: 1001 Going Away, reason "bye"
}
