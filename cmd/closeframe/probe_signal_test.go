//go:build unix

package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// TestProbeSignal verifies that a run ended by a signal prints its results so
// far, and that the exit status depends on the signal.
func TestProbeSignal(t *testing.T) {
	tests := []struct {
		signal syscall.Signal
		status int
	}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 143}}
	for _, test := range tests {
		var n atomic.Int32
		ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c, err := upgrade(w, r)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			if n.Add(1) == 2 {
				syscall.Kill(syscall.Getpid(), test.signal)
				io.Copy(io.Discard, c)
				return
			}
			io.ReadFull(c, make([]byte, 8))
			io.WriteString(c, "\x88\x02\x03\xe9")
			c.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, c)
		}))
		r := runWith(nil, "", "probe", "-run", "^code-100[0-3]$", "ws"+strings.TrimPrefix(ts.URL, "http"))
		ts.CloseClientConnections()
		if r.status != test.status || !strings.Contains(r.stdout, "WARN  code-1000\n") || !strings.Contains(r.stdout, "1 scenario: 0 PASS, 1 WARN") {
			t.Errorf("%v: status %d, want %d\n%s%s", test.signal, r.status, test.status, r.stdout, r.stderr)
		}
	}
}
