package peers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

var gorilla = &Peer{
	Name: "gorilla/websocket", Language: "Go", Source: "github.com/gorilla/websocket",
	Version: module("github.com/gorilla/websocket"), File: "gorilla.go",
	Note: `Its documentation leaves it to the application to check that text messages are UTF-8; the application does so here.`,
	Server: serveGo(func(w http.ResponseWriter, r *http.Request) (Event, error) {
		u := websocket.Upgrader{EnableCompression: true}
		c, err := u.Upgrade(w, r, nil)
		if err != nil {
			return Event{}, err
		}
		return gorillaLoop(c)
	}),
	Client: dialGo(func(ctx context.Context, url string) (Event, error) {
		d := websocket.Dialer{EnableCompression: true}
		c, _, err := d.DialContext(ctx, url, nil)
		if err != nil {
			return Event{}, fmt.Errorf("%w: %w", errDial, err)
		}
		return gorillaLoop(c)
	}),
	Tells:   CodeAndReason,
	Trigger: "close 1000 bye",
}

func gorillaLoop(c *websocket.Conn) (Event, error) {
	defer c.Close()
	closing := false
	for {
		kind, p, err := c.ReadMessage()
		if err != nil {
			if e, ok := errors.AsType[*websocket.CloseError](err); ok {
				return Event{Code: e.Code, Reason: e.Text}, err
			}
			return Event{}, err
		}
		do, code, reason := parse(string(p))
		if kind == websocket.TextMessage && !utf8.Valid(p) { // which it leaves to the application
			payload := websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, "")
			return Event{}, c.WriteControl(websocket.CloseMessage, payload, time.Now().Add(time.Second))
		}
		if closing {
			continue // only to read the peer's Close frame
		}
		switch do {
		case closeCode, closeEmpty:
			closing = true
			// FormatCloseMessage returns an empty payload for 1005.
			err = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second))
			if err != nil { // for a payload that is too long
				return Event{Unsupported: err.Error()}, err
			}
		case drop:
			return Event{}, c.NetConn().Close()
		default:
			err = c.WriteMessage(kind, p)
		}
		if err != nil {
			return Event{}, err
		}
	}
}
