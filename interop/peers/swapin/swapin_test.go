package swapin

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/probe"
	"github.com/gobwas/ws"
	"github.com/gorilla/websocket"
)

// A conn is a connection that uses closeframe.
type conn interface {
	// read returns the next message; reply sends one.
	read() (text []byte, err error)
	reply(p []byte) error
	close() error
}

type gobwasConn struct{ *Gobwas }

func (c gobwasConn) read() ([]byte, error) { _, p, err := c.Read(); return p, err }
func (c gobwasConn) reply(p []byte) error  { return c.Write(ws.OpText, p) }
func (c gobwasConn) close() error          { return c.Close(1000, "bye") }

type gorillaConn struct{ *Gorilla }

func (c gorillaConn) read() ([]byte, error) { _, p, err := c.Read(); return p, err }
func (c gorillaConn) reply(p []byte) error  { return c.WriteMessage(websocket.TextMessage, p) }
func (c gorillaConn) close() error          { return c.Close(1000, "bye") }

// serve echoes messages, closes on the text "close", and returns the error that
// ended the connection.
func serve(c conn) error {
	closing := false
	for {
		p, err := c.read()
		switch {
		case err != nil:
			return err
		case closing:
		case string(p) == "close":
			closing = true
			c.close()
		case !utf8.Valid(p): // which gorilla/websocket leaves to the application
			return c.(gorillaConn).Fail(1007)
		default:
			c.reply(p)
		}
	}
}

var libraries = []struct {
	name   string
	accept func(w http.ResponseWriter, r *http.Request) (conn, error)
	dial   func(url string) (conn, error)

	// Behavior of the library that the hooks cannot replace.
	left []string
}{
	{"gobwas", func(w http.ResponseWriter, r *http.Request) (conn, error) {
		c, rw, _, err := ws.UpgradeHTTP(r, w)
		if err != nil {
			return nil, err
		}
		return gobwasConn{NewGobwas(c, rw.Reader, ws.StateServerSide)}, nil
	}, func(url string) (conn, error) {
		c, br, _, err := ws.Dial(context.Background(), url)
		if err != nil {
			return nil, err
		}
		var in io.Reader = c
		if br != nil {
			in = br
		}
		return gobwasConn{NewGobwas(c, in, ws.StateClientSide)}, nil
	}, []string{"minimal-16", "minimal-64", "minimal-16-empty", "minimal-16-125", "ping-minimal"}},
	{"gorilla", func(w http.ResponseWriter, r *http.Request) (conn, error) {
		c, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			return nil, err
		}
		return gorillaConn{NewGorilla(c, false)}, nil
	}, func(url string) (conn, error) {
		c, _, err := websocket.DefaultDialer.Dial(url, nil)
		if err != nil {
			return nil, err
		}
		return gorillaConn{NewGorilla(c, true)}, nil
	}, []string{"one-byte-00", "one-byte-03", "one-byte-ff", "failed-then-text"}},
}

var options = probe.Options{Timeout: time.Second, Quiet: 50 * time.Millisecond, Trigger: "close"}

// TestProbe plays all scenarios and verifies that the only failures are those
// caused before the library calls its hooks.
func TestProbe(t *testing.T) {
	set, err := probe.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range libraries {
		check := func(t *testing.T, rep *probe.Report, err error) {
			if err != nil || rep.Stopped != "" {
				t.Fatal(err, rep.Stopped)
			}
			var wrong []string
			for _, r := range rep.Results {
				if r.Verdict != probe.Fail {
					continue
				}
				wrong = append(wrong, r.ID)
				if !slices.Contains(l.left, r.ID) {
					t.Errorf("%s: %s; also %q; sent %s; got %s", r.ID, r.Got, r.Also, r.Sent, r.Got)
				}
			}
			if len(wrong) != len(l.left) {
				t.Errorf("wrong: %q, want %q", wrong, l.left)
			}
		}
		t.Run(l.name+" server", func(t *testing.T) {
			t.Parallel()
			ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if c, err := l.accept(w, r); err != nil {
					t.Error(err)
				} else {
					serve(c)
				}
			}))
			defer ts.Close()
			rep, err := set.Dial(t.Context(), "ws"+strings.TrimPrefix(ts.URL, "http"), options)
			check(t, rep, err)
		})
		t.Run(l.name+" client", func(t *testing.T) {
			t.Parallel()
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				for {
					c, err := l.dial("ws://" + ln.Addr().String() + "/")
					if err != nil {
						return // the prober has stopped listening
					}
					serve(c)
				}
			}()
			rep, err := set.Listen(t.Context(), ln, options)
			check(t, rep, err)
			<-done
		})
	}
}

// TestEvents verifies the events of the application with the stack as peer, and
// that invalid arguments are not sent.
func TestEvents(t *testing.T) {
	for _, l := range libraries {
		t.Run(l.name, func(t *testing.T) {
			told := make(chan error, 1)
			ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				c, err := l.accept(w, r)
				if err != nil {
					t.Error(err)
					return
				}
				switch c := c.(type) {
				case gobwasConn:
					err = c.Close(1005, "x")
				case gorillaConn:
					err = c.Close(1005, "x")
				}
				if err != frame.ErrInvalidCode {
					t.Errorf("1005: %v", err)
				}
				told <- serve(c)
			}))
			defer ts.Close()
			dial := func() *stack.Conn {
				c, err := stack.Dial(t.Context(), "ws"+strings.TrimPrefix(ts.URL, "http"), stack.Config{})
				if err != nil {
					t.Fatal(err)
				}
				return c
			}
			c := dial()
			event, err := c.Close(4000, "see you")
			if want := (closeevent.Event{Code: 4000, WasClean: true}); event != want || err != nil {
				t.Errorf("the stack closes: it is told %v, %v", event, err)
			}
			if got, want := <-told, (closeevent.Event{Code: 4000, Reason: "see you", WasClean: true}); got != want {
				t.Errorf("the stack closes: the library's application is told %v", got)
			}
			c = dial()
			if err := c.Write(stack.Text, []byte("close")); err != nil {
				t.Fatal(err)
			}
			_, _, err = c.Read(nil)
			event, _ = errors.AsType[closeevent.Event](err)
			if want := (closeevent.Event{Code: 1000, Reason: "bye", WasClean: true}); event != want {
				t.Errorf("the library closes: the stack is told %v", err)
			}
			if got, want := <-told, (closeevent.Event{Code: 1000, WasClean: true}); got != want {
				t.Errorf("the library closes: its application is told %v", got)
			}
		})
	}
}
