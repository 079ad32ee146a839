package closetest

import (
	"net/http"
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"github.com/lesismal/nbio/nbhttp"
	"github.com/lesismal/nbio/nbhttp/websocket"
)

func TestNbio(t *testing.T) {
	upgrader := func() *websocket.Upgrader {
		u := websocket.NewUpgrader()
		u.OnMessage(func(c *websocket.Conn, kind websocket.MessageType, p []byte) {
			if string(p) == "close" {
				c.WriteClose(1000, "bye")
			} else {
				c.WriteMessage(kind, p)
			}
		})
		return u
	}
	addrs := []string{"127.0.0.1:0"} // Start puts the port here
	engine := nbhttp.NewEngine(nbhttp.Config{Network: "tcp", Addrs: addrs, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upgrader().Upgrade(w, r, nil)
	})})
	if err := engine.Start(); err != nil {
		t.Fatal(err)
	}
	defer engine.Stop()
	opts := []closetest.Option{
		closetest.Trigger("close"),
		closetest.Skip("^(close-end|then-garbage|starts-text)$"), // it may close TCP before it answers
		closetest.Known("§5.1: does not check the mask bit", "unmasked*", "ping-unmasked", "masked*", "ping-masked"),
		closetest.Known("§5.2: accepts a length that is not in the shortest form", "minimal-*", "ping-minimal"),
		closetest.Known("§7.4.1: accepts 1015 and sends it", "code-1015"),
	}
	closetest.Server(t, "ws://"+addrs[0]+"/", opts...)
	closetest.Client(t, func(url string) {
		u, ended := upgrader(), make(chan struct{})
		u.OnClose(func(*websocket.Conn, error) { close(ended) })
		if _, _, err := (&websocket.Dialer{Engine: engine, Upgrader: u}).Dial(url, nil); err == nil {
			<-ended
		}
	}, opts...)
}
