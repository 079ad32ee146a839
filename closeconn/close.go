package closeconn

import (
	"io"
	"net"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/closetap"
	"github.com/closeframe/closeframe/frame"
)

// atOnce is the time for writing when the timeout is zero or less. A busy
// machine may need some milliseconds to run the goroutine that writes.
const atOnce = 50 * time.Millisecond

// Close closes a WebSocket connection in an orderly way and returns how it ended. It
// writes a Close frame with the given code and reason, reads and discards frames up
// to the peer's Close frame, records that in h, and finishes like [Finish] (RFC 6455
// §7.1.1, §7.1.2).
//
// Frames are read from r, such as a *bufio.Reader over conn that may already
// hold bytes; nil means conn. The next byte of r must be the first of a frame,
// and nobody else may read from r or conn, write to conn, or use h. A stack
// whose reader runs in another goroutine does not need Close: it calls h.Close
// and writes the appended bytes, and its reader calls h.Receive and Finish.
//
// Violations in frames other than Close frames are ignored. An invalid Close
// frame fails the connection: the event is 1006. If h is not Open, nothing is
// written, and Close reads on only if the peer's Close frame has not arrived.
// If writing fails, Close calls h.WriteFailed and reads no more. It reads while it
// writes, so two endpoints may close at the same time over a connection without a
// buffer, such as that of [net.Pipe].
//
// timeout bounds the whole of Close, as in Finish. Nothing else bounds the
// number of bytes read. With a timeout of zero or less, Close writes what it
// can within 50 ms, and closes.
//
// The only errors are those of [frame.Append], for a code or a reason that
// cannot be sent. With an error, nothing is written or closed. Everything else
// is reported in the event and in h.Ending(). Close panics if conn is nil.
func Close(conn net.Conn, r io.Reader, h *closeevent.Handshake, code closecode.Code, reason string,
	timeout time.Duration) (closeevent.Event, error) {
	g := newGuard(conn, timeout)
	if r == nil {
		r = conn
	}
	b, err := h.Close(make([]byte, 0, frame.MaxSize), code, reason)
	if err != nil {
		return closeevent.Event{}, err
	}
	wrote, c := true, frame.Close{}
	if h.State() == closeevent.Closing && h.Ending().Cause() == closeevent.CauseUnanswered {
		wrote, c, err = g.exchange(b, r, h.Client())
	}
	switch {
	case !wrote:
		h.WriteFailed()
	case err != nil:
		h.Fail(nil, err.(frame.Error).Code()) // appends nothing: a Close frame was sent
	case c.Code != 0:
		h.Receive(nil, c)
	}
	g.finish(h)
	return h.TransportClosed(), nil
}

// exchange writes b, unless it is empty, and reads frames up to the peer's Close
// frame. It does both at the same time, since a peer that is writing may not read
// before its bytes have been read: net.Pipe has no buffer. It returns whether b was
// written, and the peer's Close frame or the error of parsing it. The Close is
// zero if the transport ended first.
func (g *guard) exchange(b []byte, r io.Reader, client bool) (wrote bool, c frame.Close, err error) {
	w := *g
	if len(b) > 0 && time.Until(g.deadline) < atOnce {
		w.deadline = time.Now().Add(atOnce)
	}
	w.do(func() {
		// If conn does not support deadlines, there are none to change. The
		// write deadline is not set to w.deadline, since closing is what makes
		// the call return then.
		_ = g.top().SetDeadline(time.Time{})
		_ = g.top().SetReadDeadline(g.deadline)
	})
	written := make(chan bool, 1)
	calls := []func(){func() {
		n, err := 0, error(nil)
		if len(b) > 0 {
			n, err = g.top().Write(b)
		}
		written <- n == len(b) && err == nil
		if err != nil {
			_ = g.top().SetReadDeadline(time.Unix(1, 0)) // do not read on
		}
	}}
	tap := closetap.NewClient()
	if client {
		tap = closetap.Tap{}
	}
	if time.Until(g.deadline) > 0 {
		calls = append(calls, func() { g.awaitClose(r, &tap) })
	}
	ok := w.do(calls...)
	select {
	case wrote = <-written:
	default: // Write has not returned
	}
	if !ok {
		return wrote, frame.Close{}, nil // do not use tap: the reader may still be running
	}
	c, _ = tap.Close()
	return wrote, c, tap.CloseErr()
}

// awaitClose reads frames up to the peer's Close frame.
func (g *guard) awaitClose(r io.Reader, tap *closetap.Tap) {
	buf := make([]byte, 512)
	for time.Until(g.deadline) > 0 {
		n, err := r.Read(buf)
		tap.Write(buf[:n])
		if _, ok := tap.Close(); ok || tap.CloseErr() != nil || err != nil {
			return
		}
		if n == len(buf) && n < 32<<10 {
			buf = make([]byte, 4*n)
		}
	}
}
