package lab

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// A client plays the browser in a test.
type client struct {
	testing.TB
	url string // of the lab, without the last slash
	n   int    // runs so far
}

func newClient(t testing.TB) *client {
	server := httptest.NewServer(Handler(t.Context(), Config{}))
	t.Cleanup(server.Close)
	return &client{TB: t, url: server.URL}
}

// id returns the ID of another run.
func (c *client) id() string {
	c.n++
	return fmt.Sprintf("%016x", c.n)
}

// get returns the status and the body of the lab's response.
func (c *client) get(path string) (int, []byte) {
	c.Helper()
	r, err := http.Get(c.url + path)
	if err != nil {
		c.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		c.Fatal(err)
	}
	return r.StatusCode, b
}

// result returns the lab's record of a run.
func (c *client) result(path string) (res result) {
	c.Helper()
	status, b := c.get(path)
	if err := json.Unmarshal(b, &res); status != http.StatusOK || err != nil {
		c.Fatalf("%s: %d %q, %v", path, status, b, err)
	}
	return res
}

// A buffered connection is read through the buffer of its opening handshake.
type buffered struct {
	*net.TCPConn
	in *bufio.Reader
}

func (c buffered) Read(p []byte) (int, error) { return c.in.Read(p) }

// dial performs the opening handshake of a run. It sends extra together with
// the request.
func (c *client) dial(q url.Values, extra string) buffered {
	c.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(conn, "GET /ws?%s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n%s", q.Encode(), conn.RemoteAddr(), c.url, extra)
	in := bufio.NewReader(conn)
	r, err := http.ReadResponse(in, nil)
	if err != nil || r.StatusCode != http.StatusSwitchingProtocols {
		c.Fatalf("%v, %v", r, err)
	}
	return buffered{conn.(*net.TCPConn), in}
}

// play plays the browser in a case according to RFC 6455. It returns the event
// for onclose and the lab's result.
func (c *client) play(q url.Values) (closeevent.Event, result) {
	c.Helper()
	id := c.id()
	q.Set("run", id)
	played, _ := caseOf(q.Get("case"))
	if played.Ours {
		res := c.result("/play?" + q.Encode())
		return res.Ours.Event, res
	}
	conn := c.dial(q, "")
	h := closeevent.NewClient([4]byte{1, 2, 3, 4})
	send := func(b []byte) {
		if _, err := conn.Write(b); err != nil {
			h.WriteFailed()
		}
	}
	if played.ClientCloses {
		code, reason := closecode.NoStatusRcvd, ""
		if played.TakesCode {
			code, reason = 3000, bye
		}
		b, err := h.Close(nil, code, reason)
		if err != nil {
			c.Fatal(err)
		}
		send(b)
	}
	if played.ID == "no-reply" {
		conn.CloseWrite() // stops waiting
	}
	var in []byte
	buf := make([]byte, 1000)
	for {
		got, _, err := frame.Parse(in)
		if fault, ok := errors.AsType[frame.Error](err); ok && fault.Code() != 0 {
			send(h.Fail(nil, fault.Code()))
			break
		}
		if err == nil {
			send(h.Receive(nil, got))
			break
		}
		n, err := conn.Read(buf)
		in = append(in, buf[:n]...)
		if n == 0 && err != nil {
			break
		}
	}
	if h.ShouldCloseTransport() || played.ID == "never-ended" {
		conn.CloseWrite()
	}
	io.Copy(io.Discard, conn)
	conn.Close()
	return h.TransportClosed(), c.result("/result?run=" + id)
}
