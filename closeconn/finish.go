package closeconn

import (
	"net"
	"time"

	"github.com/closeframe/closeframe/closeevent"
)

const (
	// maxDiscard is the maximum number of bytes that Finish reads.
	maxDiscard = 64 << 20

	// quiet is the time without input after which Finish closes conn if it
	// cannot close the write side.
	quiet = 100 * time.Millisecond
)

// Finish closes conn after the last frame, and returns how the connection
// ended: h.TransportClosed(). Call it after writing what h appended, once both
// Close frames have been exchanged, or the connection was failed, or this
// endpoint gives up waiting for the peer's Close frame. Do not call it right
// after h.Close: it would discard the peer's Close frame. [Close] reads
// that frame.
//
// If h.ShouldCloseTransport() is true, Finish closes the write side of conn, so
// that the peer reads our Close frame and then EOF. In any case it reads and
// discards what the peer sends until the peer closes, and then closes conn (RFC
// 6455 §7.1.1). A client thus waits for the server to close first. Finish stops
// reading after 64 MiB.
//
// The write side is closed by the method CloseWrite() error of conn, which
// *net.TCPConn, *net.UnixConn and *tls.Conn have, and then of the connections
// below it, which methods NetConn() net.Conn return: a *tls.Conn sends its
// close_notify, and TCP its FIN. If none of these works, as for a struct that
// embeds a net.Conn, Finish discards input until nothing has arrived for 100
// ms, and closes conn.
//
// timeout bounds the whole of Finish. When it expires, the lowest connection is
// closed. A timeout of zero or less closes at once. Deadlines set on conn
// before the call are cleared. So is SO_LINGER where a method SetLinger is
// found: the kernel sends the rest in the background. If a method of conn still
// does not return, Finish returns without it within 50 ms.
//
// Nothing that happens to the transport after the closing handshake makes the
// close unclean, not even a reset: "the TCP connection was closed after the
// WebSocket closing handshake was completed" (§7.1.4). Only the owner of h
// knows whether the Close frame was written, and calls h.WriteFailed if it was
// not.
//
// conn is closed when Finish returns. While Finish runs nobody else may read
// from conn or use h. Finish panics if conn is nil. Its buffer has 512 bytes,
// and up to 32 KiB for a peer that fills it.
func Finish(conn net.Conn, h *closeevent.Handshake, timeout time.Duration) closeevent.Event {
	newGuard(conn, timeout).finish(h)
	return h.TransportClosed()
}

func (g *guard) finish(h *closeevent.Handshake) {
	ours := h.ShouldCloseTransport()
	if time.Until(g.deadline) <= 0 {
		g.do(g.close)
		return
	}
	// "An endpoint SHOULD use a method that cleanly closes the TCP connection,
	// as well as the TLS session, if applicable, discarding any trailing bytes
	// that may have been received. […] As an example of how to obtain a clean
	// closure in C using Berkeley sockets, one would call shutdown() with
	// SHUT_WR on the socket, call recv() until obtaining a return value of 0
	// indicating that the peer has also performed an orderly shutdown, and
	// finally call close() on the socket." (§7.1.1)
	g.do(func() {
		// If conn does not support deadlines, there is none to clear.
		_ = g.top().SetDeadline(time.Time{})
		wait := time.Duration(0)
		if ours && !g.closeWrite() {
			wait = quiet
		}
		g.discard(wait)
		g.close()
	})
}

// close closes conn. A *tls.Conn writes a close_notify first.
func (g *guard) close() {
	g.unlinger()
	g.top().Close()
}

// closeWrite closes the write sides of conn and of the connections below it,
// from the top down, and reports whether one was closed.
func (g *guard) closeWrite() (ok bool) {
	for _, c := range g.layers {
		if c, half := c.(interface{ CloseWrite() error }); half && c.CloseWrite() == nil {
			ok = true
		}
	}
	return ok
}

// discard reads conn to its end. If wait is not 0, it stops when nothing has
// arrived for that long. Most peers send a few bytes, and there may be
// thousands of connections, so the buffer is small until a peer fills it.
func (g *guard) discard(wait time.Duration) {
	buf := make([]byte, 512)
	for left := maxDiscard; left > 0; {
		var closing *time.Timer
		if wait != 0 && g.top().SetDeadline(time.Now().Add(wait)) != nil {
			// conn does not support deadlines. Closing makes Read return.
			closing = time.AfterFunc(wait, func() {
				defer func() { _ = recover() }() // g.close panics in the same way
				g.top().Close()
			})
		}
		n, err := g.top().Read(buf[:min(left, len(buf))])
		if closing != nil {
			closing.Stop()
		}
		left -= n
		if err != nil || time.Until(g.deadline) <= 0 {
			return
		}
		if n == len(buf) && n < 32<<10 {
			buf = make([]byte, 4*n)
		}
	}
}
