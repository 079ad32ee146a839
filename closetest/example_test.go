package closetest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closetest"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// test is the test in an example, as it would be in a file of yours.
// TestExamples runs it.
var test func(t *testing.T)

// serve accepts WebSocket connections with the stack under test.
func serve(w http.ResponseWriter, r *http.Request) {
	if c, err := stack.Upgrade(w, r, stack.Config{}); err == nil {
		echo(c)
	}
}

// echo returns every message until the connection ends. The text "close" makes
// it close the connection.
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
	test = func(t *testing.T) { // func TestPayloads(t *testing.T) {
		closetest.Payloads(t, func(p []byte) (int, string, error) {
			c, err := frame.ParsePayload(p)
			return int(c.Code), string(c.Reason), err
		}, closetest.Answer(func(err error) int {
			return int(err.(frame.Error).Code())
		}))
	}
}

func ExampleEncoder() {
	test = func(t *testing.T) { // func TestEncoder(t *testing.T) {
		closetest.Encoder(t, func(code int, reason string) ([]byte, error) {
			return frame.AppendPayload(nil, closecode.Code(code), reason)
		})
	}
}

func ExampleServerFrames() {
	test = func(t *testing.T) { // func TestServerFrames(t *testing.T) {
		closetest.ServerFrames(t, func(b []byte) (int, string, error) {
			c, _, err := frame.ParseMasked(nil, b)
			return int(c.Code), string(c.Reason), err
		})
	}
}

func ExampleClientFrames() {
	test = func(t *testing.T) { // func TestClientFrames(t *testing.T) {
		closetest.ClientFrames(t, func(b []byte) (int, string, error) {
			c, _, err := frame.Parse(b)
			return int(c.Code), string(c.Reason), err
		})
	}
}

// The test of a parser that has an error of its own for a frame that is not
// complete.
func ExampleFault() {
	test = func(t *testing.T) { // func TestSplitFrames(t *testing.T) {
		closetest.ClientFrames(t, func(b []byte) (int, string, error) {
			c, _, err := frame.Parse(b)
			return int(c.Code), string(c.Reason), err
		}, closetest.Fault(func(err error) string {
			if err == frame.ErrIncomplete {
				return "incomplete"
			}
			return "" // some other fault
		}))
	}
}

func ExampleUTF8() {
	test = func(t *testing.T) { // func TestUTF8(t *testing.T) {
		closetest.UTF8(t, utf8check.Valid[[]byte])
	}
}

// The test of a handler that closes the connection when it receives "close".
func ExampleHandler() {
	test = func(t *testing.T) { // func TestHandler(t *testing.T) {
		closetest.Handler(t, http.HandlerFunc(serve),
			closetest.Trigger("close"),
			closetest.Timeout(6*time.Second), // longer than the stack's own
			closetest.Strict())
	}
}

// The test of a server that is already running and needs a password.
func ExampleServer() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer test" {
			serve(w, r)
		}
	}))
	url := "ws" + strings.TrimPrefix(srv.URL, "http") + "/chat"

	test = func(t *testing.T) { // func TestServer(t *testing.T) {
		defer srv.Close()
		closetest.Server(t, url,
			closetest.Header(http.Header{"Authorization": {"Bearer test"}}),
			closetest.Run("^(code|reason|utf8)-"))
	}
}

func ExampleClient() {
	test = func(t *testing.T) { // func TestClient(t *testing.T) {
		closetest.Client(t, func(url string) {
			if c, err := stack.Dial(context.Background(), url, stack.Config{}); err == nil {
				echo(c)
			}
		}, closetest.Trigger("close"))
	}
}

// The test of a server and a client over TLS, with the certificate of
// httptest.
func ExampleTLS() {
	srv := httptest.NewTLSServer(http.HandlerFunc(serve))
	trusted := srv.Client().Transport.(*http.Transport).TLSClientConfig

	test = func(t *testing.T) { // func TestTLS(t *testing.T) {
		defer srv.Close()
		some := closetest.Run("^(code|one-byte)-")
		closetest.Server(t, "wss"+strings.TrimPrefix(srv.URL, "https"), some, closetest.TLS(trusted))
		closetest.Client(t, func(url string) { // a wss URL
			if c, err := stack.Dial(context.Background(), url, stack.Config{TLS: trusted}); err == nil {
				echo(c)
			}
		}, some, closetest.TLS(srv.TLS))
	}
}

// The parser under test refuses 1014 on purpose, and accepts 5000 by mistake.
func ExampleKnown() {
	parse := func(p []byte) (int, string, error) {
		if string(p) == "\x13\x88" {
			return 5000, "", nil
		}
		c, err := frame.ParsePayload(p)
		if c.Code == closecode.BadGateway {
			return 0, "", frame.ErrInvalidCode
		}
		return int(c.Code), string(c.Reason), err
	}

	test = func(t *testing.T) { // func TestKnown(t *testing.T) {
		closetest.Payloads(t, parse,
			closetest.Known("1014 is not in RFC 6455", "payload/code-1014*"),
			closetest.Known("accepted by mistake, issue 123", "payload/code-5000"))
	}
}

// The test of a server behind a proxy, without the scenarios in which the proxy
// decides when TCP is closed.
func ExampleSkip() {
	test = func(t *testing.T) { // func TestBehindProxy(t *testing.T) {
		closetest.Handler(t, http.HandlerFunc(serve), closetest.Skip("^(starts|who-ends|close-)"))
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
