//go:build planted

package lists

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/closeframe/closeframe/closetest"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/frame"
)

// lenient accepts half a status code, rejects 1014, and panics on seven bytes
// of valid UTF-8.
func lenient(p []byte) (int, string, error) {
	if len(p) == 1 {
		return 1005, "", nil
	}
	if string(p) == "Goodbye" {
		panic("not a code")
	}
	c, err := frame.ParsePayload(p)
	if c.Code == 1014 {
		return 0, "", errors.New("unknown code")
	}
	return int(c.Code), string(c.Reason), err
}

func TestKnownGood(t *testing.T) {
	closetest.Payloads(t, lenient,
		closetest.Known("half a code is accepted as none", "payload/one-byte-*"),
		closetest.Known("1014 is not in RFC 6455", "payload/code-1014", "payload/code-1014-reason"),
		closetest.Known("a text is no code", "payload/text-for-a-code", "frame/server/text-for-a-code"))
}

func TestRunGood(t *testing.T) {
	closetest.Payloads(t, lenient, closetest.Run("/code-101[0-5]"), closetest.Skip("-1013"), closetest.Known("1014", "payload/code-1014*"))
}

func TestKnownPasses(t *testing.T) {
	closetest.Payloads(t, lenient, closetest.Run("/code-1000$"), closetest.Known("an old list", "payload/code-1000"))
}

func TestKnownNothing(t *testing.T) {
	closetest.Payloads(t, lenient, closetest.Known("a typing error", "payload/one-bite-*"))
}

func TestBadPattern(t *testing.T) {
	closetest.Payloads(t, lenient, closetest.Run("("))
}

func TestBadSkip(t *testing.T) {
	closetest.Payloads(t, lenient, closetest.Skip(")"))
}

func TestRunNothing(t *testing.T) {
	closetest.Payloads(t, lenient, closetest.Run("one-bite"))
}

func TestSkipNothing(t *testing.T) {
	closetest.Payloads(t, lenient, closetest.Skip("one-bite"))
}

func TestPanics(t *testing.T) {
	closetest.Payloads(t, lenient, closetest.Run("text-for"))
}

func TestRegistry(t *testing.T) {
	closetest.Payloads(t, lenient, closetest.Run("code-1014$"))
}

func TestAnswer(t *testing.T) {
	closetest.Payloads(t, lenient, closetest.Run("^payload/above-f4908080/start$"), closetest.Answer(func(error) int { return 1002 }))
}

func TestAnswerUntoldGood(t *testing.T) {
	for _, code := range []int{0, 1005, 1006, 1015} {
		closetest.Payloads(t, lenient, closetest.Run("^payload/above-f4908080/start$"), closetest.Answer(func(error) int { return code }))
	}
}

// TestAnswerOtherGood verifies that a parser may fail the connection over a frame
// of another type, which may be invalid as a frame of that type.
func TestAnswerOtherGood(t *testing.T) {
	closetest.ClientFrames(t, func([]byte) (int, string, error) { return 0, "", errors.New("not a Close frame") },
		closetest.Run("/first-01$"), closetest.Answer(func(error) int { return 1002 }))
}

// TestLeaves has a parser that checks neither the length of the payload nor the
// order of two faults.
func TestLeaves(t *testing.T) {
	closetest.Payloads(t, func([]byte) (int, string, error) { return 1000, "", nil },
		closetest.Run("^payload/(ascii-126|code-and-text-invalid)$"))
}

// TestFault fails: its parser mixes up three errors.
func TestFault(t *testing.T) {
	parse := func(b []byte) (int, string, error) {
		c, _, err := frame.Parse(b)
		return int(c.Code), string(c.Reason), err
	}
	wrong := map[error]string{frame.ErrIncomplete: "", frame.ErrShort: "incomplete", frame.ErrInvalidCode: "invalid_utf8"}
	closetest.ClientFrames(t, parse, closetest.Run("/part-1-of-2$|/length-1-whole$|/code-999$|/text-english$"),
		closetest.Fault(func(err error) string { return wrong[err] }))
}

// TestFaultGood verifies that a parser may wait for whole frames and need not name
// other faults.
func TestFaultGood(t *testing.T) {
	closetest.ClientFrames(t, func(b []byte) (int, string, error) {
		if len(b) < 2 || len(b) < 2+int(b[1]&0x7f) {
			return 0, "", io.ErrUnexpectedEOF
		}
		c, _, err := frame.Parse(b)
		return int(c.Code), string(c.Reason), err
	}, closetest.Run("/part-|/length-1(-whole)?$"), closetest.Fault(func(err error) string {
		if err == io.ErrUnexpectedEOF {
			return "incomplete"
		}
		return ""
	}))
}

func TestFrames(t *testing.T) {
	wrong := func([]byte) (int, string, error) { return 1000, "bye", nil }
	closetest.ServerFrames(t, wrong, closetest.Run("/part-3-of-6$|/first-01$|/direction-0$"))
	closetest.ClientFrames(t, wrong, closetest.Run("/length-126-for-2$"))
}

func TestEncoder(t *testing.T) {
	closetest.Encoder(t, func(code int, reason string) ([]byte, error) {
		return append([]byte{byte(code >> 8), byte(code)}, reason...), nil
	}, closetest.Run("^encode/code-(1000|1005|1006)$"))
}

func TestEncoderRefuses(t *testing.T) {
	closetest.Encoder(t, func(int, string) ([]byte, error) { return nil, errors.New("no codes today") },
		closetest.Run("^encode/code-(1000|1006)$"))
}

