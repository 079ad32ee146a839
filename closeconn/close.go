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
// If writing fails, Close calls h.WriteFailed and reads no more.
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
	if len(b) > 0 && !g.write(b) {
		h.WriteFailed()
	} else if e := h.Ending(); e.Received == 0 && !e.Failed && h.State() == closeevent.Closing && time.Until(g.deadline) > 0 {
		c, err := g.awaitClose(r, h.Client())
		switch {
		case err != nil:
			h.Fail(nil, err.(frame.Error).Code()) // appends nothing: a Close frame was sent
		case c.Code != 0:
			h.Receive(nil, c)
		}
	}
	g.finish(h)
	return h.TransportClosed(), nil
}

// write writes b and reports whether all of it was written.
func (g *guard) write(b []byte) bool {
	w := *g
	if time.Until(g.deadline) < atOnce {
		w.deadline = time.Now().Add(atOnce)
	}
	var err error
	ok := w.do(func() {
		// If conn does not support deadlines, there is none to clear. The
		// deadline is not set to w.deadline, since closing is what makes the
		// call return then.
		_ = g.top().SetDeadline(time.Time{})
		_, err = g.top().Write(b)
	})
	return ok && err == nil
}

// awaitClose reads frames up to the peer's Close frame and returns it, or the
// error of parsing it. The Close is zero if the transport ended first.
func (g *guard) awaitClose(r io.Reader, client bool) (frame.Close, error) {
	tap := closetap.NewClient()
	if client {
		tap = closetap.Tap{}
	}
	ok := g.do(func() {
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
	})
	if !ok {
		return frame.Close{}, nil // do not read tap: the reader may still be running
	}
	c, _ := tap.Close()
	return c, tap.CloseErr()
}
