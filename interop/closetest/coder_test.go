package closetest

import (
	"context"
	"net/http"
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"github.com/coder/websocket"
)

func TestCoder(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	echo := func(c *websocket.Conn) {
		defer c.CloseNow()
		for {
			kind, p, err := c.Read(ctx)
			if err != nil {
				return
			}
			if string(p) == "close" {
				c.Close(websocket.StatusNormalClosure, "bye")
				return
			}
			c.Write(ctx, kind, p)
		}
	}
	opts := []closetest.Option{
		closetest.Trigger("close"),
		closetest.Known("§8.1: does not check UTF-8", "utf8-[^b]*", "utf8-bf", "text-utf8", "frame/*/*/middle", "frame/*/autobahn-7.5.1"),
		closetest.Known("§5.2: accepts a length that is not in the shortest form", "minimal-*", "ping-minimal",
			"frame/server/length-12[67]-for-[02]-and-payload", "frame/client/length-12[67]-for-0*"),
		closetest.Known("§5.1: its client accepts masked frames", "masked*", "ping-masked", "frame/client/direction-0-zeros", "frame/client/direction-12[67]-zeros"),
	}
	frames(t, "coder/websocket", opts...)
	encoder(t, "coder/websocket", drops1005, sendsAnyText)
	closetest.Handler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := websocket.Accept(w, r, nil); err == nil {
			echo(c)
		}
	}), opts...)
	closetest.Client(t, func(url string) {
		if c, _, err := websocket.Dial(ctx, url, nil); err == nil {
			echo(c)
		}
	}, opts...)
}
