package frame_test

import (
	"fmt"
	"io"
	"log"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// A server parses a client's Close frame in its read buffer and answers with
// the same code.
func Example() {
	buf := make([]byte, 0, frame.MaxSize)
	buf = append(buf, "\x88\x8c\x37\xfa\x21\x3d\x34\x13\x46\x52\x5e\x94\x46\x1d\x56\x8d\x40\x44"...) // from a client

	c, n, err := frame.ParseMasked(buf[6:6], buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v %q, %d bytes\n", c.Code, c.Reason, n)

	reply, err := frame.Append(nil, c.Code, "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("% x\n", reply)
	// Output:
	// 1001 Going Away "going away", 18 bytes
	// 88 02 03 e9
}

// A stack with its own framing parses only the payload. An empty payload is a
// Close without a code. The error names the code to answer with.
func ExampleParsePayload() {
	for _, p := range []string{"\x03\xe8bye", "", "\x03", "\x03\xee", "\x03\xe8caf\xe9"} {
		c, err := frame.ParsePayload([]byte(p))
		if fault, ok := err.(frame.Error); ok {
			fmt.Printf("%q: %v; answer %d\n", p, fault, fault.Code())
			continue
		}
		fmt.Printf("%q: %v %q\n", p, c.Code, c.Reason)
	}
	// Output:
	// "\x03\xe8bye": 1000 Normal Closure "bye"
	// "": 1005 No Status Rcvd ""
	// "\x03": frame: Close payload of one byte; answer 1002
	// "\x03\xee": frame: status code must not be sent in a Close frame; answer 1002
	// "\x03\xe8caf\xe9": frame: close reason is not valid UTF-8; answer 1007
}

// A client appends each read to its buffer and parses again. The switch handles
// the three results: a frame, an incomplete frame and an error.
func ExampleParse() {
	var buf []byte
	for _, chunk := range []string{"\x88\x0c\x03", "\xe9going", " away"} { // from the connection
		buf = append(buf, chunk...)
		c, n, err := frame.Parse(buf)
		switch err {
		case nil:
			fmt.Printf("Close frame of %d bytes: %v %q\n", n, c.Code, c.Reason)
		case frame.ErrIncomplete:
			fmt.Println("incomplete: read on")
		case frame.ErrNotClose:
			fmt.Println("another frame: leave it to the stack")
		default:
			fmt.Println("fault: fail the connection with", err.(frame.Error).Code())
		}
	}
	// Output:
	// incomplete: read on
	// incomplete: read on
	// Close frame of 14 bytes: 1001 Going Away "going away"
}

// A blocking reader reads two bytes, calls Size, and reads the rest. It never
// reads past the frame.
func ExampleSize() {
	conn := strings.NewReader("\x88\x0c\x03\xe9going away and more")

	var buf [frame.MaxSize]byte
	if _, err := io.ReadFull(conn, buf[:2]); err != nil {
		log.Fatal(err)
	}
	n, err := frame.Size(buf[:2])
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.ReadFull(conn, buf[2:n]); err != nil {
		log.Fatal(err)
	}
	c, _, err := frame.Parse(buf[:n])
	fmt.Printf("%d bytes: %v %q %v\n", n, c.Code, c.Reason, err)
	// Output: 14 bytes: 1001 Going Away "going away" <nil>
}

// With a separate dst, the frame is not modified.
func ExampleParseMasked() {
	b := []byte("\x88\x85\x37\xfa\x21\x3d\x34\x12\x43\x44\x52")
	var room [frame.MaxPayload]byte
	c, n, err := frame.ParseMasked(room[:0], b)
	fmt.Printf("%v %q %d %v\n", c.Code, c.Reason, n, err)

	// ParseMasked rejects unmasked frames: only clients mask.
	_, _, err = frame.ParseMasked(room[:0], []byte("\x88\x00"))
	fmt.Println(err)
	// Output:
	// 1000 Normal Closure "bye" 11 <nil>
	// frame: unmasked Close frame from a client
}

func ExampleAppend() {
	b, err := frame.Append(nil, closecode.TryAgainLater, "full")
	fmt.Printf("% x %v\n", b, err)

	// Without a code there is no reason.
	b, err = frame.Append(nil, closecode.NoStatusRcvd, "")
	fmt.Printf("% x %v\n", b, err)

	// An error leaves the buffer unchanged.
	b, err = frame.Append(b, closecode.AbnormalClosure, "")
	fmt.Printf("% x %v\n", b, err)
	// Output:
	// 88 06 03 f5 66 75 6c 6c <nil>
	// 88 00 <nil>
	// 88 00 frame: status code must not be sent in a Close frame
}

func ExampleAppendMasked() {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d} // from crypto/rand, for this frame alone
	b, err := frame.AppendMasked(nil, key, closecode.NormalClosure, "bye")
	fmt.Printf("% x %v\n", b, err)
	// Output: 88 85 37 fa 21 3d 34 12 43 44 52 <nil>
}

// A reason of any length is truncated to the maximum.
func ExampleAppendPayload() {
	var reason string
	for range 20 {
		reason += "слишком много запросов; "
	}
	_, err := frame.AppendPayload(nil, closecode.PolicyViolation, reason)
	fmt.Println(err)
	p, err := frame.AppendPayload(nil, closecode.PolicyViolation, utf8check.Truncate(reason))
	fmt.Println(len(p), err)
	// Output:
	// frame: Close payload longer than 125 bytes
	// 124 <nil>
}

// A long message is unmasked in chunks.
func ExampleMask() {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	pos := 0
	for _, chunk := range []string{"\x7f\x9f", "\x4d\x51\x58"} {
		p := []byte(chunk)
		pos = frame.Mask(p, key, pos)
		fmt.Printf("%s", p)
	}
	fmt.Println()
	// Output: Hello
}

// A log names the rejected code. ParseMasked has left it masked in b.
func ExampleError_Code() {
	b := []byte("\x88\x82\x37\xfa\x21\x3d\x34\x17") // from a client
	var room [frame.MaxPayload]byte
	_, _, err := frame.ParseMasked(room[:0], b)
	if err == frame.ErrInvalidCode {
		p := [2]byte(b[6:])
		frame.Mask(p[:], [4]byte(b[2:]), 0)
		fmt.Printf("peer sent %d; answer %d\n", uint16(p[0])<<8|uint16(p[1]), frame.ErrInvalidCode.Code())
	}
	// Output: peer sent 1005; answer 1002
}
