package probe_test

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/examples/eventloop"
)

// runLoop runs one eventloop.Conn as an echo server that closes after the text
// "close".
func runLoop(conn *net.TCPConn, in *bufio.Reader, c *eventloop.Conn) {
	defer conn.Close()
	var message []byte
	deliver := func(out, chunk []byte, text, final bool) []byte {
		message = append(message, chunk...)
		if !final {
			return out
		}
		switch {
		case string(message) == "close":
			out, _ = c.Close(out, 1000, "bye")
			conn.SetReadDeadline(time.Now().Add(time.Second))
		case text:
			out = c.AppendText(out, message)
		}
		message = message[:0]
		return out
	}
	b := make([]byte, 512)
	for {
		n, err := in.Read(b)
		out := c.Feed(nil, b[:n], deliver)
		if len(out) > 0 {
			if _, err := conn.Write(out); err != nil && c.State() != closeevent.Open {
				c.WriteFailed()
			}
		}
		if c.Over() {
			if c.ShouldCloseTransport() {
				conn.CloseWrite()
			}
			conn.SetReadDeadline(time.Now().Add(5 * time.Second))
			io.Copy(io.Discard, in)
			break
		}
		if err != nil {
			break
		}
	}
	c.TransportClosed()
}

func TestEventloopServer(t *testing.T) {
	t.Parallel()
	set := load(t)
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		sum := sha1.Sum([]byte(r.Header.Get("Sec-Websocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
		runLoop(conn.(*net.TCPConn), rw.Reader, new(eventloop.Conn))
	}))
	defer ts.Close()
	rep, err := set.Dial(t.Context(), "ws"+strings.TrimPrefix(ts.URL, "http"), stackOptions)
	wantPass(t, rep, err, 2)
}

func TestEventloopClient(t *testing.T) {
	t.Parallel()
	set := load(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				return // the prober has stopped listening
			}
			io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
			in := bufio.NewReader(conn)
			if _, err := http.ReadResponse(in, nil); err != nil {
				conn.Close()
				return
			}
			runLoop(conn.(*net.TCPConn), in, eventloop.NewClient())
		}
	}()
	rep, err := set.Listen(t.Context(), ln, stackOptions)
	wantPass(t, rep, err, 2)
	<-done
}
