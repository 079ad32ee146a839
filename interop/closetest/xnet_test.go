package closetest

import (
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"golang.org/x/net/websocket"
)

func TestXNet(t *testing.T) {
	t.Parallel()
	echo := func(c *websocket.Conn) {
		defer c.Close()
		for {
			var text string
			if err := websocket.Message.Receive(c, &text); err != nil || text == "close" {
				return
			}
			websocket.Message.Send(c, text)
		}
	}
	opts := []closetest.Option{
		closetest.Trigger("close"),
		closetest.Known("§5.2: accepts reserved opcodes and bits, and lengths not in the shortest form", "opcode-?", "failed-unanswered", "ping-rsv1", "ping-minimal"),
		closetest.Known("§5.4, §5.5: does not check fragments and control frames", "interleaved", "ping-fin", "ping-long"),
		closetest.Known("§8.1: leaves the check of text to the application", "text-utf8"),
	}
	closetest.Handler(t, websocket.Server{Handler: echo}, opts...)
	closetest.Client(t, func(url string) {
		if c, err := websocket.Dial(url, "", "http://localhost/"); err == nil {
			echo(c)
		}
	}, opts...)
}
