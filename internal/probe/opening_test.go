package probe

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestRequest verifies the request of the opening handshake.
func TestRequest(t *testing.T) {
	tests := []struct {
		path, user string
		o          Options
		want       map[string]string
	}{
		{"/chat?a=b", "", Options{Header: http.Header{"Origin": {"http://x"}}}, map[string]string{"Origin": "http://x", "Sec-Websocket-Version": "13", "Authorization": ""}},
		{"/", "me:secret@", Options{}, map[string]string{"Authorization": "Basic bWU6c2VjcmV0"}},
		{"/", "me@", Options{Header: http.Header{"Authorization": {"Bearer x"}}}, map[string]string{"Authorization": "Bearer x"}},
		{"/", "", Options{Header: http.Header{"Host": {"example.com"}}}, map[string]string{"Host": "example.com"}},
		{"/", "", Options{Subprotocol: []string{"a", "b"}}, map[string]string{"Sec-Websocket-Protocol": "a, b"}},
	}
	for _, test := range tests {
		got := make(chan *http.Request, 1)
		addr := listen(t, func(c net.Conn) {
			req, err := http.ReadRequest(bufio.NewReader(c))
			if err != nil {
				t.Error(err)
			}
			got <- req
		})
		if _, err := load(t).Dial(t.Context(), "ws://"+test.user+addr+test.path, test.o); !errors.Is(err, ErrNoPeer) {
			t.Error(err)
		}
		req := <-got
		if req.URL.String() != test.path {
			t.Errorf("path %s, want %s", req.URL, test.path)
		}
		for name, want := range test.want {
			have := req.Header.Get(name)
			if name == "Host" {
				have = req.Host
			}
			if have != want {
				t.Errorf("%s: %q, want %q", name, have, want)
			}
		}
	}
}

// TestRefused verifies the error for a server that refuses the opening
// handshake.
func TestRefused(t *testing.T) {
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Reason", "token")
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, strings.Repeat("x", 5000))
	}))
	defer ts.Close()
	_, err := load(t).Dial(t.Context(), strings.TrimPrefix(ts.URL, "http://"), Options{})
	var h *HandshakeError
	if !errors.As(err, &h) || h.Code != 401 || h.Header.Get("X-Reason") != "token" || len(h.Body) != 1024 {
		t.Errorf("%+v, %v", h, err)
	}
}

// rawServer returns the address of a server that answers every request by calling
// respond with the value that Sec-WebSocket-Accept must have.
func rawServer(t *testing.T, respond func(c net.Conn, accept string)) string {
	t.Helper()
	return listen(t, func(c net.Conn) {
		if req, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			respond(c, accept(req.Header.Get("Sec-Websocket-Key")))
		}
	})
}

// TestInterim verifies that responses such as 103 Early Hints may precede the final
// one.
func TestInterim(t *testing.T) {
	addr := rawServer(t, func(c net.Conn, accept string) {
		io.WriteString(c, "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"+
			"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: "+accept+"\r\n\r\n")
		c.Read(make([]byte, 100))
		io.WriteString(c, "\x88\x02\x03\xe8")
	})
	rep, err := load(t).Dial(t.Context(), addr, Options{Run: only("code-1000"), Quiet: time.Millisecond})
	if err != nil || rep.Counts[Pass] != 1 {
		t.Errorf("%+v, %v", rep, err)
	}
}

// TestCutResponse verifies that a response that is cut in its first line is not
// taken for another protocol.
func TestCutResponse(t *testing.T) {
	for response, other := range map[string]bool{"HTTP/1.1 101 Sw": false, "HTTP/1.1 101 Switching\r\nA": false, "SSH-2.0-x": true, "SSH-2.0-x\r\n": true} {
		for _, waits := range []bool{false, true} {
			addr := rawServer(t, func(c net.Conn, _ string) {
				io.WriteString(c, response)
				if waits {
					c.Read(make([]byte, 1))
				}
			})
			_, err := load(t).Dial(t.Context(), addr, Options{openingLimit: 100 * time.Millisecond})
			var h *HandshakeError
			want := other && (!waits || strings.HasSuffix(response, "\n"))
			if got := errors.As(err, &h); !errors.Is(err, ErrNoPeer) || got != want {
				t.Errorf("%q, and waits: %v: %v", response, waits, err)
			}
		}
	}
}
