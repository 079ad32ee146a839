package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
)

const (
	request     = "GET /chat HTTP/1.1\r\nHost: proxy\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	response    = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
	testTimeout = 20 * time.Second
)

// A logged is a log line of the proxy for a connection.
type logged struct{ Msg, Cause, Text string }

// lines sends each log line of the proxy.
type lines chan logged

func (l lines) Write(p []byte) (int, error) {
	var v logged
	if json.Unmarshal(p, &v); v.Msg == "closed" {
		l <- v
	}
	return len(p), nil
}

// start returns both ends of a connection through a proxy.
func start(t *testing.T, grace time.Duration) (client, server *net.TCPConn, p *proxy, log lines) {
	t.Helper()
	accepted := make(chan net.Conn, 1)
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil || r.URL.Path != "/chat" {
			t.Error(r.URL, err)
		}
		io.WriteString(c, response)
		accepted <- c
	}))
	t.Cleanup(backend.Close)
	u, _ := url.Parse(backend.URL)
	log = make(lines, 1)
	p = newProxy(u, slog.New(slog.NewJSONHandler(log, nil)), grace)
	front := httptest.NewServer(p)
	t.Cleanup(front.Close)
	c, err := net.Dial("tcp", front.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	open(t, c)
	s := <-accepted
	s.SetDeadline(time.Now().Add(testTimeout))
	t.Cleanup(func() { s.Close() })
	return c.(*net.TCPConn), s.(*net.TCPConn), p, log
}

// open is the opening handshake of a client.
func open(t *testing.T, c net.Conn) {
	t.Helper()
	c.SetDeadline(time.Now().Add(testTimeout))
	io.WriteString(c, request)
	var head []byte
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		b := make([]byte, 1)
		if _, err := c.Read(b); err != nil {
			t.Fatal(err)
		}
		head = append(head, b...)
	}
	if !strings.HasPrefix(string(head), "HTTP/1.1 101") {
		t.Fatalf("got %q", head)
	}
}

// want reads exactly the bytes b from c.
func want(t *testing.T, c net.Conn, who string, b []byte) {
	t.Helper()
	got := make([]byte, len(b))
	if n, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, b) {
		t.Fatalf("%s got %x, %v; want %x", who, got[:n], err, b)
	}
}

// wantClose reads a Close frame from c and returns it.
func wantClose(t *testing.T, c net.Conn, who string, code closecode.Code) {
	t.Helper()
	b := make([]byte, 2)
	if _, err := io.ReadFull(c, b); err != nil {
		t.Fatalf("%s: %v; want Close %v", who, err, code)
	}
	n, err := frame.Size(b)
	if err != nil {
		t.Fatalf("%s got % x; want Close %v", who, b, code)
	}
	b = append(b, make([]byte, n-2)...)
	io.ReadFull(c, b[2:])
	f, _, err := frame.Parse(b)
	if who == "server" {
		f, _, err = frame.ParseMasked(nil, b)
	}
	if err != nil || f.Code != code {
		t.Fatalf("%s got %+v, %v; want Close %v", who, f, err, code)
	}
}

// wantEOF verifies that c ends with FIN and nothing before.
func wantEOF(t *testing.T, c net.Conn, who string) {
	t.Helper()
	if b, err := io.ReadAll(c); err != nil || len(b) > 0 {
		t.Errorf("%s got %x, %v; want FIN", who, b, err)
	}
}

func closeFrame(code closecode.Code, reason string) []byte {
	b, _ := frame.Append(nil, code, reason)
	return b
}

func closeMasked(code closecode.Code, reason string) []byte {
	b, _ := frame.AppendMasked(nil, [4]byte{9, 8, 7, 6}, code, reason)
	return b
}

// TestPasses verifies that a closing handshake passes unchanged, with reasons
// and private codes, started by either side.
func TestPasses(t *testing.T) {
	client, server, _, log := start(t, testTimeout)
	server.Write(closeFrame(4001, "session expired"))
	want(t, client, "client", closeFrame(4001, "session expired"))
	client.Write(closeMasked(4002, "so be it"))
	want(t, server, "server", closeMasked(4002, "so be it"))
	server.Close()
	wantEOF(t, client, "client")
	client.Close()
	if l := <-log; l.Cause != "clean" || l.Text != `server closed: 4001 (private) "session expired"; client answered 4002 "so be it"; clean on both sides` {
		t.Errorf("logged %+v", l)
	}
	client, server, _, log = start(t, testTimeout)
	client.Write(closeMasked(closecode.NoStatusRcvd, ""))
	want(t, server, "server", closeMasked(closecode.NoStatusRcvd, ""))
	server.Write(closeFrame(closecode.NoStatusRcvd, ""))
	server.Close()
	want(t, client, "client", closeFrame(closecode.NoStatusRcvd, ""))
	wantEOF(t, client, "client")
	client.Close()
	if l := <-log; l.Cause != "clean" {
		t.Errorf("logged %+v", l)
	}
}

