package main

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/examples/eventloop"
)

const (
	maxRequest = 16 << 10
	tick       = 100 * time.Millisecond
	maxOut     = 1 << 20 // unread by the peer: above this, reading from the peer stops
)

// A loop serves all connections of a listener.
type loop struct {
	epoll, listener int
	conns           map[int]*conn // by descriptor
	ended           func(closeevent.Event)
	timeout         time.Duration // for the opening handshake, and for closing
	stop            atomic.Bool
	full            bool         // no connection can be accepted for now
	rounds          atomic.Int64 // of the loop, for tests
	buf             [64 << 10]byte
}

// A conn is one connection.
type conn struct {
	eventloop.Conn
	fd       int
	request  []byte    // the bytes of the opening handshake, until it is complete
	open     bool      // the opening handshake is done
	out      []byte    // to be written
	msg      []byte    // the message being received
	over     bool      // the server sends nothing more and discards input
	events   uint32    // that epoll watches for
	deadline time.Time // zero if nothing is waited for
}

// newLoop listens at addr and calls ended with the event of every connection.
func newLoop(addr netip.AddrPort, ended func(closeevent.Event)) (*loop, netip.AddrPort, error) {
	l := &loop{conns: map[int]*conn{}, ended: ended, timeout: 5 * time.Second}
	var err error
	if l.epoll, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return nil, addr, err
	}
	l.listener, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, addr, err
	}
	syscall.SetsockoptInt(l.listener, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	if err := syscall.Bind(l.listener, &syscall.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()}); err != nil {
		return nil, addr, err
	}
	if err := syscall.Listen(l.listener, 4096); err != nil {
		return nil, addr, err
	}
	name, err := syscall.Getsockname(l.listener)
	if err != nil {
		return nil, addr, err
	}
	addr = netip.AddrPortFrom(addr.Addr(), uint16(name.(*syscall.SockaddrInet4).Port))
	return l, addr, l.watch(syscall.EPOLL_CTL_ADD, l.listener, syscall.EPOLLIN)
}

func (l *loop) watch(op, fd int, events uint32) error {
	return syscall.EpollCtl(l.epoll, op, fd, &syscall.EpollEvent{Events: events, Fd: int32(fd)})
}

// run serves until l.stop is set, and then drops all connections.
func (l *loop) run() error {
	defer func() {
		for _, c := range l.conns {
			l.end(c)
		}
		syscall.Close(l.listener)
		syscall.Close(l.epoll)
	}()
	events := make([]syscall.EpollEvent, 256)
	next := time.Now()
	for !l.stop.Load() {
		l.rounds.Add(1)
		n, err := syscall.EpollWait(l.epoll, events, int(tick/time.Millisecond))
		if err != nil && err != syscall.EINTR {
			return err
		}
		for _, e := range events[:max(n, 0)] {
			if int(e.Fd) == l.listener {
				l.accept()
			} else if c := l.conns[int(e.Fd)]; c != nil {
				l.serve(c, e.Events)
			}
		}
		if now := time.Now(); now.After(next) {
			next = now.Add(tick)
			if l.full && l.watch(syscall.EPOLL_CTL_MOD, l.listener, syscall.EPOLLIN) == nil {
				l.full = false
			}
			for _, c := range l.conns {
				if !c.deadline.IsZero() && now.After(c.deadline) {
					l.end(c)
				}
			}
		}
	}
	return nil
}

