package closetest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/closeframe/closeframe/internal/probe"
)

// Handler runs every scenario against a handler that accepts WebSocket
// connections, in a server on the loopback interface. The handler must read
// until the connection ends; what it does with messages does not matter.
// Scenarios run concurrently, each on a connection of its own. All of them take
// a few seconds, or up to the limit of [Timeout] if some fail.
func Handler(t *testing.T, h http.Handler, opts ...Option) {
	t.Helper()
	var panics panics
	srv := httptest.NewServer(panics.watch(h))
	defer srv.Close()
	defer panics.report(t)
	Server(t, "ws"+strings.TrimPrefix(srv.URL, "http"), opts...)
}

// panics counts the panics of a handler and keeps the first.
type panics struct {
	running sync.WaitGroup
	mu      sync.Mutex
	n       int
	first   string
}

// watch returns a handler that calls h and records its panics. net/http would only
// log them.
func (p *panics) watch(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.running.Add(1)
		defer p.running.Done()
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v != http.ErrAbortHandler {
				p.mu.Lock()
				defer p.mu.Unlock()
				if p.n++; p.n == 1 {
					p.first = fmt.Sprintf("%v\n%s", v, debug.Stack())
				}
			}
			panic(http.ErrAbortHandler)
		}()
		h.ServeHTTP(w, r)
	})
}