// TestLost verifies the event of a side whose peer ends without a Close frame:
// an orderly close between frames, and an abrupt end within one.
func TestLost(t *testing.T) {
	client, server, _, log := start(t, testTimeout)
	server.Close()
	wantClose(t, client, "client", closecode.InternalError)
	client.Write(closeMasked(closecode.InternalError, ""))
	wantEOF(t, client, "client")
	client.Close()
	if l := <-log; l.Cause != "lost" {
		t.Errorf("logged %+v", l)
	}
	client, server, _, log = start(t, testTimeout)
	client.SetLinger(0)
	client.Close()
	wantClose(t, server, "server", closecode.GoingAway)
	server.Write(closeFrame(closecode.GoingAway, ""))
	server.Close()
	if l := <-log; l.Cause != "lost" {
		t.Errorf("logged %+v", l)
	}
	client, server, _, log = start(t, testTimeout)
	server.Write([]byte{0x82, 5, 'h'})
	server.Close()
	want(t, client, "client", []byte{0x82, 5, 'h'})
	wantEOF(t, client, "client")
	client.Close()
	if l := <-log; l.Cause != "lost" {
		t.Errorf("logged %+v", l)
	}
}

// TestDrain verifies that draining waits for the end of a frame, forwards
// nothing after its Close frame, and ends clean connections.
func TestDrain(t *testing.T) {
	client, server, p, log := start(t, testTimeout)
	server.Write([]byte{0x82, 3, 'a'})
	want(t, client, "client", []byte{0x82, 3, 'a'})
	done := make(chan struct{})
	go func() {
		ctx, cancel := context.WithTimeout(t.Context(), testTimeout)
		defer cancel()
		p.drain(ctx)
		close(done)
	}()
	wantClose(t, server, "server", closecode.GoingAway)
	// The frame ends with c. The bytes after it come too late.
	server.Write(append([]byte{'b', 'c', 0x82, 1, 'd'}, closeFrame(closecode.GoingAway, "")...))
	want(t, client, "client", []byte{'b', 'c'})
	wantClose(t, client, "client", closecode.ServiceRestart)
	client.Write(closeMasked(closecode.ServiceRestart, ""))
	wantEOF(t, client, "client")
	client.Close()
	server.Close()
	if l := <-log; l.Cause != "clean" || !strings.HasPrefix(l.Text, "proxy closed the client's side: 1012 Service Restart; ") {
		t.Errorf("logged %+v", l)
	}
	<-done
}

// TestDrainClosing verifies that draining does not disturb a closing handshake
// that has begun: the answer passes.
func TestDrainClosing(t *testing.T) {
	client, server, p, log := start(t, testTimeout)
	server.Write(closeFrame(4001, "bye"))
	want(t, client, "client", closeFrame(4001, "bye"))
	done := make(chan struct{})
	go func() {
		ctx, cancel := context.WithTimeout(t.Context(), testTimeout)
		defer cancel()
		p.drain(ctx)
		close(done)
	}()
	for draining := false; !draining; {
		p.mu.Lock()
		draining = p.draining
		p.mu.Unlock()
	}
	client.Write(closeMasked(4001, ""))
	want(t, server, "server", closeMasked(4001, ""))
	server.Close()
	client.Close()
	if l := <-log; l.Text != `server closed: 4001 (private) "bye"; client answered 4001; clean on both sides` {
		t.Errorf("logged %+v", l)
	}
	<-done
}

// TestDrainAnswer verifies that the answer of one side to the Close frame of a
// draining proxy never reaches the other side, which gets its own.
func TestDrainAnswer(t *testing.T) {
	for range 20 {
		client, server, p, log := start(t, testTimeout)
		go p.drain(t.Context())
		wantClose(t, client, "client", closecode.ServiceRestart)
		client.Write(closeMasked(closecode.ServiceRestart, ""))
		wantClose(t, server, "server", closecode.GoingAway)
		server.Write(closeFrame(closecode.GoingAway, ""))
		server.Close()
		wantEOF(t, client, "client")
		client.Close()
		if l := <-log; l.Cause != "clean" {
			t.Errorf("logged %+v", l)
		}
	}
}

// TestServerNeverEnds verifies that a server that never ends its connection
// does not keep it open forever.
func TestServerNeverEnds(t *testing.T) {
	client, _, _, log := start(t, 100*time.Millisecond)
	client.Close()
	if l := <-log; l.Cause != "unanswered" && l.Cause != "lost" {
		t.Errorf("logged %+v", l)
	}
}

// TestReverseProxy verifies the behavior of httputil.ReverseProxy if the client
// ends and the server does not: it passes the FIN on and waits without limit
// (golang/go#75807), where this proxy waits for the grace period. See
// docs/proxies.md.
func TestReverseProxy(t *testing.T) {
	accepted := make(chan net.Conn, 1)
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _, _ := http.NewResponseController(w).Hijack()
		io.WriteString(c, response)
		accepted <- c
	}))
	defer backend.Close()
	u, _ := url.Parse(backend.URL)
	returned := make(chan struct{})
	rp := httputil.NewSingleHostReverseProxy(u)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rp.ServeHTTP(w, r)
		close(returned)
	}))
	defer front.Close()
	client, err := net.Dial("tcp", front.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	open(t, client)
	server := <-accepted
	client.Close()
	server.SetDeadline(time.Now().Add(testTimeout))
	wantEOF(t, server, "server")
	select {
	case <-returned:
		t.Error("ReverseProxy returned before the server had ended: update docs/proxies.md")
	case <-time.After(300 * time.Millisecond):
	}
	server.Close()
	<-returned
}
