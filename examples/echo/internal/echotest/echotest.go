// Package echotest has the tests that both echo servers share.
package echotest

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Echo verifies the answers of serve to frames that arrive with the opening
// handshake. fragments is the answer to a text message in two fragments with a
// Ping between them, and limit is the length of the longest message.
func Echo(t *testing.T, serve http.HandlerFunc, fragments string, limit int) {
	long := strings.Repeat("x", 126)
	bye := masked(0x88, "\x03\xe9bye")
	for _, tt := range []struct{ name, frames, want string }{
		{"text", masked(0x81, "hi") + bye, "\x81\x02hi\x88\x02\x03\xe9"},
		{"binary", masked(0x82, long) + bye, "\x82\x7e\x00\x7e" + long + "\x88\x02\x03\xe9"},
		{"key", "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58" + bye, "\x81\x05Hello\x88\x02\x03\xe9"}, // §5.7
		{"Ping and Pong", masked(0x89, "p") + masked(0x8a, "q") + bye, "\x8a\x01p\x88\x02\x03\xe9"},
		{"fragments", masked(0x01, "\xc3") + masked(0x89, "") + masked(0x80, "\xa9") + masked(0x81, "") + bye,
			fragments + "\x81\x00\x88\x02\x03\xe9"},
		{"length", "\x81\xfe\x00\x02\x00\x00\x00\x00hi", "\x88\x02\x03\xea"},         // §5.2: 1002
		{"too long", masked(0x82, strings.Repeat("x", limit+1)), "\x88\x02\x03\xf1"}, // 1009
		{"close", masked(0x81, "close") + masked(0x81, "late") + masked(0x88, "\x03\xe8"), "\x88\x05\x03\xe8bye"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := talk(t, serve, tt.frames); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// talk sends the opening handshake and frames to serve in one write, so that
// net/http reads frames too, and returns everything up to the end of the TCP connection.
func talk(t *testing.T, serve http.HandlerFunc, frames string) string {
	t.Helper()
	srv := httptest.NewServer(serve)
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"+frames)
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	// The key and its answer are those of RFC 6455 §1.3.
	if got := resp.Header.Get("Sec-WebSocket-Accept"); resp.StatusCode != 101 || got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Fatalf("status %d, Sec-WebSocket-Accept %q", resp.StatusCode, got)
	}
	b, err := io.ReadAll(in)
	if err != nil {
		t.Errorf("%q, then %v", b, err)
	}
	return string(b)
}

// masked returns a client's frame with the key 00000000.
func masked(first byte, payload string) string {
	switch n := len(payload); {
	case n <= 125:
		return string([]byte{first, 0x80 | byte(n), 0, 0, 0, 0}) + payload
	case n < 1<<16:
		return string([]byte{first, 0x80 | 126, byte(n >> 8), byte(n), 0, 0, 0, 0}) + payload
	default:
		return string([]byte{first, 0x80 | 127, 0, 0, 0, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n), 0, 0, 0, 0}) + payload
	}
}

// Refuse verifies that a request that is not an opening handshake is
// answered as RFC 6455 §4.4 says.
func Refuse(t *testing.T, serve http.HandlerFunc) {
	w := httptest.NewRecorder()
	serve(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusUpgradeRequired || w.Header().Get("Sec-WebSocket-Version") != "13" {
		t.Errorf("status %d, Sec-WebSocket-Version %q", w.Code, w.Header().Get("Sec-WebSocket-Version"))
	}
}
