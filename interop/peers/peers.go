// Package peers runs other WebSocket libraries, unmodified and used as in their
// documentation, as peers of closeframe and of each other.
//
// All peers behave alike: they echo messages, except for text messages with a
// command to close or drop the connection (see parse). When a connection has
// ended, they report the event of their application.
package peers

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// An Event is a library's report to its application about the end of a
// connection.
type Event struct {
	Code   int    `json:"code"` // 0 if not reported
	Reason string `json:"reason"`
	Clean  *bool  `json:"wasClean,omitempty"` // only of libraries that report it
	Error  string `json:"error,omitempty"`    // the error, in its own words

	// Unsupported is the reason why the library could not close as requested.
	Unsupported string `json:"unsupported,omitempty"`
}

// A Peer is a library.
type Peer struct {
	Name     string
	Language string
	Source   string // its source of installation
	Version  func() (string, error)
	File     string // the file in this directory that uses it

	// Server listens on loopback until it is stopped, and reports the end of
	// each connection. It serves wss if there is a CertFile. It is nil if the
	// library has no server.
	Server func() (*Running, error)
	// Client connects to url repeatedly until connecting fails or it is
	// stopped, and reports the end of each connection. It is nil if the library
	// has no client.
	Client func(url string) (*Running, error)

	Tells    Telling     // what it reports to an application
	Note     string      // a note on its results
	TellsOwn bool        // after its own Close frame, it reports that and not the answer
	Trigger  string      // the text on which it closes with 1000; "" if there is none
	Header   http.Header // header fields for the request to its server
}

// A Telling is the part of a Close frame that a library reports to its
// application.
type Telling string

// The values of Telling.
const (
	CodeAndReason Telling = "code and reason"
	Code          Telling = "code"
	Nothing       Telling = "nothing"
)

// A Running is a running peer.
type Running struct {
	URL    string // of a server
	Events <-chan Event
	Stop   func()
}

// The environment variables with the PEM files of the certificate with which
// the Go and Node peers serve wss. Peers trust the certificates in
// SSL_CERT_FILE and NODE_EXTRA_CA_CERTS.
const (
	CertFile = "PEERS_CERT"
	KeyFile  = "PEERS_KEY"
)

// All returns every peer.
func All() []*Peer {
	return []*Peer{gorilla, gobwas, coder, gws, xnet, wsNode, undici, websocketsPy, wsprotoPy, aiohttpPy, lws}
}

// Names returns the names of every peer, in order.
func Names() []string {
	var names []string
	for _, p := range All() {
		names = append(names, p.Name)
	}
	return names
}

// A command is the command in a text message to a peer.
type command int

const (
	echo       command = iota
	closeCode          // close with a code and a reason
	closeEmpty         // close without a code, if the library supports that
	drop               // drop TCP, without a Close frame
)

// parse reads a text message: "close", "close CODE", "close CODE REASON" or
// "drop"; anything else is to be echoed.
func parse(text string) (do command, code int, reason string) {
	word, rest, _ := strings.Cut(text, " ")
	switch {
	case text == "drop":
		return drop, 0, ""
	case text == "close":
		return closeEmpty, 1005, ""
	case word != "close":
		return echo, 0, ""
	}
	number, reason, _ := strings.Cut(rest, " ")
	code, err := strconv.Atoi(number)
	if err != nil {
		return echo, 0, ""
	}
	return closeCode, code, reason
}

// serveGo returns a Peer's Server for a handler that serves one connection
// until its end.
func serveGo(handle func(w http.ResponseWriter, r *http.Request) (Event, error)) func() (*Running, error) {
	return func() (*Running, error) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		scheme := "ws"
		if cert := os.Getenv(CertFile); cert != "" {
			scheme = "wss"
			pair, err := tls.LoadX509KeyPair(cert, os.Getenv(KeyFile))
			if err != nil {
				return nil, err
			}
			ln = tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{pair}})
		}
		events := make(chan Event, 100_000)
		var mu sync.Mutex
		stopped := false
		srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			e, err := recovered(func() (Event, error) { return handle(w, r) })
			if err != nil {
				e.Error = err.Error()
			}
			mu.Lock()
			defer mu.Unlock()
			if !stopped {
				events <- e
			}
		})}
		go srv.Serve(ln)
		return &Running{
			URL:    scheme + "://" + ln.Addr().String() + "/",
			Events: events,
			Stop: func() {
				mu.Lock()
				defer mu.Unlock()
				if !stopped {
					stopped = true
					srv.Close()
					close(events)
				}
			},
		}, nil
	}
}

// errDial is wrapped by the error of a dial function that could not connect.
var errDial = errors.New("dial")

// dialGo returns a Peer's Client for a function that connects and returns at
// the end of the connection.
func dialGo(dial func(ctx context.Context, url string) (Event, error)) func(string) (*Running, error) {
	return func(url string) (*Running, error) {
		ctx, cancel := context.WithCancel(context.Background())
		events := make(chan Event, 100_000)
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer close(events)
			for ctx.Err() == nil {
				e, err := recovered(func() (Event, error) { return dial(ctx, url) })
				if errors.Is(err, errDial) {
					return
				}
				if err != nil {
					e.Error = err.Error()
				}
				events <- e
			}
		}()
		return &Running{URL: url, Events: events, Stop: func() { cancel(); <-done }}, nil
	}
}

// recovered calls f and turns a panic into an error, as net/http does for
// handlers.
func recovered(f func() (Event, error)) (e Event, err error) {
	defer func() {
		if p := recover(); p != nil {
			e = Event{Error: "panic"}
			err = errors.New("panic: " + strings.SplitN(errorText(p), "\n", 2)[0])
		}
	}()
	return f()
}

func errorText(p any) string {
	switch p := p.(type) {
	case error:
		return p.Error()
	case string:
		return p
	}
	return "not an error"
}

// module returns a Peer's Version, that of a module in go.mod.
func module(path string) func() (string, error) {
	return func() (string, error) {
		cmd := exec.Command("go", "list", "-m", "-f", "{{.Version}}", path)
		cmd.Dir = Dir
		out, err := cmd.Output()
		return strings.TrimSpace(string(out)), err
	}
}
