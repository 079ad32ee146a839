// Package parsers passes the same bytes to the parsers of closeframe and of
// other libraries, through their public APIs, and returns the result of each
// for the Close frame at the start.
package parsers

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	coder "github.com/coder/websocket"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/gorilla/websocket"
	"github.com/lxzan/gws"
	xnet "golang.org/x/net/websocket"
)

// A Kind is the kind of a parser's result.
type Kind string

// The kinds of outcome.
const (
	Taken      Kind = "taken"      // as a valid Close frame
	Refused    Kind = "refused"    // as an error
	Incomplete Kind = "incomplete" // it needs more bytes
	Panic      Kind = "panic"
)

// An Outcome is a Kind and, if the Close frame was accepted, its contents.
type Outcome struct {
	Kind   Kind
	Code   int // -1 if the library does not report it
	Reason string
}

// A Parser is the parser of a library.
type Parser struct {
	Peer   string                 // its name in package peers
	Server func(b []byte) Outcome // b is from a client
	Client func(b []byte) Outcome // b is from a server
}

// All lists the parsers in Go.
var All = []Parser{
	{"gorilla/websocket", gorillaServer, gorillaClient},
	{"gobwas/ws", gobwas(ws.StateServerSide), gobwas(ws.StateClientSide)},
	{"coder/websocket", coderServer, coderClient},
	{"lxzan/gws", gwsServer, gwsClient},
	{"x/net/websocket", xnetServer, xnetClient},
}

// A wire is a net.Conn from which b can be read, after the opening handshake if
// there is one. It keeps the bytes written to it.
type wire struct {
	mu     sync.Mutex
	ready  sync.Cond
	in     []byte
	open   bool // in may be read
	out    bytes.Buffer
	after  []byte // to be read after a client's opening handshake
	closed bool
}

func newWire(b []byte, open bool) *wire {
	w := &wire{open: open}
	w.ready.L = &w.mu
	if open {
		w.in = b
	} else {
		w.after = b
	}
	return w
}

func (w *wire) Read(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for !w.open && !w.closed {
		w.ready.Wait()
	}
	if len(w.in) == 0 {
		return 0, io.EOF
	}
	n := copy(p, w.in)
	w.in = w.in[n:]
	return n, nil
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return 0, net.ErrClosed
	}
	w.out.Write(p)
	if !w.open && bytes.HasSuffix(w.out.Bytes(), []byte("\r\n\r\n")) {
		req, err := http.ReadRequest(bufio.NewReader(&w.out))
		if err != nil {
			return 0, err
		}
		w.out.Reset()
		sum := sha1.Sum([]byte(req.Header.Get("Sec-Websocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		w.in = fmt.Appendf(nil, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
		w.in = append(w.in, w.after...)
		w.open = true
		w.ready.Broadcast()
	}
	return len(p), nil
}

func (w *wire) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.ready.Broadcast()
	return nil
}

func (w *wire) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (w *wire) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// sent returns the frames written, without the answer to an opening handshake.
func (w *wire) sent() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.out.Bytes()
	if bytes.HasPrefix(b, []byte("HTTP/")) {
		_, b, _ = bytes.Cut(b, []byte("\r\n\r\n"))
	}
	return b
}

// A hijacker is a ResponseWriter whose wire can be taken over.
type hijacker struct {
	*httptest.ResponseRecorder
	w *wire
}

func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.w, bufio.NewReadWriter(bufio.NewReader(h.w), bufio.NewWriter(h.w)), nil
}

var upgrade = func() *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header = http.Header{
		"Upgrade": {"websocket"}, "Connection": {"Upgrade"},
		"Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
	}
	return r
}

// ended is the outcome for an error other than an accepted Close frame.
func ended(err error) Outcome {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Outcome{Kind: Incomplete}
	}
	return Outcome{Kind: Refused}
}

// guard turns a panic into an Outcome.
func guard(o *Outcome) {
	if recover() != nil {
		*o = Outcome{Kind: Panic}
	}
}

func gorillaServer(b []byte) (o Outcome) {
	defer guard(&o)
	var u websocket.Upgrader
	w := newWire(b, true)
	c, err := u.Upgrade(hijacker{httptest.NewRecorder(), w}, upgrade(), nil)
	if err != nil {
		panic(err)
	}
	return gorillaRead(c)
}

func gorillaClient(b []byte) (o Outcome) {
	defer guard(&o)
	w := newWire(b, false)
	d := websocket.Dialer{NetDial: func(string, string) (net.Conn, error) { return w, nil }}
	c, _, err := d.Dial("ws://localhost/", nil)
	if err != nil {
		panic(err)
	}
	return gorillaRead(c)
}

func gorillaRead(c *websocket.Conn) Outcome {
	_, _, err := c.ReadMessage()
	if e, ok := errors.AsType[*websocket.CloseError](err); ok {
		if e.Code == websocket.CloseAbnormalClosure { // its error for the end of the TCP connection
			return Outcome{Kind: Incomplete}
		}
		return Outcome{Taken, e.Code, e.Text}
	}
	return ended(err)
}

