package probe

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
)

// TestUnixSocket verifies that a server on a Unix socket is probed.
func TestUnixSocket(t *testing.T) {
	sock := filepath.Join(t.TempDir(), "s")
	serverOf(t, "unix", sock, nil, answer{masked1000, "8802 03e8", "fin"})
	rep, err := load(t).Dial(t.Context(), "ws+unix:"+sock+":/x", Options{Run: only("code-1000")})
	if err != nil || rep.Counts[Pass] != 1 {
		t.Errorf("%+v, %v", rep, err)
	}
}

// TestTLS verifies that a server is probed over TLS.
func TestTLS(t *testing.T) {
	ts := httptest.NewUnstartedServer(nil) // for its certificate
	ts.StartTLS()
	defer ts.Close()
	ln := serverOf(t, "tcp", "127.0.0.1:0", &tls.Config{Certificates: ts.TLS.Certificates}, answer{masked1000, "8802 03e8", "fin"})
	conf := ts.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	conf.ServerName = "example.com"
	rep, err := load(t).Dial(t.Context(), "wss://"+ln.Addr().String(), Options{Run: only("code-1000"), TLS: conf})
	if err != nil || rep.Counts[Pass] != 1 {
		t.Errorf("%+v, %v", rep, err)
	}
}

// TestParseTarget verifies which targets are accepted, and what they mean.
func TestParseTarget(t *testing.T) {
	tests := []struct {
		in   string
		want Target
	}{
		{"ws://host", Target{"tcp", "host:80", "host", "/", false, nil}},
		{"host:8080/chat", Target{"tcp", "host:8080", "host:8080", "/chat", false, nil}},
		{"[::1]:80", Target{"tcp", "[::1]:80", "[::1]:80", "/", false, nil}},
		{"wss://host/a?b=c", Target{"tcp", "host:443", "host", "/a?b=c", true, nil}},
		{"ws://[::1]:8080/", Target{"tcp", "[::1]:8080", "[::1]:8080", "/", false, nil}},
		{"ws+unix:/run/x.sock:/chat", Target{"unix", "/run/x.sock", "localhost", "/chat", false, nil}},
		{"ws+unix:///run/x.sock", Target{"unix", "/run/x.sock", "localhost", "/", false, nil}},
	}
	for _, test := range tests {
		if got, err := ParseTarget(test.in); got != test.want || err != nil {
			t.Errorf("%s: %+v, %v", test.in, got, err)
		}
	}
	for _, bad := range []string{"", "http://host", "host", "ws://", "ws+unix:", "ws+unix:/s:/a b", "ws+unix:/s:/a\r\nX: y", "ws://:80",
		"ws://host:99999", "ws:/host", "host:", "ws://host:80:81", "host:http", "ws://host/chat#x"} {
		if got, err := ParseTarget(bad); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

// TestRedacted verifies that a report does not have the password in the URL.
func TestRedacted(t *testing.T) {
	for in, want := range map[string]string{
		"ws://host/a@b:c@d":               "ws://host/a@b:c@d",
		"ws://me@host":                    "ws://me@host",
		"wss://me:s%40cret@host:1/a?b=@c": "wss://me:xxxxx@host:1/a?b=@c",
		"ws+unix:/run/me:secret@x":        "ws+unix:/run/me:secret@x",
	} {
		target, err := ParseTarget(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := redacted(in, target.User); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
