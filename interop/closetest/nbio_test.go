package closetest

import (
	"net/http"
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"github.com/lesismal/nbio/nbhttp"
	"github.com/lesismal/nbio/nbhttp/websocket"
)

func nbioUpgrader() *websocket.Upgrader {
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

func TestNbio(t *testing.T) {
	t.Parallel()
	addrs := []string{"127.0.0.1:0"} // Start puts the port here
	// By default, goroutines of a pool answer Close frames, and reading FIN or an
	// invalid frame closes TCP at once: whether a Close that comes with either is
	// answered depends on which is first.
	now := func(f func()) { f() }
	engine := nbhttp.NewEngine(nbhttp.Config{Network: "tcp", Addrs: addrs, ServerExecutor: now, ClientExecutor: now,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { nbioUpgrader().Upgrade(w, r, nil) })})
	if err := engine.Start(); err != nil {
		t.Fatal(err)
	}
	defer engine.Stop()
	opts := []closetest.Option{
		closetest.Trigger("close"),
		closetest.Known("§5.1: does not check the mask bit", "unmasked*", "ping-unmasked", "masked*", "ping-masked"),
		closetest.Known("§5.2: accepts a length that is not in the shortest form", "minimal-*", "ping-minimal"),
		closetest.Known("§7.4.1: accepts 1015 and sends it", "code-1015"),
		closetest.Known("§5.5.1: sends messages after its Close", "starts-text"),
	}
	encoder(t, "lesismal/nbio", sendsAnyCode, sends1005, sendsAnyText)
	closetest.Server(t, "ws://"+addrs[0]+"/", opts...)
	closetest.Client(t, func(url string) {
		u, ended := nbioUpgrader(), make(chan struct{})
		u.OnClose(func(*websocket.Conn, error) { close(ended) })
		if _, _, err := (&websocket.Dialer{Engine: engine, Upgrader: u}).Dial(url, nil); err == nil {
			<-ended
		}
	}, opts...)
}
