package lab

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"
)

// TestListen verifies that the lab listens at loopback addresses only.
func TestListen(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "localhost:0", "127.3.2.1:0"} {
		ln, err := Listen(addr)
		if err != nil {
			t.Errorf("%s: %v", addr, err)
			continue
		}
		ln.Close()
	}
	for _, addr := range []string{"", ":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:http%"} {
		if ln, err := Listen(addr); err == nil {
			ln.Close()
			t.Errorf("%q: listens at %v", addr, ln.Addr())
		}
	}
}

// TestServeEnds verifies that Serve returns soon, and ends a run that waits for a
// browser and a request that waits for the run.
func TestServeEnds(t *testing.T) {
	ln, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, ln, Config{}) }()

	l := &client{TB: t, url: "http://" + ln.Addr().String()}
	id := l.id()
	conn := l.dial(url.Values{"case": {"client"}, "run": {id}}, "")
	waiting := make(chan int, 1)
	go func() {
		r, err := http.Get(l.url + "/result?run=" + id)
		if err != nil {
			waiting <- 0
			return
		}
		r.Body.Close()
		waiting <- r.StatusCode
	}()
	begin := time.Now()
	cancel()
	if _, err := io.Copy(io.Discard, conn); err != nil {
		t.Error(err)
	}
	<-waiting
	if err := <-served; err != nil {
		t.Error(err)
	}
	if d := time.Since(begin); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
	if _, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		t.Error("the listener is still open")
	}

	if err := Serve(t.Context(), ln, Config{}); err == nil {
		t.Error("a closed listener is served")
	}
}
