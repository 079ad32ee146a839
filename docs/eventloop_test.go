package docs_test

import (
	"fmt"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// A loopConn is what an event loop keeps for one connection. The zero
// loopConn is a server's.
type loopConn struct {
	closing closeevent.Handshake
	in      []byte // an incomplete frame: at most frame.MaxSize bytes of a Close frame
}

// readable is called with the bytes that have arrived. It appends to out what
// is to be written, and reports whether to go on reading. It calls data for
// every other frame, which returns its length, or 0 if it needs more bytes.
func (c *loopConn) readable(out, b []byte, data func(b []byte) int) (_ []byte, more bool) {
	c.in = append(c.in, b...)
	var buf [frame.MaxPayload]byte
	for {
		cl, _, err := frame.ParseMasked(buf[:0], c.in)
		switch err {
		case nil:
			return c.closing.Receive(out, cl), false
		case frame.ErrIncomplete:
			return out, true
		case frame.ErrNotClose:
			n := data(c.in)
			if n == 0 {
				return out, true
			}
			c.in = c.in[n:]
		default:
			return c.closing.Fail(out, err.(frame.Error).Code()), false
		}
	}
}

// written is called when out has been written, or could not be. It reports
// whether to shut down the write side of the socket now. The loop then discards
// what still arrives, and closes the socket at EOF or after a few seconds.
func (c *loopConn) written(err error) (shutdown bool) {
	if err != nil {
		c.closing.WriteFailed()
	}
	return c.closing.ShouldCloseTransport()
}

// hangup is called when the socket has been closed, by whichever side.
func (c *loopConn) hangup() closeevent.Event { return c.closing.TransportClosed() }

func Example_eventLoop() {
	// A masked text message "Hello", as in RFC 6455 §5.7, and a masked Close.
	wire := []byte("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58")
	wire, _ = frame.AppendMasked(wire, [4]byte{1, 2, 3, 4}, 1000, "done") // 1000 may be sent

	var c loopConn
	more := true
	for len(wire) > 0 && more {
		var out []byte
		out, more = c.readable(nil, wire[:1], func(b []byte) int {
			if len(b) < 11 {
				return 0
			}
			fmt.Println("a message")
			return 11
		})
		wire = wire[1:]
		if len(out) > 0 {
			fmt.Printf("write % x, then shut down: %v\n", out, c.written(nil))
		}
	}
	fmt.Println(c.hangup())
	// Output:
	// a message
	// write 88 02 03 e8, then shut down: true
	// websocket closed: 1000 Normal Closure, reason "done"
}
