package closeevent_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// A stream is one endpoint's side of a stream of an HTTP/2 or HTTP/3
// connection. Read returns io.EOF for END_STREAM or FIN, and another error for
// a reset.
type stream interface {
	io.Reader
	io.Writer
	end()    // sends END_STREAM or FIN
	cancel() // sends RST_STREAM or H3_REQUEST_CANCELLED
}

// converse runs an endpoint over a stream, by the rules in the package
// documentation, and returns its event. begin returns the first bytes to write.
// If begin is nil, the endpoint waits for the peer. If begin returns nil, the
// endpoint resets the stream.
func converse(h *closeevent.Handshake, s stream, parse func([]byte) (frame.Close, int, error), begin func(*closeevent.Handshake) []byte) closeevent.Event {
	write := func(b []byte) {
		if len(b) == 0 {
			return
		}
		if _, err := s.Write(b); err != nil {
			h.WriteFailed()
		}
	}
	if begin != nil {
		b := begin(h)
		if b == nil {
			s.cancel()
			return h.TransportClosed()
		}
		write(b)
	}
	var in []byte
	for done, ended := false, false; ; {
		if h.ShouldCloseTransport() && !ended {
			s.end()
			done, ended = true, true
		}
		var b [1]byte
		n, err := s.Read(b[:])
		if in = append(in, b[:n]...); n > 0 && !done {
			c, _, err := parse(in)
			if err == nil {
				write(h.Receive(nil, c))
				done = true
			} else if fault, ok := err.(frame.Error); ok && fault != frame.ErrIncomplete {
				write(h.Fail(nil, fault.Code()))
			}
		}
		if err == nil {
			continue
		}
		if err != io.EOF {
			h.WriteFailed()
		}
		if !ended {
			s.end()
		}
		return h.TransportClosed()
	}
}

func parseMasked(b []byte) (frame.Close, int, error) { return frame.ParseMasked(nil, b) }

// closing returns a begin function that sends a Close frame.
func closing(code closecode.Code, reason string) func(*closeevent.Handshake) []byte {
	return func(h *closeevent.Handshake) []byte {
		b, err := h.Close(nil, code, reason)
		if err != nil {
			panic(err)
		}
		return b
	}
}

func resets(*closeevent.Handshake) []byte { return nil }
func ends(*closeevent.Handshake) []byte   { return []byte{} } // without a Close frame

// streamTests lists the endings of a WebSocket over a stream, with the events
// of both sides.
var streamTests = []struct {
	name           string
	server, client func(*closeevent.Handshake) []byte
	serverResets   bool // after its answer
	clientEnds     bool // END_STREAM or FIN at once
	atServer       closeevent.Event
	atClient       closeevent.Event
}{
	{
		name:   "server closes",
		server: closing(1012, "bye"),
		atServer: closeevent.Event{
			Code: 1012, WasClean: true,
		},
		atClient: closeevent.Event{Code: 1012, Reason: "bye", WasClean: true},
	},
	{
		name:     "client closes",
		client:   closing(1001, "bye"),
		atServer: closeevent.Event{Code: 1001, Reason: "bye", WasClean: true},
		atClient: closeevent.Event{Code: 1001, WasClean: true},
	},
	{
		name:     "both close",
		server:   closing(4000, "s"),
		client:   closing(4001, "c"),
		atServer: closeevent.Event{Code: 4001, Reason: "c", WasClean: true},
		atClient: closeevent.Event{Code: 4000, Reason: "s", WasClean: true},
	},
	{
		name:     "client resets",
		client:   resets,
		atServer: closeevent.Event{Code: 1006},
		atClient: closeevent.Event{Code: 1006},
	},
	{
		name:     "server resets",
		server:   resets,
		atServer: closeevent.Event{Code: 1006},
		atClient: closeevent.Event{Code: 1006},
	},
	{
		name:       "client ends without a Close",
		client:     ends,
		clientEnds: true,
		atServer:   closeevent.Event{Code: 1006},
		atClient:   closeevent.Event{Code: 1006},
	},
	{
		name:         "server answers, then resets",
		client:       closing(1001, "bye"),
		serverResets: true,
		atServer:     closeevent.Event{Code: 1001, Reason: "bye", WasClean: true},
		atClient:     closeevent.Event{Code: 1001},
	},
}

// TestHTTP2 runs streamTests over streams of a real HTTP/2 connection. The
// streams are opened by a plain CONNECT, because the client of package net/http
// cannot send an extended CONNECT (RFC 8441 §4). Only the opening handshake
// differs.
//
// Shows: R57
func TestHTTP2(t *testing.T) {
	for _, tt := range streamTests {
		t.Run(tt.name, func(t *testing.T) {
			atServer := make(chan closeevent.Event, 1)
			client := http2Client(t, func(s *serverStream) {
				s.resetAtEnd = tt.serverResets
				var h closeevent.Handshake
				atServer <- converse(&h, s, parseMasked, tt.server)
			})
			h := closeevent.NewClient(key)
			if tt.clientEnds {
				client.end()
			}
			if got := converse(&h, client, frame.Parse, tt.client); got != tt.atClient {
				t.Errorf("the client got %+v, want %+v", got, tt.atClient)
			}
			if got := <-atServer; got != tt.atServer {
				t.Errorf("the server got %+v, want %+v", got, tt.atServer)
			}
		})
	}
}

