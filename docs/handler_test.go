package docs_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
)

// A session is one connection. The handler's goroutine reads it, and any
// goroutine may write to it or close it.
type session struct {
	conn    net.Conn
	mu      sync.Mutex // guards closing and keeps written frames whole
	closing closeevent.Handshake
	done    bool // the rest is Finish's
}

// read handles frames until the connection has ended, and returns how it ended.
func (s *session) read(in *bufio.Reader) closeevent.Ending {
	for {
		op, payload, err := readFrame(in)
		if err != nil {
			break // the transport has ended, or the deadline has passed
		}
		if op != 8 {
			continue // your messages
		}
		s.send(func() ([]byte, error) {
			c, err := frame.ParsePayload(payload)
			if err != nil {
				return s.closing.Fail(nil, err.(frame.Error).Code()), nil
			}
			return s.closing.Receive(nil, c), nil
		})
		break
	}
	s.mu.Lock()
	s.done = true
	s.mu.Unlock()
	closeconn.Finish(s.conn, &s.closing, 5*time.Second)
	return s.closing.Ending()
}

// close starts to close the connection. It does not wait: read goes on to the
// peer's Close frame, for at most timeout.
func (s *session) close(code closecode.Code, reason string, timeout time.Duration) error {
	s.conn.SetReadDeadline(time.Now().Add(timeout))
	return s.send(func() ([]byte, error) { return s.closing.Close(nil, code, reason) })
}

// send writes the frame that step appends, or nothing if it appends none.
func (s *session) send(step func() ([]byte, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done {
		return nil
	}
	out, err := step()
	if err != nil || len(out) == 0 {
		return err
	}
	s.conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
	if _, err := s.conn.Write(out); err != nil {
		s.closing.WriteFailed()
	}
	return nil
}

// A server knows its sessions.
type server struct {
	mu       sync.Mutex
	sessions map[*session]bool
	draining bool
	ended    sync.WaitGroup
	log      func(closeevent.Ending)
}

// ServeHTTP takes the connection from net/http and returns when it has ended.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		http.Error(w, "shutting down", http.StatusServiceUnavailable)
		return
	}
	defer s.ended.Done()
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "WebSockets need HTTP/1.1 here", http.StatusHTTPVersionNotSupported)
		return
	}
	conn.SetDeadline(time.Time{})           // the deadlines of http.Server are still set
	if err := accept(conn, r); err != nil { // writes the response with status 101
		conn.Close()
		return
	}
	c := &session{conn: conn}
	s.add(c)
	defer s.remove(c)
	s.log(c.read(rw.Reader)) // not a reader of your own: rw.Reader may hold frames
}

// begin counts a connection, unless the server is draining.
func (s *server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.draining {
		s.ended.Add(1)
	}
	return !s.draining
}

func (s *server) add(c *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[c] = true
	if s.draining { // since begin
		go c.restart()
	}
}

func (s *server) remove(c *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, c)
}

func (c *session) restart() {
	c.close(closecode.ServiceRestart, "back in a minute", 10*time.Second)
}

// drain closes every connection and waits until all have ended. When ctx is
// done it cuts those that are left.
func (s *server) drain(ctx context.Context) {
	s.mu.Lock()
	s.draining = true
	for c := range s.sessions {
		go c.restart() // a peer that does not read blocks a write
	}
	s.mu.Unlock()

	ended := make(chan struct{})
	go func() { s.ended.Wait(); close(ended) }()
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	s.mu.Lock()
	for c := range s.sessions {
		c.conn.Close()
	}
	s.mu.Unlock()
	<-ended
}

// run serves until the process is told to end. Then it drains, for at most 20
// seconds.
func run(web *http.Server, s *server) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go web.ListenAndServe()
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	go web.Shutdown(ctx) // stops listening at once
	s.drain(ctx)
}

var _ = run // of docs/draining.md; TestHandler drains without a signal

// readFrame reads one unmasked frame of at most 125 bytes, in place of the
// frame reader of a stack.
func readFrame(in *bufio.Reader) (op byte, payload []byte, err error) {
	var head [6]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return 0, nil, err
	}
	payload = make([]byte, head[1]&0x7f)
	if _, err := io.ReadFull(in, payload); err != nil {
		return 0, nil, err
	}
	for i := range payload {
		payload[i] ^= head[2+i%4]
	}
	return head[0] & 0x0f, payload, nil
}

// accept completes the opening handshake, in place of a stack's.
func accept(conn net.Conn, r *http.Request) error {
	_, err := io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
	return err
}

// TestHandler verifies that the handler of docs/handlers.md answers a Close
// frame that arrives with the request, and that draining closes the
// connections of clients that answer and cuts those that do not.
func TestHandler(t *testing.T) {
	endings := make(chan closeevent.Ending, 3)
	s := &server{sessions: make(map[*session]bool), log: func(e closeevent.Ending) { endings <- e }}
	web := httptest.NewServer(s)
	defer web.Close()
	dial := func(frames []byte) (net.Conn, *bufio.Reader) {
		conn, err := net.Dial("tcp", web.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		conn.SetDeadline(time.Now().Add(20 * time.Second))
		fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n%s", frames)
		in := bufio.NewReader(conn)
		if _, err := http.ReadResponse(in, nil); err != nil {
			t.Fatal(err)
		}
		return conn, in
	}
	key := [4]byte{1, 2, 3, 4}
	closing, err := frame.AppendMasked(nil, key, 4001, "bye")
	if err != nil {
		t.Fatal(err)
	}

	conn, in := dial(closing)
	if got, err := io.ReadAll(in); string(got) != "\x88\x02\x0f\xa1" || err != nil {
		t.Errorf("a Close frame with the request: answered % x, %v", got, err)
	}
	conn.Close()
	if e := <-endings; e.Cause() != closeevent.CauseClean || e.Code != 4001 || e.Reason != "bye" {
		t.Errorf("a Close frame with the request: %v", e)
	}

	polite, politeIn := dial(nil)
	_, silentIn := dial(nil) // never answers
	ctx, cancel := context.WithCancel(context.Background())
	drained := make(chan struct{})
	go func() { s.drain(ctx); close(drained) }()
	for _, in := range []*bufio.Reader{politeIn, silentIn} {
		var b [frame.MaxSize]byte
		n, err := io.ReadAtLeast(in, b[:], 2+2+len("back in a minute"))
		if c, _, err2 := frame.Parse(b[:n]); err != nil || err2 != nil || c.Code != closecode.ServiceRestart {
			t.Fatalf("draining: % x, %v, %v", b[:n], err, err2)
		}
	}
	answer, err := frame.AppendMasked(nil, key, closecode.ServiceRestart, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := polite.Write(answer); err != nil {
		t.Fatal(err)
	}
	if _, err := politeIn.ReadByte(); err != io.EOF {
		t.Errorf("draining: after the answer %v, want EOF", err)
	}
	polite.Close()
	if e := <-endings; e.Cause() != closeevent.CauseClean || e.Sent != closecode.ServiceRestart {
		t.Errorf("draining, answered: %v", e)
	}
	cancel()
	<-drained
	if e := <-endings; e.Cause() != closeevent.CauseUnanswered {
		t.Errorf("draining, not answered: %v", e)
	}
	if res, err := http.Get(web.URL); err != nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("after draining: %v, %v", res, err)
	}
}
