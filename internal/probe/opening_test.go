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
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan *http.Request, 1)
		go func() {
			c, err := ln.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			req, err := http.ReadRequest(bufio.NewReader(c))
			if err != nil {
				t.Error(err)
			}
			got <- req
		}()
		if _, err := load(t).Dial(t.Context(), "ws://"+test.user+ln.Addr().String()+test.path, test.o); !errors.Is(err, ErrNoPeer) {
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
		ln.Close()
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
