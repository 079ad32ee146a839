//go:build !plan9

package relay_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closetap"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/relay"
	"github.com/closeframe/closeframe/frame"
)

const (
	request  = "GET /chat?x=1 HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	response = "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-Odd:   as it is\r\n\r\n"
)

// A recorder keeps the events of a relay.
type recorder struct {
	mu     sync.Mutex
	events []relay.Event
	done   chan relay.Event
}

func (r *recorder) observe(e relay.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	if e.Kind == relay.Done || e.Kind == relay.Refused {
		r.done <- e
	}
}

// start returns both ends of a connection through a relay, after the opening
// handshake.
func start(t *testing.T, secure bool) (client, server net.Conn, rec *recorder) {
	t.Helper()
	accepted := make(chan net.Conn, 1)
	backend := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil || r.URL.RequestURI() != "/chat?x=1" || r.Header.Get("Sec-WebSocket-Key") == "" || rw.Reader.Buffered() != 0 {
			t.Errorf("server got %v, %v", r.URL, err)
		}
		io.WriteString(c, response)
		accepted <- c
	}))
	rec = &recorder{done: make(chan relay.Event, 1)}
	r := &relay.Relay{Observe: rec.observe}
	if secure {
		backend.StartTLS()
		r.TLS = backend.Client().Transport.(*http.Transport).TLSClientConfig
	} else {
		backend.Start()
	}
	t.Cleanup(backend.Close)
	r.Target, _ = url.Parse(strings.Replace(backend.URL, "http", "ws", 1))
	front := httptest.NewServer(r)
	t.Cleanup(front.Close)
	t.Cleanup(r.Close)
	client, err := net.Dial("tcp", front.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	io.WriteString(client, request)
	got := make([]byte, len(response))
	client.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.ReadFull(client, got); err != nil || string(got) != response {
		t.Fatalf("got %q, %v; want the server's response unchanged", got, err)
	}
	server = <-accepted
	server.SetDeadline(time.Now().Add(20 * time.Second))
	t.Cleanup(func() { server.Close() })
	return client, server, rec
}

// TestUnchanged verifies that a relay forwards all bytes unchanged in both
// directions, whether they are frames or not, and forwards FIN.
func TestUnchanged(t *testing.T) {
	for _, secure := range []bool{false, true} {
		client, server, rec := start(t, secure)
		up, down := make([]byte, 300<<10), make([]byte, 300<<10)
		rand.Read(up)
		rand.Read(down)
		var wg sync.WaitGroup
		send := func(c net.Conn, b []byte) {
			c.Write(b)
			c.(interface{ CloseWrite() error }).CloseWrite()
		}
		check := func(c net.Conn, want []byte) {
			if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, want) {
				t.Errorf("got %d bytes, %v; want the %d bytes sent", len(got), err, len(want))
			}
		}
		wg.Go(func() { send(client, up) })
		wg.Go(func() { send(server, down) })
		wg.Go(func() { check(client, down) })
		wg.Go(func() { check(server, up) })
		wg.Wait()
		r := (<-rec.done).Report
		if r.Client.Transport != closetap.EndFIN || r.Server.Transport != closetap.EndFIN {
			t.Errorf("report %+v", r)
		}
	}
}

// TestEvents verifies the events of a connection that is closed.
func TestEvents(t *testing.T) {
	client, server, rec := start(t, false)
	text := []byte("\x81\x85\x01\x02\x03\x04ignme")
	bye, _ := frame.Append(nil, 1001, "deploy")
	answer, _ := frame.AppendMasked(nil, [4]byte{1, 2, 3, 4}, 1001, "")
	pass := func(from, to net.Conn, b []byte) {
		from.Write(b)
		got := make([]byte, len(b))
		if _, err := io.ReadFull(to, got); err != nil || !bytes.Equal(got, b) {
			t.Fatalf("got %x, %v; want %x", got, err, b)
		}
	}
	pass(client, server, text)
	pass(server, client, bye)
	pass(client, server, answer)
	server.Close()
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("client got %v; want the server's FIN", err)
	}
	client.Close()
	e := <-rec.done
	if want := `server closed: 1001 Going Away "deploy"; client answered 1001; clean on both sides`; e.Report.Text != want {
		t.Errorf("got %s\nwant %s", e.Report.Text, want)
	}
	type brief struct {
		kind   relay.Kind
		from   closetap.Side
		opcode byte
		size   uint64
		code   closecode.Code
		end    closetap.End
	}
	var got []brief
	for _, e := range rec.events {
		got = append(got, brief{e.Kind, e.From, e.Frame.Opcode, e.Frame.Size, e.Frame.Close.Code, e.End})
	}
	want := []brief{
		{kind: relay.Opened},
		{relay.Framed, closetap.Client, 1, 5, 0, 0},
		{relay.Framed, closetap.Server, 8, 8, 1001, 0},
		{relay.Framed, closetap.Client, 8, 2, 1001, 0},
		{relay.Ended, closetap.Server, 0, 0, 0, closetap.EndFIN},
		{relay.Ended, closetap.Client, 0, 0, 0, closetap.EndFIN},
		{kind: relay.Done},
	}
	if len(got) != len(want) {
		t.Fatalf("got %+v\nwant %+v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("event %d: %+v, want %+v", i, got[i], want[i])
		}
	}
	if rec.events[0].Path != "/chat?x=1" || !bytes.Equal(rec.events[1].Frame.Head, text) {
		t.Errorf("events %+v", rec.events)
	}
}

