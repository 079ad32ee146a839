package peers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/coder/websocket"
)

var coder = &Peer{
	Name: "coder/websocket", Language: "Go", Source: "github.com/coder/websocket",
	Version: module("github.com/coder/websocket"), File: "coder.go",
	Note: `Its documentation leaves it to the application to check that text messages are UTF-8; the application does so here. When it refuses a code or a reason, it returns an error and has closed TCP.`,
	Server: serveGo(func(w http.ResponseWriter, r *http.Request) (Event, error) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionContextTakeover})
		if err != nil {
			return Event{}, err
		}
		return coderLoop(context.Background(), c)
	}),
	Client: dialGo(func(ctx context.Context, url string) (Event, error) {
		c, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{CompressionMode: websocket.CompressionContextTakeover})
		if err != nil {
			return Event{}, fmt.Errorf("%w: %w", errDial, err)
		}
		return coderLoop(ctx, c)
	}),
	Tells:   CodeAndReason,
	Trigger: "close 1000 bye",
}

func coderLoop(ctx context.Context, c *websocket.Conn) (Event, error) {
	defer c.CloseNow()
	for {
		kind, p, err := c.Read(ctx)
		if err != nil {
			return coderEvent(err)
		}
		do, code, reason := parse(string(p))
		if kind == websocket.MessageText && !utf8.Valid(p) { // which it leaves to the application
			do, code, reason = closeCode, int(websocket.StatusInvalidFramePayloadData), ""
		}
		switch do {
		case closeCode, closeEmpty: // it sends an empty Close for 1005
			err := c.Close(websocket.StatusCode(code), reason)
			if err == nil { // the answer had the same code; the library does not report its reason
				return Event{Code: code}, nil
			}
			return coderEvent(err)
		case drop:
			return Event{}, c.CloseNow()
		}
		if err := c.Write(ctx, kind, p); err != nil {
			return coderEvent(err)
		}
	}
}

func coderEvent(err error) (Event, error) {
	if e, ok := errors.AsType[websocket.CloseError](err); ok {
		return Event{Code: int(e.Code), Reason: e.Reason}, err
	}
	return Event{}, err
}
