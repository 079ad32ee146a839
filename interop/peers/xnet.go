package peers

import (
	"context"
	"fmt"
	"net/http"

	"golang.org/x/net/websocket"
)

var xnet = &Peer{
	Name: "x/net/websocket", Language: "Go", Source: "golang.org/x/net",
	Version: module("golang.org/x/net"), File: "xnet.go",
	Note: `The package does not answer a Close frame. The Close frames seen are those that its method Close sends, always with 1000, when the application stops reading. It does not tell the application of a Close frame, only that the connection has ended.`,
	Server: serveGo(func(w http.ResponseWriter, r *http.Request) (Event, error) {
		var (
			e   Event
			err error
		)
		s := websocket.Server{Handler: func(c *websocket.Conn) { e, err = xnetLoop(c) }}
		s.ServeHTTP(w, r)
		return e, err
	}),
	Client: dialGo(func(_ context.Context, url string) (Event, error) {
		c, err := websocket.Dial(url, "", "http://localhost/")
		if err != nil {
			return Event{}, fmt.Errorf("%w: %w", errDial, err)
		}
		return xnetLoop(c)
	}),
	Tells:   Nothing,
	Trigger: "close 1000 bye",
}

// xnetLoop calls Close when reading has ended, which sends a Close frame with
// 1000. The package itself does not answer a Close frame, and returns io.EOF to
// the application.
func xnetLoop(c *websocket.Conn) (Event, error) {
	defer c.Close()
	for {
		var text string
		if err := websocket.Message.Receive(c, &text); err != nil {
			return Event{}, err
		}
		do, code, reason := parse(text)
		switch do {
		case closeCode, closeEmpty, drop:
			e := Event{}
			if do != closeCode || code != 1000 || reason != "" {
				e.Unsupported = "anything but a Close with 1000"
			}
			return e, nil
		}
		if err := websocket.Message.Send(c, text); err != nil {
			return Event{}, err
		}
	}
}