// FuzzSeed fails: its decoder accepts an overlong form, which is a seed.
func FuzzSeed(f *testing.F) {
	closetest.Seed(f, closetest.Text)
	f.Fuzz(func(t *testing.T, b []byte) {
		if string(b) == "\xc0\xaf" {
			t.Errorf("%x decodes to U+002F", b)
		}
	})
}

func TestText(t *testing.T) {
	closetest.UTF8(t, func(b []byte) bool { return utf8.RuneCount(b) == len(b) }, closetest.Run("^utf8/(ascii-7|u.0080|never-c0/alone)$"))
}

// hasty answers any Close frame with 1000. It masks the answer if the payload
// is one byte.
func hasty(w http.ResponseWriter, r *http.Request) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "+
		base64.StdEncoding.EncodeToString(sum[:])+"\r\n\r\n")
	header, err := rw.Peek(2)
	if err != nil {
		return
	}
	n := int(header[1] & 127)
	rw.Discard(6 + n)
	if n == 1 {
		io.WriteString(conn, "\x88\x82\x00\x00\x00\x00\x03\xe8")
		return
	}
	io.WriteString(conn, "\x88\x02\x03\xe8")
}

func TestHandler(t *testing.T) {
	closetest.Handler(t, http.HandlerFunc(hasty), closetest.Run("^(code-1000|code-1001|one-byte-03|starts)$"))
}

func TestHandlerLong(t *testing.T) {
	closetest.Handler(t, http.HandlerFunc(hasty), closetest.Run("^long-128$"), closetest.Strict())
}

func TestHandlerStrict(t *testing.T) {
	closetest.Handler(t, http.HandlerFunc(hasty), closetest.Run("^code-1001$"), closetest.Strict())
}

func TestHandlerGood(t *testing.T) {
	closetest.Handler(t, http.HandlerFunc(hasty), closetest.Run("^(code-1000|one-byte-03)$"),
		closetest.Known("answers everything with 1000", "one-byte-??"))
}

func TestKnownWarns(t *testing.T) {
	closetest.Handler(t, http.HandlerFunc(hasty), closetest.Run("^code-1001$"), closetest.Known("an old list", "code-1001"))
}

func TestNoServer(t *testing.T) {
	closetest.Server(t, "ws://127.0.0.1:1/", closetest.Run("^code-1000$"), closetest.Timeout(time.Second))
}

func TestNoURL(t *testing.T) { closetest.Server(t, "http://127.0.0.1:1/") }

func TestNoClient(t *testing.T) {
	t.Parallel()
	closetest.Client(t, func(string) {}, closetest.Run("^code-1000$"))
}

func TestClientWaits(t *testing.T) {
	t.Parallel()
	closetest.Client(t, func(string) { select {} }, closetest.Run("^code-1000$"), closetest.Timeout(time.Second))
}

// TestClientHangsUp fails: its client closes the connection before the opening
// handshake.
func TestClientHangsUp(t *testing.T) {
	t.Parallel()
	closetest.Client(t, func(url string) {
		if conn, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://")); err == nil {
			conn.Close()
		}
	}, closetest.Run("^code-1000$"))
}

func TestClientStays(t *testing.T) {
	t.Parallel()
	closetest.Client(t, func(url string) {
		if c, err := stack.Dial(context.Background(), url, stack.Config{}); err == nil {
			c.Read(nil)
		}
		select {}
	}, closetest.Run("^code-1000$"), closetest.Timeout(time.Second))
}

// TestClientPanics fails: its client panics before it connects, or afterwards.
func TestClientPanics(t *testing.T) {
	t.Parallel()
	for _, before := range []bool{true, false} {
		closetest.Client(t, func(url string) {
			if before {
				panic("no client today")
			}
			if c, err := stack.Dial(context.Background(), url, stack.Config{}); err == nil {
				c.Read(nil)
			}
			panic("the client is done")
		}, closetest.Run("^code-1000$"))
	}
}

// upgrade accepts a connection.
func upgrade(w http.ResponseWriter, r *http.Request) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "+
		base64.StdEncoding.EncodeToString(sum[:])+"\r\n\r\n")
	return conn
}

// TestHandlerPanics fails: its handler panics after the opening handshake.
func TestHandlerPanics(t *testing.T) {
	closetest.Handler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn := upgrade(w, r)
		defer conn.Close()
		conn.Read(make([]byte, 1))
		panic("no handler today")
	}), closetest.Run("^code-1000$"), closetest.Timeout(time.Second))
}

// TestHandlerSilent fails: its handler answers nothing.
func TestHandlerSilent(t *testing.T) {
	t.Parallel()
	closetest.Handler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn := upgrade(w, r)
		defer conn.Close()
		io.Copy(io.Discard, conn)
	}), closetest.Run("^code-100[01]$"), closetest.Timeout(100*time.Millisecond))
}

// TestHandlerUnasked fails: its handler closes every connection by itself.
func TestHandlerUnasked(t *testing.T) {
	closetest.Handler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn := upgrade(w, r)
		defer conn.Close()
		io.WriteString(conn, "\x88\x02\x0f\xa1")
	}), closetest.Run("^code-1000$"))
}

// TestClientUnasked fails: its client closes every connection by itself.
func TestClientUnasked(t *testing.T) {
	closetest.Client(t, func(url string) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x88\x82\x00\x00\x00\x00\x0f\xa1")
		io.Copy(io.Discard, conn)
	}, closetest.Run("^code-1000$"))
}
