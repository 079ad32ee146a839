package browsers

import (
	"context"
	"crypto/sha1"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

//go:embed page.html
var page []byte

// addresses is the number of addresses of the server, from 127.0.0.2 up.
// Browsers open connections to the same address one after another, with a pause
// in between, so the page uses the addresses in turn.
const addresses = 64

// A server serves the page in the browser, assigns its jobs, and is the peer of
// its WebSockets.
type server struct {
	port      int
	listeners []net.Listener
	http      *http.Server
	jobs      map[string]chan *job // by the name of the page's loop
	loaded    chan struct{}        // closed once the page has asked for work

	mu    sync.Mutex
	asked bool             // for work
	calls map[int]*job     // assigned and not answered
	conns map[int]expected // by the number in the URL
	next  int
}

// A job is a call of one of the page's functions.
type job struct {
	Number   int    `json:"number"`
	Function string `json:"function"`
	Argument any    `json:"argument"`
	answer   chan json.RawMessage
}

// An expected connection is one that a client will open.
type expected struct {
	serve http.HandlerFunc
	done  chan struct{} // closed once serve has returned
}

func newServer(t testing.TB) *server {
	t.Helper()
	s := &server{
		jobs:   map[string]chan *job{"main": make(chan *job), "slow": make(chan *job)},
		loaded: make(chan struct{}),
		calls:  map[int]*job{},
		conns:  map[int]expected{},
	}
	goroot := goEnv(t, "GOROOT")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(page)
	})
	mux.HandleFunc("GET /job/{loop}", s.work)
	mux.HandleFunc("POST /answer/{number}", s.answer)
	mux.HandleFunc("GET /ws/{number}", s.connected)
	mux.HandleFunc("GET /wasm_exec.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(goroot, "lib", "wasm", "wasm_exec.js"))
	})
	mux.HandleFunc("GET /favicon.ico", http.NotFound)
	s.http = &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	if err := s.listen(); err != nil {
		t.Fatal(err)
	}
	for _, l := range s.listeners {
		go s.http.Serve(l)
	}
	t.Cleanup(func() { s.http.Close() })
	return s
}

func goEnv(t testing.TB, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// listen listens on the same free port at all addresses.
func (s *server) listen() (err error) {
	for range 20 {
		var first net.Listener
		if first, err = net.Listen("tcp4", "127.0.0.1:0"); err != nil {
			return err
		}
		s.port = first.Addr().(*net.TCPAddr).Port
		s.listeners = []net.Listener{first}
		for i := range addresses {
			var l net.Listener
			if l, err = net.Listen("tcp4", fmt.Sprintf("127.0.0.%d:%d", i+2, s.port)); err != nil {
				break
			}
			s.listeners = append(s.listeners, l)
		}
		if err == nil {
			return nil
		}
		for _, l := range s.listeners {
			l.Close()
		}
	}
	return err
}

func (s *server) url() string { return fmt.Sprintf("http://127.0.0.1:%d/", s.port) }

// work sends the next job to a loop of the page.
func (s *server) work(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if !s.asked {
		s.asked = true
		close(s.loaded)
	}
	s.mu.Unlock()
	select {
	case j := <-s.jobs[r.PathValue("loop")]:
		json.NewEncoder(w).Encode(j)
	case <-r.Context().Done():
	}
}

func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.PathValue("number"))
	body, err := io.ReadAll(r.Body)
	s.mu.Lock()
	j := s.calls[number]
	delete(s.calls, number)
	s.mu.Unlock()
	if err != nil || j == nil {
		http.Error(w, "no such job", http.StatusBadRequest)
		return
	}
	j.answer <- body
}

// call runs a function of the page in the named loop ("main", "slow") and
// stores its result in result.
func (s *server) call(ctx context.Context, loop, function string, argument, result any) error {
	j := &job{Function: function, Argument: argument, answer: make(chan json.RawMessage, 1)}
	s.mu.Lock()
	s.next++
	j.Number = s.next
	s.calls[j.Number] = j
	s.mu.Unlock()
	select {
	case s.jobs[loop] <- j:
	case <-ctx.Done():
		return fmt.Errorf("the browser fetched no job: %w", context.Cause(ctx))
	}
	select {
	case body := <-j.answer:
		var failed struct{ Failed string }
		if json.Unmarshal(body, &failed) == nil && failed.Failed != "" {
			return errors.New("in the page: " + failed.Failed)
		}
		return json.Unmarshal(body, result)
	case <-ctx.Done():
		return fmt.Errorf("the browser did not finish the job: %w", context.Cause(ctx))
	}
}

// expect registers serve for a future connection. It returns the path of its
// URL, and a channel that is closed when serve has returned.
func (s *server) expect(serve http.HandlerFunc) (path string, done <-chan struct{}) {
	e := expected{serve, make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	s.conns[s.next] = e
	return fmt.Sprintf("/ws/%d", s.next), e.done
}

func (s *server) connected(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.PathValue("number"))
	s.mu.Lock()
	e, ok := s.conns[number]
	delete(s.conns, number)
	s.mu.Unlock()
	if !ok {
		http.Error(w, "no such connection, or not for the first time", http.StatusGone)
		return
	}
	defer close(e.done)
	e.serve(w, r)
}

// A rawEnd is a server that answers the opening handshake and then performs the
// steps of a case, even if they violate RFC 6455.
type rawEnd struct {
	upgrade string
	steps   []step
	limit   time.Duration
	sent    string // the client's frames, as play returns them
	err     error
}

func (e *rawEnd) serve(w http.ResponseWriter, r *http.Request) {
	conn, buf, err := w.(http.Hijacker).Hijack()
	if err != nil {
		e.err = err
		return
	}
	switch e.upgrade {
	case "-":
	case "":
		_, err = conn.Write(accept(r))
	default:
		_, err = io.WriteString(conn, e.upgrade)
	}
	if err != nil && !lost(err) {
		e.err = errors.Join(err, conn.Close())
		return
	}
	e.sent, e.err = play(conn.(*net.TCPConn), buf.Reader, e.steps, time.Now().Add(e.limit))
}

// accept returns the server's response to the opening handshake (RFC 6455
// §4.2.2).
func accept(r *http.Request) []byte {
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return []byte(strings.Join([]string{
		"HTTP/1.1 101 Switching Protocols",
		"Upgrade: websocket",
		"Connection: Upgrade",
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]),
		"", ""}, "\r\n"))
}
