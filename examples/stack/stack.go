// Package stack is a small, complete WebSocket endpoint (RFC 6455), server and
// client: messages, fragments, Ping and Pong, a message limit and the closing
// handshake. It supports no extensions and no subprotocols.
//
// Copy what your stack lacks. readClose parses a Close frame from a buffered
// reader. step takes a step of closeevent.Handshake under a lock and queues the
// frame to send. send drops data frames after our Close frame. finish ends the
// transport with closeconn.Finish. The opening handshake is in open.go.
package stack

import (
	"bufio"
	"cmp"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// An Op is an opcode (RFC 6455 §5.2). Messages are either Text or Binary.
type Op byte

const (
	Text   Op = 1
	Binary Op = 2

	opContinuation          Op = 0
	opClose, opPing, opPong Op = 8, 9, 10 // control frames

	bitFIN, bitsRSV, bitMask = 0x80, 0x70, 0x80 // in the header's bytes 0, 0 and 1

	maxFragment = 32 << 10 // bytes of a message per frame; a Close frame waits for one frame at most
	maxPongs    = 4 << 10  // queued bytes for a peer that does not read
)

// A Config has the options of an endpoint. The zero Config is valid.
type Config struct {
	MaxMessage int           // bytes; a longer one fails the connection with 1009; 0 means 16 MiB
	Timeout    time.Duration // for closing, up to the end of the transport; 0 means 5 s
	Header     http.Header   // further header fields of a client's request
	TLS        *tls.Config   // for clients that dial wss URLs
}

// A Conn is one WebSocket connection. Its methods may be called concurrently.
// Call Read continuously, because it answers Ping and Close frames. A Conn has
// no permanent goroutine, only a short one to write a Pong.
type Conn struct {
	conn    net.Conn
	client  bool
	limit   int // of a message
	timeout time.Duration

	reading sync.Mutex // held by Read; guards the following
	in      *bufio.Reader
	text    utf8check.Stream       // of the message that is being read
	control [frame.MaxPayload]byte // the payload of a control frame
	end     error                  // the final error of Read; nil before the end

	message   sync.Mutex // held through all fragments of a message being sent
	writing   sync.Mutex // held while writing to conn
	out       []byte     // the bytes to write
	broken    error      // the error of a failed write
	closeSent bool       // our Close frame has been written

	mu       sync.Mutex // locked last, and not held while waiting for the peer; guards the following
	h        *closeevent.Handshake
	queue    []byte    // Pongs and our Close frame, for send
	deadline time.Time // for closing; zero before it starts
}

// newConn returns a Conn for conn after the opening handshake.
func newConn(conn net.Conn, in *bufio.Reader, client bool, config Config) *Conn {
	c := &Conn{conn: conn, client: client, h: new(closeevent.Handshake)}
	c.limit = cmp.Or(max(config.MaxMessage, 0), 16<<20)
	c.timeout = cmp.Or(config.Timeout, 5*time.Second)
	c.in = bufio.NewReaderSize(in, frame.MaxSize) // for Peek; returns in if its buffer is large enough
	if client {
		h := closeevent.NewClient(newKey())
		c.h = &h
	}
	return c
}

// newKey returns a masking key "from a strong source of entropy" (§5.3).
func newKey() (key [4]byte) {
	rand.Read(key[:]) // never fails
	return key
}

// Read waits for the next message, appends it to dst and returns the extended
// buffer, which belongs to the caller. It answers control frames in between.
//
// An error means that the connection has ended. errors.AsType finds the
// closeevent.Event in it. If the event is not clean, the error has a cause too.
// Messages that arrive after this endpoint has started to close are dropped.
func (c *Conn) Read(dst []byte) (Op, []byte, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	for c.end == nil {
		op, msg, err := c.readMessage(dst)
		if err != nil {
			c.finish(err)
		} else if c.state() == closeevent.Open {
			return op, msg, nil
		}
		dst = msg[:len(dst)]
	}
	return 0, dst, c.end
}

// A header is the header of a frame (RFC 6455 §5.2).
type header struct {
	fin  bool
	op   Op
	size int
	key  [4]byte
}

// errClosed means that the peer's Close frame was read.
var errClosed = errors.New("stack: the peer sent a Close")

// A fault is a violation by the peer in a frame other than Close.
type fault struct {
	code closecode.Code // to fail the connection with
	what string
}

func (f fault) Error() string        { return "stack: " + f.what }
func (f fault) Code() closecode.Code { return f.code }

// readMessage appends the next message to dst. The error is a fault or a
// frame.Error if the peer violated a rule, errClosed if its Close frame
// arrived, and otherwise the error of the transport.
func (c *Conn) readMessage(dst []byte) (op Op, msg []byte, err error) {
	start := len(dst)
	for {
		h, err := c.readHeader(op, c.limit-(len(dst)-start))
		switch {
		case err != nil:
			return 0, dst, err
		case h.op == opClose:
			return 0, dst, c.readClose()
		case h.op > opClose:
			p := c.control[:h.size]
			if _, err := io.ReadFull(c.in, p); err != nil {
				return 0, dst, err
			}
			if h.op == opPing {
				frame.Mask(p, h.key, 0) // a server's key is 0
				c.pong(p)
			}
			continue
		case h.op != opContinuation:
			op = h.op
			c.text.Reset()
		}
		if dst, err = c.readPayload(dst, h, op); err != nil || h.fin {
			return op, dst, err
		}
	}
}

// readClose reads a Close frame. The parsers of package frame return the number
// of bytes that they need, and detect every error.
func (c *Conn) readClose() error {
	for n := 1; ; n++ {
		b, err := c.in.Peek(n)
		if err != nil {
			return err
		}
		var f frame.Close
		if c.client {
			f, _, err = frame.Parse(b)
		} else {
			f, _, err = frame.ParseMasked(c.control[:0], b)
		}
		switch err {
		case nil:
			c.step(func(dst []byte) ([]byte, error) { return c.h.Receive(dst, f), nil })
			return errClosed
		case frame.ErrIncomplete:
			if size, err := frame.Size(b); err == nil {
				n = size - 1
			}
		default:
			return err
		}
	}
}

// readHeader reads a header, unless it is that of a Close frame. op is the
// opcode of the current message, or 0, and room is the number of bytes that the
// message may still have. Each fault is detected at the byte that causes it.
func (c *Conn) readHeader(op Op, room int) (h header, err error) {
	b, err := c.in.Peek(1)
	if err != nil {
		return h, err
	}
	h.fin, h.op = b[0]&bitFIN != 0, Op(b[0]&0x0f)
	switch {
	case h.op == opClose:
		return h, nil
	case b[0]&bitsRSV != 0:
		// "MUST be 0 unless an extension is negotiated" (§5.2)
		return h, fault{closecode.ProtocolError, "reserved bit set"}
	case h.op > opPong, h.op > Binary && h.op < opClose:
		// "If an unknown opcode is received, […] _Fail_" (§5.2)
		return h, fault{closecode.ProtocolError, "unknown opcode"}
	case h.op > opClose && !h.fin:
		// Control frames "MUST NOT be fragmented" (§5.5).
		return h, fault{closecode.ProtocolError, "fragmented control frame"}
	case h.op < opClose && (h.op == opContinuation) != (op != 0):
		// "The fragments of one message MUST NOT be interleaved" (§5.4).
		return h, fault{closecode.ProtocolError, "fragment of no message, or message within another"}
	}
	if b, err = c.in.Peek(2); err != nil {
		return h, err
	}
	n, size := 2, uint64(b[1]&^bitMask)
	switch {
	case (b[1]&bitMask != 0) == c.client:
		// "a client MUST mask all frames", "A server MUST NOT mask" (§5.1).
		return h, fault{closecode.ProtocolError, "masked frame of a server, or unmasked one of a client"}
	case size > frame.MaxPayload && h.op > opClose:
		// They "MUST have a payload length of 125 bytes or less" (§5.5).
		return h, fault{closecode.ProtocolError, "control frame of more than 125 bytes"}
	case size == 126:
		n, size = 4, 0
	case size == 127:
		n, size = 10, 0
	}
	if b, err = c.in.Peek(n); err != nil {
		return h, err
	}
	for _, x := range b[2:] {
		size = size<<8 | uint64(x)
	}
	switch {
	case n > 2 && size < 126, n == 10 && size < 1<<16, size >= 1<<63:
		// "the minimal number of bytes MUST be used to encode the length", and
		// of 64 bits "the most significant bit MUST be 0" (§5.2).
		return h, fault{closecode.ProtocolError, "length not minimal, or of 64 bits"}
	case h.op < opClose && size > uint64(room):
		return h, fault{closecode.MessageTooBig, "message too big"}
	}
	h.size = int(size)
	if !c.client {
		n += 4
		if b, err = c.in.Peek(n); err != nil {
			return h, err
		}
		h.key = [4]byte(b[n-4:])
	}
	c.in.Discard(n)
	return h, nil
}

// readPayload appends the payload of a data frame to dst as it arrives. It
// detects invalid UTF-8 before the rest of the frame arrives, and the memory it
// allocates is proportional to the bytes received, not to the announced length.
func (c *Conn) readPayload(dst []byte, h header, op Op) ([]byte, error) {
	ok := true
	for pos := 0; pos < h.size; {
		if len(dst) == cap(dst) {
			dst = slices.Grow(dst, min(h.size-pos, max(len(dst), 4096)))
		}
		n, err := c.in.Read(dst[len(dst):min(cap(dst), len(dst)+h.size-pos)])
		if n == 0 && err != nil {
			return dst, err
		}
		p := dst[len(dst) : len(dst)+n]
		switch {
		case op == Binary:
			frame.Mask(p, h.key, pos)
		case c.client:
			ok = c.text.Next(p)
		default:
			ok = c.text.NextMasked(p, h.key, pos)
		}
		if !ok {
			break
		}
		dst, pos = dst[:len(dst)+n], pos+n
	}
	if !ok || op == Text && h.fin && !c.text.Complete() {
		// If "the byte stream is not, in fact, a valid UTF-8 stream, that
		// endpoint MUST _Fail the WebSocket Connection_" (§8.1).
		return dst, fault{closecode.InvalidFramePayloadData, "text is not UTF-8"}
	}
	return dst, nil
}

// Write sends p as one message. It returns net.ErrClosed if the connection
// starts to close, even in the middle of the message (§6.1). If the peer does
// not read, Write blocks until the connection is closed.
func (c *Conn) Write(op Op, p []byte) error {
	if op != Text && op != Binary || op == Text && !utf8check.Valid(p) {
		return errors.New("stack: neither Binary nor Text that is UTF-8")
	}
	c.message.Lock()
	defer c.message.Unlock()
	for {
		n := min(len(p), maxFragment)
		if err := c.send(n == len(p), op, p[:n]); err != nil || n == len(p) {
			return err
		}
		op, p = opContinuation, p[n:]
	}
}

// Ping sends a Ping with a payload of at most 125 bytes. Read drops the Pong.
func (c *Conn) Ping(p []byte) error {
	if len(p) > frame.MaxPayload {
		return frame.ErrTooLong
	}
	return c.send(true, opPing, p)
}

// pong answers a Ping with the payload p and does not wait until the Pong is
// written. Two peers with full buffers would otherwise wait for each other
// forever.
func (c *Conn) pong(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.h.Ending()
	switch {
	case e.Received != 0 || e.Failed || c.h.State() == closeevent.Closed:
		// "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in
		// response, unless it already received a Close frame." (§5.5.2) Our own
		// Close changes nothing: §5.5.1 forbids data frames after it, not
		// control frames.
		return
	case len(c.queue) == 0:
		go c.send(true, opClose, nil) // otherwise a send is on its way already
	case len(c.queue) > maxPongs:
		// "MAY elect to send a Pong frame for only the most recently processed
		// Ping frame" (§5.5.3)
		c.queue = c.queue[:0]
	}
	c.queue = c.appendFrame(c.queue, true, opPong, p)
}

// appendFrame appends a frame of at most maxFragment bytes to b (§5.2).
func (c *Conn) appendFrame(b []byte, fin bool, op Op, p []byte) []byte {
	first, mask := byte(op), byte(0)
	if fin {
		first |= bitFIN
	}
	if c.client {
		mask = bitMask
	}
	if n := len(p); n < 126 {
		b = append(b, first, mask|byte(n))
	} else {
		b = append(b, first, mask|126, byte(n>>8), byte(n))
	}
	if !c.client {
		return append(b, p...)
	}
	// "a client MUST mask all frames that it sends to the server" (§5.1)
	key := newKey()
	b = append(append(b, key[:]...), p...)
	frame.Mask(b[len(b)-len(p):], key, 0)
	return b
}

// send writes the queue and then a frame, or with opClose only the queue. No
// data frame is written after our Close frame, which is in the queue.
func (c *Conn) send(fin bool, op Op, p []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.mu.Lock()
	open := c.h.State() == closeevent.Open
	if op != opClose && !open {
		c.mu.Unlock()
		return net.ErrClosed
	}
	c.out = append(c.out[:0], c.queue...)
	c.queue = c.queue[:0]
	c.mu.Unlock()

	if op != opClose {
		c.out = c.appendFrame(c.out, fin, op, p)
	}
	if len(c.out) > 0 && c.broken == nil {
		_, c.broken = c.conn.Write(c.out)
	}
	if c.broken == nil {
		c.closeSent = c.closeSent || !open
	} else if !open && !c.closeSent {
		c.mu.Lock()
		c.h.WriteFailed()
		c.mu.Unlock()
	}
	return c.broken
}

// Close closes the connection and returns how it ended, after the peer's Close
// frame and the end of the transport, or after the timeout. If the connection
// was already closing, Close waits for the end. If frame.Append rejects the
// code or the reason, Close returns its error and does nothing.
func (c *Conn) Close(code closecode.Code, reason string) (closeevent.Event, error) {
	err := c.step(func(dst []byte) ([]byte, error) { return c.h.Close(dst, code, reason) })
	if err != nil {
		return closeevent.Event{}, err
	}
	c.send(true, opClose, nil) // the handshake records a failure
	_, _, err = c.Read(nil)    // or a concurrent Read reads the peer's Close frame
	event, _ := errors.AsType[closeevent.Event](err)
	return event, nil
}

// PeerFirst reports, after the end, whether the peer started to close.
func (c *Conn) PeerFirst() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.h.PeerFirst()
}

