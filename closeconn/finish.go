// Package closeconn ends a net.Conn so that the Close frame written to it last
// is not lost.
//
// Closing a TCP connection while bytes that the peer sent lie unread makes the
// kernel send a reset, and the reset may overtake what was written before:
// "if a socket is closed with data in the receive queue, a RST packet is sent,
// which will then cause recv() to fail for the party that received the RST,
// even if there was data waiting to be read" (RFC 6455 §1.4). The peer then
// sees an abnormal closure, 1006, instead of the code it was sent. [Finish]
// takes the road that the RFC recommends in its place (§7.1.1): half-close,
// read to the end, close.
package closeconn

import (
	"errors"
	"io"
	"net"
	"os"
	"time"

	"github.com/closeframe/closeframe/closeevent"
)

// Finish ends conn when this endpoint is done with frames, and returns how the
// connection ended: h.TransportClosed(). It is called once what h appended has been
// written and both Close frames have crossed, or the connection was failed, or
// this endpoint gives up waiting for the peer's Close frame.
//
// If h.ShouldCloseTransport() reports true, Finish closes the write side of conn, so
// that the peer reads our Close frame and then the end. In any case it reads
// and discards what the peer still sends, until the peer's end or until the
// timeout, and then closes conn (RFC 6455 §7.1.1). A client after a complete
// handshake thus waits for the server to close first.
//
// The write side is closed by the method CloseWrite() error of conn, as
// *net.TCPConn, *net.UnixConn and *tls.Conn have it, and then of the
// connection below, if the method NetConn() net.Conn reaches one: a *tls.Conn
// sends its close_notify, and TCP its FIN. A conn that has neither, such as
// one of net.Pipe, gives the peer no sign before it is closed, and a peer that
// waits for one costs the timeout.
//
// timeout bounds the whole of Finish, whatever the peer does or doesn't do: at
// its end the lowest connection that NetConn reaches is closed under whatever
// is going on. If it is 0 or negative, that is at once. Deadlines that were set
// on conn before no longer count.
//
// If the peer resets the connection, the Close frame written last may not have
// got there: Finish calls h.WriteFailed(), and the event is not clean.
//
// conn is always closed when Finish returns, and no goroutine is left. While
// Finish runs nobody else may read from conn or use h. What the peer sends is
// not parsed, nor kept: Finish uses some 500 bytes of memory for it, and up to
// 32 KiB while a lot arrives.
func Finish(conn net.Conn, h *closeevent.Handshake, timeout time.Duration) closeevent.Event {
	start := time.Now()
	transport := lowest(conn)
	if timeout <= 0 {
		transport.Close()
		conn.Close()
		return h.TransportClosed()
	}

	// A deadline would not do: a *tls.Conn sets one of its own, 5 s from then,
	// each time that it sends its close_notify.
	expired := make(chan struct{})
	timer := time.AfterFunc(timeout, func() {
		transport.Close()
		close(expired)
	})
	// A conn that cannot do this has no earlier deadlines.
	_ = conn.SetDeadline(time.Time{})

	// "An endpoint SHOULD use a method that cleanly closes the TCP connection,
	// as well as the TLS session, if applicable, discarding any trailing bytes
	// that may have been received. […] As an example of how to obtain a clean
	// closure in C using Berkeley sockets, one would call shutdown() with
	// SHUT_WR on the socket, call recv() until obtaining a return value of 0
	// indicating that the peer has also performed an orderly shutdown, and
	// finally call close() on the socket." (§7.1.1)
	var sent error
	if h.ShouldCloseTransport() {
		sent = closeWrite(conn)
	}
	// Once the time is up the errors are our own doing.
	if ended := discard(conn); (broken(sent) || broken(ended)) && time.Since(start) < timeout {
		h.WriteFailed()
	}
	conn.Close()

	if !timer.Stop() {
		<-expired
	}
	return h.TransportClosed()
}

// below returns the connection that conn is a layer over, or nil.
func below(conn net.Conn) net.Conn {
	if c, ok := conn.(interface{ NetConn() net.Conn }); ok {
		return c.NetConn()
	}
	return nil
}

// lowest returns the connection at the bottom of conn, or conn itself.
func lowest(conn net.Conn) net.Conn {
	for next := conn; next != nil; next = below(next) {
		conn = next
	}
	return conn
}

// closeWrite closes the write sides of conn and of the connections below it,
// from the top down, where there are any, and returns the first error. It
// closes the others all the same: they say more clearly that nothing follows.
func closeWrite(conn net.Conn) (first error) {
	for ; conn != nil; conn = below(conn) {
		if c, ok := conn.(interface{ CloseWrite() error }); ok {
			if err := c.CloseWrite(); first == nil {
				first = err
			}
		}
	}
	return first
}

// discard reads conn to its end and returns the error that it ended with. Most
// peers send next to nothing any more, and there may be thousands of them at
// once, so the buffer is small until somebody fills it.
func discard(conn net.Conn) error {
	buf := make([]byte, 512)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return err
		}
		if n == len(buf) && n < 32<<10 {
			buf = make([]byte, 4*n)
		}
	}
}

// broken reports whether err says that the connection broke, such as by a
// reset, so that what was written last may be lost. There are other errors
// that end it.
func broken(err error) bool {
	switch {
	case err == nil, errors.Is(err, io.EOF):
		// Package crypto/tls says io.EOF also where TCP ends between two
		// records without a close_notify. Many peers leave it out, and the
		// Close frames have done its work.
		return false
	case errors.Is(err, os.ErrDeadlineExceeded):
		// TLS says so where the peer does not read, and leaves no room for the
		// close_notify. It may read later.
		return false
	case errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		// This endpoint had closed it before.
		return false
	}
	return true
}
