package stack

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

const goodRequest = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

// TestUpgrade verifies variants of the valid request in RFC 6455 §1.2.
//
// Shows: R43 R53
func TestUpgrade(t *testing.T) {
	s, _ := echoServer(t, Config{})
	s.Start()
	defer s.Close()
	for _, tt := range []struct {
		name     string
		old, new string
		status   int
	}{
		{"good", "", "", 101},
		{"lists of tokens", "websocket\r\nConnection: Upgrade", "h2c, WebSocket\r\nConnection: keep-alive ,\tUPGRADE", 101},
		{"fields that are lists", "Upgrade: websocket\r\nConnection: Upgrade", "Upgrade: x\r\nUpgrade: websocket\r\nConnection: x\r\nConnection: upgrade", 101},
		{"with an extension and a protocol", "Host", "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: chat\r\nOrigin: http://example.com\r\nHost", 101},
		{"POST", "GET", "POST", 400},
		{"HTTP/1.0", "HTTP/1.1", "HTTP/1.0", 400},
		{"no Host", "Host: server.example.com\r\n", "", 400},
		{"a body", "Host", "Content-Length: 1\r\nHost", 400},
		{"a body of unknown length", "Host", "Transfer-Encoding: chunked\r\nHost", 400},
		{"no Upgrade", "Upgrade: websocket\r\n", "", 426},
		{"another Upgrade", "websocket\r\n", "websocket2\r\n", 426},
		{"no Connection", "Connection: Upgrade\r\n", "", 426},
		{"another Connection", "Connection: Upgrade", "Connection: keep-alive", 426},
		{"no version", "Sec-WebSocket-Version: 13\r\n", "", 426},
		{"version 8", "Version: 13", "Version: 8", 426},
		{"version 013", "Version: 13", "Version: 013", 426},
		{"versions 13 and 8", "Version: 13", "Version: 13, 8", 426},
		{"no key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400},
		{"key of 15 bytes", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j", 400},
		{"key of 17 bytes", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZXM=", 400},
		{"key not Base64", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZ?==", 400},
		{"two keys", "Sec-WebSocket-Version", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version", 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", s.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(10 * time.Second))
			io.WriteString(conn, strings.Replace(goodRequest, tt.old, tt.new, 1)+"0\r\n\r\n") // a body, for those that have one
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status {
				t.Errorf("status %d, want %d", resp.StatusCode, tt.status)
			}
			if resp.StatusCode == 426 && (resp.Header.Get("Sec-Websocket-Version") != "13" || resp.Header.Get("Upgrade") != "websocket") {
				t.Errorf("426 with %v", resp.Header)
			}
			if resp.StatusCode == 101 {
				if got := resp.Header.Get("Sec-WebSocket-Accept"); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
					t.Errorf("Sec-WebSocket-Accept %q", got)
				}
				if len(resp.Header) != 3 || resp.Header.Get("Upgrade") != "websocket" || resp.Header.Get("Connection") != "Upgrade" {
					t.Errorf("response with %v", resp.Header)
				}
			}
		})
	}
}

// TestResponse verifies a client with valid and invalid responses.
//
// Shows: R41 R53
func TestResponse(t *testing.T) {
	const good = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n\r\n"
	for _, tt := range []struct {
		name     string
		old, new string
		ok       bool
	}{
		{"good", "", "", true},
		{"other spellings", "Upgrade: websocket\r\nConnection: Upgrade", "UPGRADE: WebSocket\r\nconnection: x, upgrade", true},
		{"no reason phrase", " Switching Protocols", "", true},
		{"status 200", "101", "200", false},
		{"status 401", "101", "401", false},
		{"status 302", "101", "302", false},
		{"HTTP/1.0", "HTTP/1.1", "HTTP/1.0", false},
		{"no Upgrade", "Upgrade: websocket\r\n", "", false},
		{"another Upgrade", "websocket", "h2c", false},
		{"no Connection", "Connection: Upgrade\r\n", "", false},
		{"another Connection", "Connection: Upgrade", "Connection: close", false},
		{"no Accept", "Sec-WebSocket-Accept: ACCEPT\r\n", "", false},
		{"wrong Accept", "ACCEPT", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", false},
		{"Accept in other case", "ACCEPT", "LOWER", false},
		{"an extension", "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", false},
		{"a protocol", "\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\n\r\n", false},
		{"no HTTP", "HTTP/1.1 101", "SSH-2.0", false},
		{"without end", "\r\n\r\n", "\r\n" + strings.Repeat("X: y\r\n", 20000) + "\r\n", false},
		{"cut off", "\r\n\r\n", "\r\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			peer, conn := tcpPair(t)
			served := make(chan *http.Request, 1)
			go func() {
				r, err := http.ReadRequest(bufio.NewReader(peer))
				if err != nil {
					t.Error(err)
				}
				a := accept(r.Header.Get("Sec-WebSocket-Key"))
				response := strings.Replace(good, tt.old, tt.new, 1)
				response = strings.Replace(response, "ACCEPT", a, 1)
				response = strings.Replace(response, "LOWER", strings.ToLower(a), 1)
				io.WriteString(peer, response+string(wire(false, text("first"), closing(1000, ""))))
				peer.CloseWrite()
				served <- r
			}()
			c, err := NewClient(t.Context(), conn, "ws://example.com:81/a%20b?c", Config{Header: http.Header{"Origin": {"http://o"}}})
			if tt.ok != (err == nil) {
				t.Fatalf("NewClient: %v", err)
			}
			r := <-served
			if key := r.Header.Get("Sec-WebSocket-Key"); len(key) != 24 ||
				r.Method != "GET" || r.RequestURI != "/a%20b?c" || r.Host != "example.com:81" || r.Proto != "HTTP/1.1" ||
				r.Header.Get("Upgrade") != "websocket" || r.Header.Get("Connection") != "Upgrade" ||
				r.Header.Get("Sec-WebSocket-Version") != "13" || r.Header.Get("Origin") != "http://o" {
				t.Errorf("request %v", r)
			}
			if err != nil {
				if _, err := conn.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
					t.Errorf("the connection is not closed: %v", err)
				}
				return
			}
			if _, msg, err := c.Read(nil); string(msg) != "first" || err != nil {
				t.Errorf("Read = %q, %v", msg, err)
			}
			if _, _, err := c.Read(nil); !endedWith(err, clean(1000, "")) {
				t.Error(err)
			}
		})
	}
}

