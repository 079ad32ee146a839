package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestProbeNoPeer verifies the output for servers that cannot be probed: the
// exit status is 3, and the cause is printed without the help text.
func TestProbeNoPeer(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		var status int
		fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.Header().Set("X-Reason", "because\u202e")
		w.WriteHeader(status)
		io.WriteString(w, "the body\n\x1b[31mred\n")
	}
	plain := httptest.NewServer(http.HandlerFunc(handler))
	defer plain.Close()
	secure := httptest.NewTLSServer(http.HandlerFunc(handler))
	defer secure.Close()
	plainAddr, secureAddr := plain.Listener.Addr().String(), secure.Listener.Addr().String()
	tests := []struct {
		args string
		want []string
	}{
		{"ws://" + plainAddr + "/401", []string{`the server answered "401 Unauthorized"`, "  X-Reason: because.\n", "  the body\n  .[31mred\n", "-bearer"}},
		{plainAddr + "/404", []string{`"404 Not Found"`, "-H Host:NAME"}},
		{plainAddr + "/426", []string{"-subprotocol"}},
		{plainAddr + "/200", []string{"an ordinary web page"}},
		{plainAddr + "/302", []string{"Redirects are not followed"}},
		{plainAddr + "/503", []string{"a proxy in front"}},
		{plainAddr + "/500", []string{`"500 Internal Server Error"`, "the body"}},
		{"wss://" + plainAddr, []string{"use ws:// instead of wss://"}},
		{"wss://" + secureAddr, []string{"certificate", "-ca FILE", "-insecure"}},
		{"-insecure wss://" + secureAddr + "/404", []string{`"404 Not Found"`}},
		{"ws://" + secureAddr, []string{`"400 Bad Request"`}},
		{closed(t), []string{"connection refused"}},
		{talker(t, "SSH-2.0-x\r\n"), []string{"the response is not HTTP/1.1", "  SSH-2.0-x", "wss://"}},
		{talker(t, ""), []string{"without a response", "wss://"}},
		{resetter(t), []string{"without a response", "wss://"}},
		{talker(t, "HTTP/1.1 101 Switching Protocols\r\n\r\n"), []string{"Sec-WebSocket-Accept is"}},
		{"-lang zh ws://" + plainAddr + "/401", []string{`没有可测试的对端：握手：服务器的响应为 "401 Unauthorized"`, "常见原因"}},
		{"-lang zh " + unasked(t), []string{`服务器就关闭了连接：Close 4406（"no subprotocol"）`, "常见原因"}},
		{unasked(t), []string{`closed the connection before anything was sent: Close 4406 "no subprotocol"`, "-subprotocol"}},
	}
	for _, test := range tests {
		r := runWith(nil, "", append([]string{"probe", "-quiet", "1s"}, strings.Fields(test.args)...)...)
		if r.status != exitNoPeer || r.stdout != "" || strings.Contains(r.stderr, "closeframe help") {
			t.Errorf("%s: status %d\n%s%s", test.args, r.status, r.stdout, r.stderr)
		}
		for _, want := range test.want {
			if !strings.Contains(r.stderr, want) {
				t.Errorf("%s: no %q in\n%s", test.args, want, r.stderr)
			}
		}
		checkScreen(t, r.stderr, false)
	}
}

// closed returns an address without a listener.
func closed(t *testing.T) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	return ln.Addr().String()
}

// listen calls serve for each connection, closes it, and returns the address.
func listen(t *testing.T, serve func(c *net.TCPConn)) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			serve(c.(*net.TCPConn))
			c.Close()
		}
	}()
	return ln.Addr().String()
}

// talker serves connections and sends text whatever the request.
func talker(t *testing.T, text string) string {
	return listen(t, func(c *net.TCPConn) {
		io.ReadAtLeast(c, make([]byte, 4096), 16)
		io.WriteString(c, text)
		c.CloseWrite()
		io.Copy(io.Discard, c)
	})
}

// unasked serves WebSocket connections and closes them immediately.
func unasked(t *testing.T) string {
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := upgrade(w, r)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		io.WriteString(c, "\x88\x10\x11\x36no subprotocol")
		c.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, c)
	}))
	t.Cleanup(ts.Close)
	return strings.TrimPrefix(ts.URL, "http://")
}

// resetter returns the address of a server that reads the beginning of a request and
// closes the connection, so that the kernel resets it.
func resetter(t *testing.T) string {
	return listen(t, func(c *net.TCPConn) { c.Read(make([]byte, 1)) })
}
