// Package stack is a small, complete WebSocket endpoint (RFC 6455), server and
// client: messages, fragments, Ping and Pong, a message limit and, above all,
// closing; no extensions, no subprotocols. It shows how the packages of this
// module are embedded, and is to be read from top to bottom: this file, then
// open.go for the opening handshake, read.go, write.go and close.go.
package stack

import (
	"bufio"
	"cmp"
	"crypto/rand"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// An Op is an opcode (RFC 6455 §5.2). Messages are either Text or Binary.
type Op byte

const (
	Text   Op = 1
	Binary Op = 2

	opContinuation Op = 0
	opClose        Op = 8 // and those that follow are control frames
	opPing         Op = 9
	opPong         Op = 10

	bitFIN  = 0x80 // of a frame's first byte
	bitsRSV = 0x70
	bitMask = 0x80 // of its second byte
)

// A Config is what an endpoint may be told. The zero Config is ready to use.
type Config struct {
	// MaxMessage is how many bytes a message from the peer may have; 16 MiB if
	// it is 0. A header that announces more fails the connection with 1009.
	MaxMessage int

	// Timeout is how long closing may take, from the first Close frame to the
	// end of the transport; 5 s if it is 0.
	Timeout time.Duration

	Header http.Header // further header fields of a client's request
	TLS    *tls.Config // for clients that dial wss URLs
}

// A Conn is one WebSocket connection. Its methods may be called from several
// goroutines at once, and somebody must be calling Read all the time, since it
// is Read that answers Ping and Close frames. A Conn has no goroutine of its
// own, other than one that writes a Pong and ends.
type Conn struct {
	conn    net.Conn
	client  bool
	limit   int // of a message
	timeout time.Duration

	reading sync.Mutex // held by Read; guards what follows
	in      *bufio.Reader
	text    utf8check.Stream       // of the message that is being read
	control [frame.MaxPayload]byte // the payload of a control frame
	end     error                  // what Read returns in the end; nil before

	message sync.Mutex // held through all fragments of a message being sent
	writing sync.Mutex // held while conn is being written to
	out     []byte     // what is being written
	broken  error      // what that failed with

	// mu is the one lock around the handshake. It is taken last, and never
	// held while waiting for the peer.
	mu    sync.Mutex
	h     closeevent.Handshake
	queue []byte // control frames to be written: Pongs, and at last our
	// Close; if there are any, send is being called
	deadline time.Time // for closing; zero before it starts
}

// newConn returns a Conn that speaks over conn, after the opening handshake.
func newConn(conn net.Conn, in *bufio.Reader, client bool, config Config) *Conn {
	c := &Conn{conn: conn, client: client}
	c.limit = cmp.Or(config.MaxMessage, 16<<20)
	c.timeout = cmp.Or(config.Timeout, 5*time.Second)
	// A whole Close frame is peeked at. What is large enough is not wrapped.
	c.in = bufio.NewReaderSize(in, frame.MaxSize)
	if client {
		c.h = closeevent.NewClient(newKey())
	}
	return c
}

// newKey returns a masking key, "derived from a strong source of entropy"
// (RFC 6455 §5.3).
func newKey() (key [4]byte) {
	rand.Read(key[:]) // never fails
	return key
}