func (c *Conn) state() closeevent.State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.h.State()
}

// step calls f to take a step of the handshake, and queues the appended bytes
// for send. The first step sets the deadline for everything that can block: a
// pending Write, our Close frame, the peer's, and the end of the transport.
func (c *Conn) step(f func(dst []byte) ([]byte, error)) (err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue, err = f(c.queue)
	if c.deadline.IsZero() && c.h.State() == closeevent.Closing {
		c.deadline = time.Now().Add(c.timeout)
		c.conn.SetDeadline(c.deadline)
	}
	return err
}

// finish ends the connection after reading has ended with cause.
func (c *Conn) finish(cause error) {
	broken, ok := cause.(interface{ Code() closecode.Code }) // fault or frame.Error
	if ok {
		c.step(func(dst []byte) ([]byte, error) { return c.h.Fail(dst, broken.Code()), nil })
	}
	if ok || cause == errClosed {
		c.send(true, opClose, nil)
	}
	// Finish waits for the peer. Other goroutines must not use the handshake
	// meanwhile, so a closed one replaces it.
	c.mu.Lock()
	h, deadline := c.h, c.deadline
	c.h = new(closeevent.Handshake)
	c.h.TransportClosed()
	c.mu.Unlock()
	event := closeconn.Finish(c.conn, h, time.Until(deadline))
	c.mu.Lock()
	c.h, c.end = h, event
	c.mu.Unlock()
	if !event.WasClean {
		c.end = fmt.Errorf("%w (%w)", event, cause)
	}
}