// TestReset verifies that a reset of one side arrives as a reset at the other.
func TestReset(t *testing.T) {
	for _, secure := range []bool{false, true} {
		client, server, rec := start(t, secure)
		client.(*net.TCPConn).SetLinger(0)
		client.Close()
		if _, err := server.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("secure %v: server got %v; want a reset", secure, err)
		}
		r := (<-rec.done).Report
		if r.EndedFirst != closetap.Client || r.Client.Transport != closetap.EndReset || r.Server.Transport != closetap.EndClosed {
			t.Errorf("secure %v: report %+v", secure, r)
		}
	}
}

// TestRefused verifies that a response other than 101 reaches the client, and
// that an unreachable server is reported.
func TestRefused(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no chat today", http.StatusForbidden)
	}))
	defer backend.Close()
	get := func(target string) (int, string, relay.Event) {
		rec := &recorder{done: make(chan relay.Event, 1)}
		u, _ := url.Parse(target)
		front := httptest.NewServer(&relay.Relay{Target: u, Observe: rec.observe})
		defer front.Close()
		c, err := net.Dial("tcp", front.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, request)
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body), <-rec.done
	}
	status, body, e := get(backend.URL)
	if status != 403 || body != "no chat today\n" || e.Err.Error() != "403 Forbidden" {
		t.Errorf("got %d %q, event %+v", status, body, e)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	status, _, e = get("ws://" + ln.Addr().String())
	if status != 502 || !errors.Is(e.Err, syscall.ECONNREFUSED) {
		t.Errorf("got %d, event %+v", status, e)
	}
}

// TestClose verifies that Close ends connections and reports them.
func TestClose(t *testing.T) {
	rec := &recorder{done: make(chan relay.Event, 1)}
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _, _ := http.NewResponseController(w).Hijack()
		io.WriteString(c, response)
	}))
	defer backend.Close()
	u, _ := url.Parse(backend.URL)
	r := &relay.Relay{Target: u, Observe: rec.observe}
	front := httptest.NewServer(r)
	defer front.Close()
	c, err := net.Dial("tcp", front.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, request)
	if _, err := io.ReadFull(c, make([]byte, len(response))); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if e := <-rec.done; e.Report.Client.Transport != closetap.EndClosed && e.Report.Server.Transport != closetap.EndClosed {
		t.Errorf("event %+v", e)
	}
}

// TestPassword verifies that the user and the password of the target are sent.
func TestPassword(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		http.Error(w, user+" "+password, http.StatusForbidden)
	}))
	defer backend.Close()
	u, _ := url.Parse(strings.Replace(backend.URL, "//", "//ann:s%20cret@", 1))
	front := httptest.NewServer(&relay.Relay{Target: u})
	defer front.Close()
	resp, err := http.ReadResponse(bufio.NewReader(dialed(t, front, request)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); string(body) != "ann s cret\n" {
		t.Errorf("the server got %q, %v", body, err)
	}
}

// TestUnusualResponse verifies that a response whose lines end with LF alone is
// forwarded unchanged, and that an interim response may precede it.
func TestUnusualResponse(t *testing.T) {
	want := strings.ReplaceAll(response, "\r\n", "\n") + "\x88\x00"
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			io.WriteString(c, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"+want)
			c.Close()
		}
	}))
	defer backend.Close()
	u, _ := url.Parse(backend.URL)
	front := httptest.NewServer(&relay.Relay{Target: u})
	defer front.Close()
	got, err := io.ReadAll(dialed(t, front, request))
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// dialed returns a connection to the server on which request was sent.
func dialed(t *testing.T, server *httptest.Server, request string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	return c
}
