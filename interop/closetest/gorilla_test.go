package closetest

import (
	"net/http"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closetest"
	"github.com/gorilla/websocket"
)

func TestGorilla(t *testing.T) {
	t.Parallel()
	echo := func(c *websocket.Conn) {
		defer c.Close()
		for {
			kind, p, err := c.ReadMessage()
			if err != nil {
				return
			}
			if string(p) == "close" {
				c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "bye"), time.Now().Add(time.Second))
			} else {
				c.WriteMessage(kind, p)
			}
		}
	}
	opts := []closetest.Option{
		closetest.Trigger("close"),
		closetest.Known("§5.5.1: accepts a payload of one byte as an empty one", "one-byte-*", "failed-then-text", "frame/*/length-1-whole"),
		closetest.Known("RFC 7692 §6: ignores RSV1 on control frames", "rsv1-deflate"),
		closetest.Known("§8.1: leaves the check of text to the application", "text-utf8"),
		closetest.Known("IANA: does not know 1014", "frame/*/code-1014*"),
	}
	frames(t, "gorilla/websocket", opts...)
	encoder(t, "gorilla/websocket", sendsAnyCode, drops1005, sendsAnyText)
	closetest.Handler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := (&websocket.Upgrader{EnableCompression: true}).Upgrade(w, r, nil); err == nil {
			echo(c)
		}
	}), opts...)
	closetest.Client(t, func(url string) {
		if c, _, err := (&websocket.Dialer{EnableCompression: true}).Dial(url, nil); err == nil {
			echo(c)
		}
	}, opts...)
}
