package closetest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closetest"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// echo returns every message until the connection ends.
func echo(c *stack.Conn) {
	for {
		op, p, err := c.Read(nil)
		if err != nil {
			return
		}
		if string(p) == "close" {
			go c.Close(closecode.NormalClosure, "bye") // Read returns its end
		} else {
			c.Write(op, p)
		}
	}
}

// The test of a parser of payloads whose errors have codes.
func ExamplePayloads() {
	_ = func(t *testing.T) { // func TestPayloads(t *testing.T) {
		closetest.Payloads(t, func(p []byte) (int, string, error) {
			c, err := frame.ParsePayload(p)
			return int(c.Code), string(c.Reason), err
		}, closetest.Answer(func(err error) int {
			return int(err.(frame.Error).Code())
		}))
	}
}

func ExampleEncoder() {
	_ = func(t *testing.T) { // func TestEncoder(t *testing.T) {
		closetest.Encoder(t, func(code int, reason string) ([]byte, error) {
			return frame.AppendPayload(nil, closecode.Code(code), reason)
		})
	}
}

func ExampleServerFrames() {
	_ = func(t *testing.T) { // func TestServerFrames(t *testing.T) {
		closetest.ServerFrames(t, func(b []byte) (int, string, error) {
			c, _, err := frame.ParseMasked(nil, b)
			return int(c.Code), string(c.Reason), err
		})
	}
}

func ExampleClientFrames() {
	_ = func(t *testing.T) { // func TestClientFrames(t *testing.T) {
		closetest.ClientFrames(t, func(b []byte) (int, string, error) {
			c, _, err := frame.Parse(b)
			return int(c.Code), string(c.Reason), err
		})
	}
}

func ExampleUTF8() {
	_ = func(t *testing.T) { // func TestUTF8(t *testing.T) {
		closetest.UTF8(t, utf8check.Valid[[]byte])
	}
}

// The test of a handler that closes the connection when it receives "close",
// and rejects 1014.
func ExampleHandler() {
	_ = func(t *testing.T) { // func TestHandler(t *testing.T) {
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if c, err := stack.Upgrade(w, r, stack.Config{}); err == nil {
				echo(c)
			}
		})
		closetest.Handler(t, h,
			closetest.Trigger("close"),
			closetest.Timeout(3*time.Second),
			closetest.Known("1014 is not in RFC 6455", "code-1014"))
	}
}

func ExampleServer() {
	_ = func(t *testing.T) { // func TestServer(t *testing.T) {
		closetest.Server(t, "ws://localhost:8080/chat",
			closetest.Header(http.Header{"Authorization": {"Bearer test"}}),
			closetest.Run("^(code|reason|utf8)-"),
			closetest.Strict())
	}
}

func ExampleClient() {
	_ = func(t *testing.T) { // func TestClient(t *testing.T) {
		closetest.Client(t, func(url string) {
			if c, err := stack.Dial(context.Background(), url, stack.Config{}); err == nil {
				echo(c)
			}
		}, closetest.Trigger("close"))
	}
}

func ExampleSeed() {
	_ = func(f *testing.F) { // func FuzzPayload(f *testing.F) {
		closetest.Seed(f, closetest.Payload)
		f.Fuzz(func(t *testing.T, p []byte) {
			c, err := frame.ParsePayload(p)
			if err == nil && !utf8check.Valid(c.Reason) {
				t.Errorf("% x: the reason is not UTF-8", p)
			}
		})
	}
}