// http2Client opens a stream to a server that passes its end to serve.
func http2Client(t *testing.T, serve func(*serverStream)) *clientStream {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	srv := &http.Server{
		Protocols: &protocols,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s := &serverStream{r: r.Body, w: w, flush: http.NewResponseController(w).Flush}
			if err := s.flush(); err != nil { // 200: the WebSocket is open
				return
			}
			serve(s)
			if s.reset || s.resetAtEnd {
				panic(http.ErrAbortHandler) // sends RST_STREAM
			}
			// Returning sends END_STREAM.
		}),
	}
	go srv.Serve(ln)
	transport := &http.Transport{Protocols: &protocols}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		srv.Close()
	})

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	body, w := io.Pipe()
	req, err := http.NewRequestWithContext(ctx, "CONNECT", "http://"+ln.Addr().String()+"/", body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || res.ProtoMajor != 2 {
		t.Fatalf("%s %s, want HTTP/2 and 200", res.Proto, res.Status)
	}
	return &clientStream{res.Body, w}
}

// A clientStream is the client's end: the body of the request for writing and
// the body of the response for reading.
type clientStream struct {
	io.ReadCloser
	w *io.PipeWriter
}

func (s *clientStream) Write(b []byte) (int, error) { return s.w.Write(b) }
func (s *clientStream) end()                        { s.w.Close() }
func (s *clientStream) cancel()                     { s.Close() } // sends RST_STREAM with CANCEL

// A serverStream is the server's end. Package net/http ends both directions of
// a stream when the handler returns, so nothing can be read after end.
type serverStream struct {
	r                 io.Reader
	w                 io.Writer
	flush             func() error
	ended             bool
	reset, resetAtEnd bool
}

func (s *serverStream) Read(b []byte) (int, error) {
	if s.ended {
		return 0, io.EOF
	}
	return s.r.Read(b)
}

func (s *serverStream) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	return n, errors.Join(err, s.flush())
}

func (s *serverStream) end()    { s.ended = true }
func (s *serverStream) cancel() { s.reset = true }

// TestHTTP3 runs streamTests over a model of a QUIC stream: two directions,
// each ended by FIN or by a reset with an error code. It does not use QUIC
// itself.
//
// Shows: R58
func TestHTTP3(t *testing.T) {
	for _, tt := range streamTests {
		t.Run(tt.name, func(t *testing.T) {
			up, down := newHalf(), newHalf()
			atServer := make(chan closeevent.Event, 1)
			go func() {
				var h closeevent.Handshake
				s := quicStream{up, down}
				if tt.serverResets {
					// The first end that it sends is a reset.
					down.atEnd = h3RequestCancelled
				}
				atServer <- converse(&h, s, parseMasked, tt.server)
			}()
			client := quicStream{down, up}
			h := closeevent.NewClient(key)
			if tt.clientEnds {
				client.end()
			}
			if got := converse(&h, client, frame.Parse, tt.client); got != tt.atClient {
				t.Errorf("the client got %+v, want %+v", got, tt.atClient)
			}
			if got := <-atServer; got != tt.atServer {
				t.Errorf("the server got %+v, want %+v", got, tt.atServer)
			}
		})
	}
}

// streamError is a stream error of HTTP/3.
type streamError uint64

const h3RequestCancelled streamError = 0x10c // H3_REQUEST_CANCELLED, RFC 9114 §8.1

func (e streamError) Error() string { return "stream reset" }

// A half is one direction of a stream. Sent bytes are delivered before FIN and
// before a reset. QUIC does not guarantee the latter, but it makes the test
// deterministic.
type half struct {
	bytes chan byte
	once  sync.Once
	atEnd error // how it ends
}

func newHalf() *half { return &half{bytes: make(chan byte, 1<<10), atEnd: io.EOF} }

func (h *half) endWith(err error) {
	h.once.Do(func() {
		if h.atEnd == io.EOF {
			h.atEnd = err
		}
		close(h.bytes)
	})
}

type quicStream struct{ in, out *half }

func (s quicStream) Read(b []byte) (int, error) {
	c, ok := <-s.in.bytes
	if !ok {
		return 0, s.in.atEnd
	}
	b[0] = c
	return 1, nil
}

func (s quicStream) Write(b []byte) (int, error) {
	for _, c := range b {
		s.out.bytes <- c
	}
	return len(b), nil
}

func (s quicStream) end() { s.out.endWith(io.EOF) }

// cancel resets the sending direction and stops the receiving direction.
func (s quicStream) cancel() {
	s.out.endWith(h3RequestCancelled)
	s.in.endWith(h3RequestCancelled)
}
