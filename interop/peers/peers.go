// Package peers runs other WebSocket libraries, each as it comes and used as
// its own documentation shows, so that closeframe can be put in front of them
// and they in front of one another.
//
// All of them do the same: they echo messages, but for text messages that
// tell them to close or to drop the connection (see parse). When a connection
// has ended, they report what the library told the application.
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

// An Event is what a library told its application about the end of a
// connection.
type Event struct {
	Code   int    `json:"code"` // 0: it told none
	Reason string `json:"reason"`
	Clean  *bool  `json:"wasClean,omitempty"` // of libraries that tell it
	Error  string `json:"error,omitempty"`    // the error, in its own words

	// Unsupported says that the application was told to close in a way that
	// the library offers nothing for or refuses, in which words; it did not.
	Unsupported string `json:"unsupported,omitempty"`
}

// A Peer is a library.
type Peer struct {
	Name     string
	Language string
	Source   string // where it is installed from
	Version  func() (string, error)
	File     string // how it is used: a file of this folder

	// Server listens on loopback until it is stopped, and tells of each
	// connection's end. It serves wss if there is a CertFile. Nil if the library
	// has no server.
	Server func() (*Running, error)
	// Client connects to url again and again, until connecting fails or it is
	// stopped, and tells of each connection's end. Nil if it has no client.
	Client func(url string) (*Running, error)

	Tells    Telling     // what it tells an application of the end
	Note     string      // what a reader of its results should know
	TellsOwn bool        // after its own Close, it tells of that and not of the answer
	Trigger  string      // the text on which it closes with 1000; "" if it cannot be told
	Header   http.Header // what the request to its server needs
}

// A Telling is how much a library tells its application of a Close frame.
type Telling string

// What is told.
const (
	CodeAndReason Telling = "code and reason"
	Code          Telling = "code"
	Nothing       Telling = "nothing"
)

// A Running is a peer at work.
type Running struct {
	URL    string // of a server
	Events <-chan Event
	Stop   func()
}

// The names of the environment variables that tell the Go and Node peers which
// certificate to serve wss with: files in PEM. Peers trust what SSL_CERT_FILE and NODE_EXTRA_CA_CERTS name.
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

// A command is what a text message tells a peer to do.
type command int

const (
	echo       command = iota
	closeCode          // close with a code and a reason
	closeEmpty         // close without a code, where the library can
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

// serveGo makes a Peer's Server of a handler that serves one connection to
// its end.
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

// errDial is in the error of a dial function that could not connect.
var errDial = errors.New("dial")

// dialGo makes a Peer's Client of a function that connects and stays to the
// connection's end.
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

// recovered calls f, and makes an error of a panic in it, as net/http does
// for handlers.
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

// module returns a Peer's Version: of a module in go.mod, which is what this
// program is built with.
func module(path string) func() (string, error) {
	return func() (string, error) {
		cmd := exec.Command("go", "list", "-m", "-f", "{{.Version}}", path)
		cmd.Dir = Dir
		out, err := cmd.Output()
		return strings.TrimSpace(string(out)), err
	}
}