// TestContext verifies that a context ends Dial if the server does not answer.
//
// Shows: W04
func TestContext(t *testing.T) {
	for name, wait := range map[string]func() (context.Context, context.CancelFunc){
		"deadline": func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), 20*time.Millisecond)
		},
		"canceled": func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(20*time.Millisecond, cancel)
			return ctx, cancel
		},
	} {
		t.Run(name, func(t *testing.T) {
			peer, conn := tcpPair(t)
			defer peer.Close()
			ctx, cancel := wait()
			defer cancel()
			if _, err := NewClient(ctx, conn, "ws://example.com/", Config{}); !errors.Is(err, ctx.Err()) {
				t.Errorf("NewClient: %v", err)
			}
		})
	}
}

func TestDial(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // without a listener
	for _, url := range []string{"", "http://localhost/", "ws://" + l.Addr().String(), "wss://" + l.Addr().String(), "ws://[::1", "ws://\x00/"} {
		if c, err := Dial(t.Context(), url, Config{}); err == nil {
			t.Errorf("Dial(%q) = %v", url, c)
		}
	}
	conn, _ := net.Pipe()
	if _, err := NewClient(t.Context(), conn, "ws://\x00/", Config{}); err == nil {
		t.Error("NewClient with a bad URL: no error")
	}
	if _, err := conn.Write(nil); !errors.Is(err, io.ErrClosedPipe) && !errors.Is(err, os.ErrClosed) {
		t.Errorf("the connection is not closed: %v", err)
	}
}

// TestFramesWithRequest verifies frames that arrive together with the opening handshake.
func TestFramesWithRequest(t *testing.T) {
	s, ends := echoServer(t, Config{})
	s.Start()
	defer s.Close()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, goodRequest+string(wire(true, text("early"), closing(1001, ""))))
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	if err != nil || resp.StatusCode != 101 {
		t.Fatal(resp, err)
	}
	rest, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	if frames, err := unwire(rest, false); len(frames) != 2 || frames[0] != text("early") || frames[1] != closing(1001, "") || err != nil {
		t.Errorf("got %v, %v", frames, err)
	}
	conn.Close() // the server waits for it
	if err := <-ends; err != error(clean(1001, "")) {
		t.Error(err)
	}
}

// TestServerDeadlines verifies that deadlines set by the HTTP server no longer
// apply.
func TestServerDeadlines(t *testing.T) {
	s, _ := echoServer(t, Config{})
	s.Config.ReadTimeout = 50 * time.Millisecond
	s.Config.WriteTimeout = 50 * time.Millisecond
	s.Start()
	defer s.Close()
	c, err := Dial(context.Background(), "ws"+s.URL[4:], Config{})
	if err != nil {
		t.Fatal(err)
	}
	<-time.After(100 * time.Millisecond) // more than the deadlines
	if err := c.Write(Text, []byte("a")); err != nil {
		t.Error(err)
	}
	if _, msg, err := c.Read(nil); string(msg) != "a" || err != nil {
		t.Errorf("Read = %q, %v", msg, err)
	}
	c.Close(1000, "")
}