// report fails the test if the handler has panicked. Its connections are closed, so it
// returns soon, unless it hangs.
func (p *panics) report(t *testing.T) {
	t.Helper()
	returned := make(chan struct{})
	go func() {
		p.running.Wait()
		close(returned)
	}()
	select {
	case <-returned:
	case <-time.After(time.Second):
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.n > 0 {
		t.Errorf("closetest: the handler panicked %d times, first with: %s", p.n, p.first)
	}
}

// Server is like [Handler] for the server at url: a ws or wss URL, or
// ws+unix:SOCKET.
func Server(t *testing.T, url string, opts ...Option) {
	t.Helper()
	s := newSuite(t, "server", opts)
	target, err := probe.ParseTarget(url)
	if err != nil {
		t.Fatalf("closetest: %v", err)
	}
	if err := scenarios().Settle(t.Context(), target, s.options()); err != nil {
		t.Fatalf("closetest: nothing was tested: %v", err)
	}
	s.scenarios(probe.Server, func(ctx context.Context, sc *probe.Scenario) (probe.Result, error) {
		return scenarios().Server(ctx, target, sc, s.options())
	})
}

// Client runs every scenario against a client. For each, it calls connect with
// the URL of a server on the loopback interface. connect must connect to it
// once, read, and return when the connection has ended. Scenarios run
// concurrently, so several goroutines call connect.
func Client(t *testing.T, connect func(url string), opts ...Option) {
	t.Helper()
	s := newSuite(t, "client", opts)
	s.scenarios(probe.Client, func(ctx context.Context, sc *probe.Scenario) (probe.Result, error) {
		// httptest panics if it cannot listen on the loopback interface.
		l := httptest.NewUnstartedServer(nil).Listener.(*net.TCPListener)
		defer l.Close()
		ln := &listener{TCPListener: l}
		url := "ws://" + l.Addr().String()
		if s.tls != nil {
			url = "wss://" + l.Addr().String()
		}
		returned := make(chan string, 1)
		go func() {
			returned <- catch(func() { connect(url) })
			// No other connection will come. Accept may still have to take
			// this one from the queue.
			time.AfterFunc(time.Second, func() { l.Close() })
		}()
		res, err := scenarios().Client(ctx, ln, sc, s.options())
		if err != nil && ln.accepted.Load() {
			return res, fmt.Errorf("connect did not complete the opening handshake with %s", url)
		}
		if err != nil {
			select {
			case panicked := <-returned:
				if panicked != "" {
					return res, fmt.Errorf("connect: %s", panicked)
				}
				return res, fmt.Errorf("connect returned without connecting to %s", url)
			default:
				return res, fmt.Errorf("connect did not connect to %s: %w", url, err)
			}
		}
		limit := time.NewTimer(s.eventTimeout())
		defer limit.Stop()
		select {
		case panicked := <-returned:
			if panicked != "" {
				return res, fmt.Errorf("connect: %s", panicked)
			}
			return res, nil
		case <-limit.C:
			return res, fmt.Errorf("connect has not returned %v after the connection ended", s.eventTimeout())
		}
	})
}

// A listener records whether a client has connected.
type listener struct {
	*net.TCPListener
	accepted atomic.Bool
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.TCPListener.Accept()
	if err == nil {
		l.accepted.Store(true)
	}
	return c, err
}

// options returns the options of the engine.
func (s *suite) options() probe.Options {
	return probe.Options{Timeout: s.timeout, Idle: s.eventTimeout(), Trigger: s.trigger, Header: s.header, TLS: s.tls}
}

// eventTimeout is how long to wait for each expected event.
func (c *config) eventTimeout() time.Duration {
	if c.timeout > 0 {
		return c.timeout
	}
	return 12 * time.Second
}

// maxParallel is how many scenarios run at the same time. They spend most of their
// time waiting.
const maxParallel = 16

// scenarios plays every scenario for a role, each in a subtest. The group is a
// subtest itself, so that all scenarios have ended when it returns.
func (s *suite) scenarios(role probe.Role, play func(context.Context, *probe.Scenario) (probe.Result, error)) {
	s.t.Helper()
	slots := make(chan struct{}, maxParallel)
	s.t.Run(string(role), func(t *testing.T) {
		t.Helper()
		for _, sc := range scenarios().Choose(role, probe.Options{Run: s.run, Skip: s.skip}) {
			t.Run(sc.ID, func(t *testing.T) {
				t.Helper()
				if sc.Needs == "trigger" && s.trigger == "" {
					s.count("skipped")
					t.Skip("needs the option Trigger")
				}
				// Play before calling Parallel, because -parallel would limit
				// the number of scenarios that wait for a peer.
				var res probe.Result
				var err error
				done := make(chan struct{})
				ctx := t.Context()
				go func() {
					defer close(done)
					slots <- struct{}{}
					defer func() { <-slots }()
					res, err = play(ctx, sc)
				}()
				t.Parallel()
				<-done
				s.scenario(t, res, err)
			})
		}
	})
	switch {
	case s.counts["answered"] > 0:
	case s.counts["waited"] > 0:
		s.t.Errorf("closetest: the %s sent no Close frame in any scenario, and the wait was %v", role, s.eventTimeout())
	case s.counts["unasked"] > 0:
		s.t.Errorf("closetest: nothing was tested: the %s closed each connection before anything was sent", role)
	}
	s.done()
}

// scenario ends the subtest of a scenario.
func (s *suite) scenario(t *testing.T, res probe.Result, err error) {
	t.Helper()
	for what, is := range map[string]bool{"answered": res.Closed && !res.Unasked, "waited": res.Waited, "unasked": res.Unasked} {
		if is {
			s.count(what)
		}
	}
	switch {
	case err != nil:
		s.settle(t, t.Name()[strings.LastIndexByte(t.Name(), '/')+1:], "", "no result: "+err.Error())
	case res.Verdict == probe.Skip:
		s.count("skipped")
		t.Skip(res.Skipped)
	case res.Verdict == probe.Warn && !s.strict:
		if why, known := s.why(res.ID); known {
			s.count("failed")
			t.Errorf("%s is a WARN, but is listed as known to fail (%s): remove it from Known, or use Strict\n%s", res.ID, why, describeResult(res))
			return
		}
		s.count("warned")
		t.Log(describeResult(res))
	case res.Verdict == probe.Pass:
		s.settle(t, res.ID, "", "")
	default:
		f := res.Findings()[0]
		s.settle(t, res.ID, fmt.Sprintf("%s (%s, %s)", f.Section, f.Rule, f.Level), describeResult(res))
	}
}

// describeResult describes the events of a scenario and which rules were broken.
func describeResult(res probe.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s", res.Verdict, res.ID, res.Title)
	for _, e := range res.Events {
		label := "received"
		if e.By == "prober" {
			label = "sent"
		}
		text := fmt.Sprintf("%s after %.1f ms", e.What, e.At)
		if n := len(e.Bytes); n > 40 {
			text += fmt.Sprintf(": % x ... (the first 40 of %d bytes)", e.Bytes[:40], n)
		} else if n > 0 {
			text += ": " + hex(e.Bytes)
		}
		line(&b, label, text)
	}
	for _, f := range res.Findings() {
		line(&b, "expected", f.Expected)
		line(&b, "got", f.Got)
		line(&b, "rule", fmt.Sprintf("%s (%s, %s): %s", f.Section, f.Rule, f.Level, f.Sentence))
		if f.Verdict == probe.Warn {
			line(&b, "note", "a WARN: no MUST of RFC 6455 is broken for certain")
		}
	}
	return b.String()
}
