package probe

import (
	"bytes"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// hostile is a server that calls send for each connection until writing fails.
// It performs the opening handshake first unless raw is set.
func hostile(t *testing.T, raw bool, send func(net.Conn) error) string {
	t.Helper()
	o := Options{}
	o.defaults()
	return listen(t, func(c net.Conn) {
		if !raw {
			if _, err := serve(c, &o, false); err != nil {
				return
			}
		}
		go io.Copy(io.Discard, c)
		for send(c) == nil {
		}
	})
}

// repeat returns as many copies of b as fit into 64 KiB.
func repeat(b string) func(net.Conn) error {
	many := bytes.Repeat([]byte(b), 1+(64<<10)/len(b))
	return func(c net.Conn) error {
		_, err := c.Write(many)
		return err
	}
}

// drip writes b one byte at a time, with a pause before each byte.
func drip(b string) func(net.Conn) error {
	return func(c net.Conn) error {
		for i := range len(b) {
			time.Sleep(20 * time.Millisecond)
			if _, err := c.Write([]byte(b[i : i+1])); err != nil {
				return err
			}
		}
		return nil
	}
}

// TestHostileServer verifies that no server can make a run use more than 64 MiB
// or exceed the time limits.
func TestHostileServer(t *testing.T) {
	head := "HTTP/1.1 101 Switching Protocols\r\n"
	tests := []struct {
		name string
		raw  bool
		send func(net.Conn) error
		none bool // there is no peer to probe
	}{
		{"header lines", true, func() func(net.Conn) error {
			first, more := true, repeat("X-Header: "+strings.Repeat("x", 1000)+"\r\n")
			return func(c net.Conn) error {
				if first {
					first = false
					io.WriteString(c, head)
				}
				return more(c)
			}
		}(), true},
		{"one header line", true, repeat("x"), true},
		{"dripped header", true, drip(head + "X-Header: x"), true},
		{"endless body", true, repeat("HTTP/1.1 404 Not Found\r\n\r\n" + strings.Repeat("x", 1<<20)), true},
		{"Pings", false, repeat("\x89\x7d" + strings.Repeat("x", 125)), false},
		{"empty Pings", false, repeat("\x89\x00"), false},
		{"Closes", false, repeat("\x88\x02\x03\xe8"), true},
		{"text", false, repeat("\x81\x7d" + strings.Repeat("x", 125)), false},
		{"a frame of 2 GiB", false, repeat("\x82\x7f\x00\x00\x00\x00\x7f\xff\xff\xff" + strings.Repeat("x", 1<<20)), false},
		{"dripped bytes", false, drip("\x89\x00"), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			url := hostile(t, test.raw, test.send)
			var peak atomic.Uint64
			stop := make(chan struct{})
			done := make(chan struct{})
			go func() {
				defer close(done)
				var m runtime.MemStats
				for {
					runtime.ReadMemStats(&m)
					peak.Store(max(peak.Load(), m.HeapAlloc))
					select {
					case <-time.After(5 * time.Millisecond):
					case <-stop:
						return
					}
				}
			}()
			began := time.Now()
			o := Options{Run: only("code-1000"), Timeout: 300 * time.Millisecond, Quiet: 20 * time.Millisecond, openingLimit: time.Second}
			rep, err := load(t).Dial(t.Context(), url, o)
			close(stop)
			<-done
			if test.none != (err != nil) {
				t.Errorf("error %v", err)
			}
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("took %v", took)
			}
			if mib := peak.Load() >> 20; mib > 64 {
				t.Errorf("used %d MiB", mib)
			} else {
				t.Logf("%d MiB, %v, %v", mib, time.Since(began), err)
			}
			if rep == nil {
				return
			}
			for _, r := range rep.Results {
				if len(r.Events) > maxEvents+20 {
					t.Errorf("%s: %d events", r.ID, len(r.Events))
				}
				if !strings.Contains(r.Received, "no longer read") {
					continue
				}
				for _, f := range r.Findings() {
					if strings.Contains(f.Got, "within") || strings.Contains(f.Got, "in full") {
						t.Errorf("%s: got %q, but the prober has stopped reading", r.ID, f.Got)
					}
				}
			}
		})
	}
}

// TestNoFailByWaiting verifies that an expired time limit alone never causes a
// FAIL.
func TestNoFailByWaiting(t *testing.T) {
	t.Parallel()
	answers := map[string]string{"silent": "", "1000": "\x88\x02\x03\xe8", "empty": "\x88\x00"}
	for name, b := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{}
			o.defaults()
			addr := listen(t, func(c net.Conn) {
				l, err := serve(c, &o, true)
				if err != nil {
					return
				}
				// The server answers after the first byte and sends nothing else.
				l.Read(make([]byte, 1))
				io.WriteString(l, b)
				<-t.Context().Done()
			})
			rep, err := load(t).Dial(t.Context(), addr, Options{Timeout: 1, Quiet: time.Millisecond, Trigger: "close"})
			if err != nil && !errors.Is(err, ErrNoPeer) {
				t.Fatal(err)
			}
			for _, r := range rep.Results {
				// A received Close frame with the wrong code is a FAIL, however
				// short the wait.
				if r.Verdict == Fail && !strings.HasPrefix(r.Got, "Close") {
					t.Errorf("%s: got %s, expected %s (%s)", r.ID, r.Got, r.Expected, r.Rule)
				}
			}
			if len(rep.Results) < 150 {
				t.Errorf("%d results", len(rep.Results))
			}
		})
	}
}
