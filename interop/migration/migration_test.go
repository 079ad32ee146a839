package migration

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
	coderlib "github.com/coder/websocket"
	gobwaslib "github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	gorillalib "github.com/gorilla/websocket"
	"github.com/lesismal/nbio/nbhttp"
	nbiolib "github.com/lesismal/nbio/nbhttp/websocket"
	gwslib "github.com/lxzan/gws"
)

// long is a reason of 126 bytes, whose byte 123 is within a character.
var long = "x" + strings.Repeat("好", 41) + "xx"

// An action is what a server does after the first message. Its error comes from
// closeframe.
type action int

const (
	before action = iota // close with long, without closeframe
	after                // the same with closeframe
	refuse               // close with 1006, with closeframe
)

// A server is a handler of a library. It sends what its application was told.
type server func(do action, events chan<- closeevent.Event, errs chan<- error) http.Handler

var servers = map[string]server{
	"gorilla": func(do action, events chan<- closeevent.Event, errs chan<- error) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, err := new(gorillalib.Upgrader).Upgrade(w, r, nil)
			if err != nil {
				return
			}
			defer conn.Close()
			if _, _, err = conn.ReadMessage(); err == nil {
				switch do {
				case before:
					gorillaBefore(conn, 1001, long)
				case after:
					event, err := gorillaAfter(conn, 1001, long)
					errs <- err
					events <- event
					return
				case refuse:
					_, err := gorillaAfter(conn, 1006, "")
					errs <- err
				}
				_, _, err = conn.ReadMessage()
			}
			events <- gorillaEvent(err)
		})
	},
	"coder": func(do action, events chan<- closeevent.Event, errs chan<- error) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, err := coderlib.Accept(w, r, nil)
			if err != nil {
				return
			}
			defer conn.CloseNow()
			if _, _, err = conn.Read(r.Context()); err == nil {
				switch do {
				case before:
					coderBefore(conn, 1001, long)
				case after:
					errs <- coderAfter(conn, 1001, long)
				case refuse:
					errs <- coderAfter(conn, 1006, "")
				}
				_, _, err = conn.Read(r.Context())
			}
			events <- coderEvent(err)
		})
	},
	"gobwas": func(do action, events chan<- closeevent.Event, errs chan<- error) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, _, _, err := gobwaslib.UpgradeHTTP(r, w)
			if err != nil {
				return
			}
			defer conn.Close()
			if _, _, err = wsutil.ReadClientData(conn); err == nil {
				switch do {
				case before:
					gobwasBefore(conn, 1001, long)
				case after:
					end, err := gobwasAfter(conn, 1001, long)
					errs <- err
					events <- end.Event
					return
				case refuse:
					_, err := gobwasAfter(conn, 1006, "")
					errs <- err
				}
				_, _, err = wsutil.ReadClientData(conn)
			}
			event := closeevent.Event{Code: closecode.AbnormalClosure}
			if e, ok := errors.AsType[wsutil.ClosedError](err); ok {
				event = closeevent.Event{Code: closecode.Code(e.Code), Reason: e.Reason, WasClean: true}
			}
			events <- event
		})
	},
	"gws": func(do action, events chan<- closeevent.Event, errs chan<- error) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if c, err := gwslib.NewUpgrader(gwsHandler{do: do, events: events, errs: errs}, nil).Upgrade(w, r); err == nil {
				c.ReadLoop()
			}
		})
	},
}

// A gwsHandler is the application of a server of gws.
type gwsHandler struct {
	gwslib.BuiltinEventHandler
	do     action
	events chan<- closeevent.Event
	errs   chan<- error
}

func (h gwsHandler) OnMessage(c *gwslib.Conn, m *gwslib.Message) {
	defer m.Close()
	switch h.do {
	case before:
		gwsBefore(c, 1001, long)
	case after:
		h.errs <- gwsAfter(c, 1001, long)
	case refuse:
		h.errs <- gwsAfter(c, 1006, "")
	}
}

func (h gwsHandler) OnClose(_ *gwslib.Conn, err error) { h.events <- gwsEvent(err) }

// start starts a server of a library and returns its URL.
func start(t *testing.T, library string, do action, events chan<- closeevent.Event, errs chan<- error) string {
	t.Helper()
	if library != "nbio" {
		srv := httptest.NewServer(servers[library](do, events, errs))
		t.Cleanup(srv.Close)
		return "ws" + strings.TrimPrefix(srv.URL, "http")
	}
	u := nbiolib.NewUpgrader()
	u.OnMessage(func(c *nbiolib.Conn, _ nbiolib.MessageType, _ []byte) {
		switch do {
		case before:
			nbioBefore(c, 1001, long)
			c.Close()
		case after:
			errs <- nbioAfter(c, 1001, long)
		case refuse:
			errs <- nbioAfter(c, 1006, "")
		}
	})
	u.OnClose(func(_ *nbiolib.Conn, err error) { events <- nbioEvent(err) })
	addrs := []string{"127.0.0.1:0"} // Start puts the port here
	engine := nbhttp.NewEngine(nbhttp.Config{Network: "tcp", Addrs: addrs,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { u.Upgrade(w, r, nil) })})
	if err := engine.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(engine.Stop)
	return "ws://" + addrs[0] + "/"
}

// TestMigration verifies for each library that a reason that is too long
// prevents a valid Close frame, that closeframe sends one, and that the
// server's application is told the client's code and reason.
func TestMigration(t *testing.T) {
	lost := closeevent.Event{Code: closecode.AbnormalClosure}
	for _, library := range []string{"gorilla", "coder", "gobwas", "gws", "nbio"} {
		for _, do := range []action{before, after, refuse} {
			t.Run(library+"/"+[]string{"before", "after", "refuse"}[do], func(t *testing.T) {
				events, errs := make(chan closeevent.Event, 1), make(chan error, 1)
				c, err := stack.Dial(context.Background(), start(t, library, do, events, errs), stack.Config{})
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Write(stack.Text, []byte("hello")); err != nil {
					t.Fatal(err)
				}
				if do == refuse { // and the connection is still there
					if err := <-errs; err != frame.ErrInvalidCode {
						t.Errorf("closing with 1006: %v", err)
					}
					go c.Close(4001, "logged out")
				}
				_, _, err = c.Read(nil)
				event, ok := errors.AsType[closeevent.Event](err)
				if !ok {
					t.Fatalf("the client's error is %v", err)
				}
				switch do {
				case before:
					if event != lost {
						t.Errorf("the client is told %v", event)
					}
				case after:
					if err := <-errs; err != nil {
						t.Errorf("closing: %v", err)
					}
					if want := (closeevent.Event{Code: 1001, Reason: utf8check.Truncate(long), WasClean: true}); event != want {
						t.Errorf("the client is told %v, want %v", event, want)
					}
				case refuse:
					want := closeevent.Event{Code: 4001, Reason: "logged out", WasClean: true}
					if got := <-events; got != want {
						t.Errorf("the server is told %v, want %v", got, want)
					}
				}
			})
		}
	}
}