func gobwas(side ws.State) func(b []byte) Outcome {
	return func(b []byte) (o Outcome) {
		defer guard(&o)
		_, _, err := wsutil.ReadData(newWire(b, true), side)
		if e, ok := errors.AsType[wsutil.ClosedError](err); ok {
			return Outcome{Taken, int(e.Code), e.Reason}
		}
		return ended(err)
	}
}

func coderServer(b []byte) (o Outcome) {
	defer guard(&o)
	c, err := coder.Accept(hijacker{httptest.NewRecorder(), newWire(b, true)}, upgrade(), nil)
	if err != nil {
		panic(err)
	}
	return coderRead(c)
}

func coderClient(b []byte) (o Outcome) {
	defer guard(&o)
	w := newWire(b, false)
	client := &http.Client{Transport: &http.Transport{
		DialContext:       func(context.Context, string, string) (net.Conn, error) { return w, nil },
		DisableKeepAlives: true,
	}}
	c, _, err := coder.Dial(context.Background(), "ws://localhost/", &coder.DialOptions{HTTPClient: client})
	if err != nil {
		panic(err)
	}
	return coderRead(c)
}

func coderRead(c *coder.Conn) Outcome {
	defer c.CloseNow()
	_, _, err := c.Read(context.Background())
	if e, ok := errors.AsType[coder.CloseError](err); ok {
		return Outcome{Taken, int(e.Code), e.Reason}
	}
	return ended(err)
}

// gwsEvents records how gws reports the end.
type gwsEvents struct {
	gws.BuiltinEventHandler
	err error
}

func (h *gwsEvents) OnClose(_ *gws.Conn, err error) { h.err = err }

func gwsServer(b []byte) (o Outcome) {
	defer guard(&o)
	h := &gwsEvents{}
	w := newWire(b, true)
	c, err := gws.NewUpgrader(h, nil).Upgrade(hijacker{httptest.NewRecorder(), w}, upgrade())
	if err != nil {
		panic(err)
	}
	c.ReadLoop()
	return gwsOutcome(h.err, w)
}

func gwsClient(b []byte) (o Outcome) {
	defer guard(&o)
	h := &gwsEvents{}
	w := newWire(b, false)
	c, _, err := gws.NewClientFromConn(h, &gws.ClientOption{Addr: "ws://localhost/"}, w)
	if err != nil {
		panic(err)
	}
	c.ReadLoop()
	return gwsOutcome(h.err, w)
}

// gwsOutcome also uses the answer, since OnClose receives the code of a
// rejected Close frame too.
func gwsOutcome(err error, w *wire) Outcome {
	e, ok := errors.AsType[*gws.CloseError](err)
	if !ok {
		return ended(err)
	}
	if c := closeCode(w.sent()); c == 1002 || c == 1003 || c == 1007 {
		return Outcome{Kind: Refused}
	}
	code := int(e.Code)
	if code == 0 { // its value for no code
		code = 1005
	}
	return Outcome{Taken, code, string(e.Reason)}
}

// closeCode returns the code of the Close frame that a library sent, or 0.
func closeCode(b []byte) int {
	if len(b) < 4 || b[0] != 0x88 {
		return 0
	}
	p := b[2:]
	if b[1]&0x80 != 0 {
		if len(b) < 8 {
			return 0
		}
		return int(b[6]^b[2])<<8 | int(b[7]^b[3])
	}
	return int(p[0])<<8 | int(p[1])
}

func xnetServer(b []byte) (o Outcome) {
	defer guard(&o)
	w := newWire(b, true)
	xnet.Server{Handler: func(c *xnet.Conn) { o = xnetRead(c, w) }}.ServeHTTP(hijacker{httptest.NewRecorder(), w}, upgrade())
	return o
}

func xnetClient(b []byte) (o Outcome) {
	defer guard(&o)
	config, err := xnet.NewConfig("ws://localhost/", "http://localhost/")
	if err != nil {
		panic(err)
	}
	w := newWire(b, false)
	c, err := xnet.NewClient(config, w)
	if err != nil {
		panic(err)
	}
	return xnetRead(c, w)
}

// xnetRead uses the frames sent, because the package returns io.EOF for a Close
// frame, for a fault, and for the end of the TCP connection.
func xnetRead(c *xnet.Conn, w *wire) Outcome {
	var s string
	err := xnet.Message.Receive(c, &s)
	switch {
	case closeCode(w.sent()) != 0:
		return Outcome{Kind: Refused}
	case err == io.EOF && !strings.Contains(s, "\x00"):
		return Outcome{Taken, -1, ""}
	case err == nil:
		return Outcome{Taken, -1, ""}
	}
	return ended(err)
}