func (l *loop) accept() {
	for {
		fd, _, err := syscall.Accept4(l.listener, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		switch err {
		case nil:
		case syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM:
			// The connection stays in the queue and keeps the listener readable,
			// so stop watching it until the next tick.
			l.full = l.watch(syscall.EPOLL_CTL_MOD, l.listener, 0) == nil
			return
		default:
			return // no connection is waiting, or it is gone already
		}
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
		c := &conn{fd: fd, events: syscall.EPOLLIN, deadline: time.Now().Add(l.timeout)}
		l.conns[fd] = c
		if l.watch(syscall.EPOLL_CTL_ADD, fd, c.events) != nil {
			l.end(c)
		}
	}
}

// serve reads, processes and writes as much for c as is possible without
// blocking.
func (l *loop) serve(c *conn, events uint32) {
	if events&^syscall.EPOLLOUT != 0 {
		n, err := syscall.Read(c.fd, l.buf[:])
		switch {
		case err == syscall.EAGAIN || err == syscall.EINTR:
		case n <= 0: // FIN or a reset from the peer
			if err != nil {
				c.WriteFailed() // the last write may not have arrived
			}
			l.end(c)
			return
		case c.over:
		case c.open:
			c.out = c.Feed(c.out, l.buf[:n], c.echo)
		default:
			c.handshake(l.buf[:n])
		}
	}

	for len(c.out) > 0 {
		n, err := syscall.Write(c.fd, c.out)
		if n > 0 {
			c.out = c.out[n:]
		}
		if err == syscall.EAGAIN {
			break
		} else if err != nil && err != syscall.EINTR {
			c.WriteFailed()
			l.end(c)
			return
		}
	}

	if c.deadline.IsZero() && c.State() != closeevent.Open {
		c.deadline = time.Now().Add(l.timeout)
	}
	if c.Over() && !c.over && len(c.out) == 0 {
		// "call shutdown() with SHUT_WR on the socket, call recv() until
		// obtaining a return value of 0 […], and finally call close() on the
		// socket" (RFC 6455 §7.1.1)
		c.over = true
		if c.ShouldCloseTransport() {
			syscall.Shutdown(c.fd, syscall.SHUT_WR)
		}
	}
	var watch uint32
	if len(c.out) > 0 {
		watch |= syscall.EPOLLOUT
	}
	if len(c.out) < maxOut {
		watch |= syscall.EPOLLIN
	}
	if watch != c.events {
		c.events = watch
		l.watch(syscall.EPOLL_CTL_MOD, c.fd, watch)
	}
}

// end closes c's transport.
func (l *loop) end(c *conn) {
	if len(c.out) > 0 {
		c.WriteFailed() // our Close, if there was one, was the last to be written
	}
	delete(l.conns, c.fd)
	syscall.Close(c.fd)
	if event := c.TransportClosed(); c.open {
		l.ended(event)
	}
}

// echo sends a message back when its last chunk has arrived.
func (c *conn) echo(out, chunk []byte, text, final bool) []byte {
	c.msg = append(c.msg, chunk...)
	if !final {
		return out
	}
	switch {
	case !text:
		out = c.AppendBinary(out, c.msg)
	case string(c.msg) == "close":
		out, _ = c.Close(out, 1000, "bye")
	default:
		out = c.AppendText(out, c.msg)
	}
	c.msg = c.msg[:0]
	return out
}

// handshake processes a chunk of the request, and answers when it is complete.
// The bytes after the request are frames.
func (c *conn) handshake(in []byte) {
	c.request = append(c.request, in...)
	head, rest, ok := bytes.Cut(c.request, []byte("\r\n\r\n"))
	if !ok && len(c.request) < maxRequest {
		return
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(c.request[:min(len(head)+4, len(c.request))])))
	if err == nil && (r.Method != "GET" || r.Header.Get("Sec-WebSocket-Version") != "13" ||
		!strings.EqualFold(r.Header.Get("Upgrade"), "websocket") || len(r.Header.Get("Sec-WebSocket-Key")) != 24) {
		err = errors.New("not a WebSocket's opening handshake")
	}
	if err != nil {
		c.out = append(c.out, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"...)
		c.over = true // the loop closes c at the deadline or at EOF
		return
	}
	c.open, c.request, c.deadline = true, nil, time.Time{}
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	c.out = append(c.out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: "+base64.StdEncoding.EncodeToString(sum[:])+"\r\n\r\n"...)
	c.out = c.Feed(c.out, rest, c.echo)
}
