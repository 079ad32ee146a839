package stack

import (
	"bytes"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/closecode"
)

// TestEcho verifies messages and closing from both sides over every kind of
// transport.
//
// Shows: R05 R20 R26 R27
func TestEcho(t *testing.T) {
	var config Config
	dial := func(t *testing.T, conn net.Conn, err error) *Conn {
		if err != nil {
			t.Fatal(err)
		}
		c, err := NewClient(t.Context(), conn, "ws://localhost/chat?room=1", config)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, tt := range []struct {
		name  string
		start func(t *testing.T, s *httptest.Server) *Conn
	}{
		{"TCP", func(t *testing.T, s *httptest.Server) *Conn {
			s.Start()
			c, err := Dial(t.Context(), "ws"+strings.TrimPrefix(s.URL, "http")+"/chat?room=1", config)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}},
		{"TLS", func(t *testing.T, s *httptest.Server) *Conn {
			s.StartTLS()
			config := Config{TLS: s.Client().Transport.(*http.Transport).TLSClientConfig}
			c, err := Dial(t.Context(), "wss"+strings.TrimPrefix(s.URL, "https"), config)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}},
		{"Unix", func(t *testing.T, s *httptest.Server) *Conn {
			l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
			if err != nil {
				t.Fatal(err)
			}
			s.Listener.Close()
			s.Listener = l
			s.Start()
			conn, err := net.Dial("unix", l.Addr().String())
			return dial(t, conn, err)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, ends := echoServer(t, Config{})
			defer s.Close()
			c := tt.start(t, s)
			for _, n := range []int{0, 1, 125, 126, 4096, maxFragment, maxFragment + 1, 65535, 65536, 1 << 20} {
				for _, op := range []Op{Text, Binary} {
					msg := bytes.Repeat([]byte{byte('a' + n%26)}, n)
					if err := c.Write(op, msg); err != nil {
						t.Fatal(err)
					}
					if err := c.Ping(msg[:min(n, 125)]); err != nil {
						t.Fatal(err)
					}
					gotOp, got, err := c.Read([]byte("kept "))
					if gotOp != op || string(got) != "kept "+string(msg) || err != nil {
						t.Fatalf("Read = %v, %.20q (%d bytes), %v; sent %v, %d bytes", gotOp, got, len(got), err, op, n)
					}
				}
			}
			event, err := c.Close(closecode.GoingAway, "Tschüß")
			if event != clean(1001, "") || err != nil {
				t.Errorf("Close = %v, %v", event, err)
			}
			if err := <-ends; err != error(clean(1001, "Tschüß")) {
				t.Errorf("the server's end: %v", err)
			}
		})
	}
}

// TestDataWithEOF verifies a transport that returns the last bytes together
// with EOF, as TLS does.
func TestDataWithEOF(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		msg := strings.Repeat("x", 10_000) // more than is read ahead
		c := testConn(&script{chunks: [][]byte{wire(!client, bin(msg))}, atOnce: true}, client, Config{})
		if _, got, err := c.Read(make([]byte, 0, 2*len(msg))); string(got) != msg || err != nil {
			t.Errorf("Read = %d bytes, %v", len(got), err)
		}
		if _, _, err := c.Read(nil); !endedWith(err, lost) {
			t.Errorf("Read: %v", err)
		}
	})
}

// TestTLSWithoutCloseNotify verifies the end of a TLS connection whose TCP connection is
// closed without a close_notify.
func TestTLSWithoutCloseNotify(t *testing.T) {
	s, ends := echoServer(t, Config{})
	s.StartTLS()
	defer s.Close()
	raw, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	config := s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName = "example.com"
	if _, err := NewClient(t.Context(), tls.Client(raw, config), "wss://example.com/", Config{}); err != nil {
		t.Fatal(err)
	}
	raw.Close()
	if err := <-ends; !endedWith(err, lost) {
		t.Error(err)
	}
}
