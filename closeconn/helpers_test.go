package closeconn_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"strings"

	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

var key = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// long is a timeout that is never reached.
const long = time.Minute

// writeClose writes the output of a Handshake, as a stack does.
func writeClose(conn net.Conn, h *closeevent.Handshake, b []byte) {
	if _, err := conn.Write(b); err != nil {
		h.WriteFailed()
	}
}

// endpoint returns the Handshake of a role and the parser for its input.
func endpoint(client bool) (*closeevent.Handshake, func([]byte) (frame.Close, int, error)) {
	if client {
		h := closeevent.NewClient(key)
		return &h, frame.Parse
	}
	return new(closeevent.Handshake), func(b []byte) (frame.Close, int, error) { return frame.ParseMasked(nil, b) }
}

// readClose reads the peer's Close frame, which must be the next frame.
func readClose(conn net.Conn, parse func([]byte) (frame.Close, int, error)) (frame.Close, error) {
	var buf [frame.MaxSize]byte
	if _, err := io.ReadFull(conn, buf[:2]); err != nil {
		return frame.Close{}, err
	}
	n, err := frame.Size(buf[:2])
	if err != nil {
		return frame.Close{}, err
	}
	if _, err := io.ReadFull(conn, buf[2:n]); err != nil {
		return frame.Close{}, err
	}
	c, _, err := parse(buf[:n])
	return c, err
}

// answerClose is a correct peer: it reads a Close frame, answers it and finishes.
func answerClose(conn net.Conn, client bool) closeevent.Event {
	h, parse := endpoint(client)
	if c, err := readClose(conn, parse); err == nil {
		writeClose(conn, h, h.Receive(nil, c))
	}
	return closeconn.Finish(conn, h, long)
}

// wantClosed verifies that this end of conn and every layer below it are
// closed.
func wantClosed(t *testing.T, conn net.Conn) {
	t.Helper()
	if _, err := conn.Write([]byte{0}); err == nil {
		t.Error("the connection is not closed: it can be written to")
	}
	if c, ok := conn.(*tls.Conn); ok {
		conn = c.NetConn()
	}
	if err := conn.SetDeadline(time.Time{}); !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the connection is not closed: setting a deadline gives %v", err)
	}
}

func isTimeout(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}

// peerFrames returns the frames of an endpoint's peer: messages, and a Close
// frame with the given payload.
func peerFrames(client bool, payload string) []byte {
	var b []byte
	add := func(first byte, p string) {
		if client {
			b = append(append(b, first, byte(len(p))), p...)
			return
		}
		key := [4]byte{9, 8, 7, 6}
		b = append(append(b, first, 0x80|byte(len(p))), key[:]...)
		b = append(b, p...)
		frame.Mask(b[len(b)-len(p):], key, 0)
	}
	add(0x81, "a message that was on its way")
	for range 20 {
		add(0x82, strings.Repeat("x", 125))
	}
	add(0x89, "a Ping")
	add(0x88, payload)
	return b
}

// hangUp closes the write side of conn, reads until EOF and closes conn.
func hangUp(conn net.Conn, timeout time.Duration) {
	var h closeevent.Handshake
	h.Fail(nil, 0)
	closeconn.Finish(conn, &h, timeout)
}

// eachRole calls f for both roles of an endpoint, with its connection and its peer's.
func eachRole(t *testing.T, f func(t *testing.T, client bool, conn, peer net.Conn)) {
	for _, tr := range transports {
		for _, client := range []bool{false, true} {
			name := "/server"
			if client {
				name = "/client"
			}
			t.Run(tr.name+name, func(t *testing.T) {
				conn, peer := tr.pair(t)
				if client {
					conn, peer = peer, conn
				}
				f(t, client, conn, peer)
			})
		}
	}
}

func readOne(conn net.Conn, b []byte) int { n, _ := conn.Read(b); return n }
