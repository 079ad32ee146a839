package closetap_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unsafe"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closetap"
	"github.com/closeframe/closeframe/frame"
)

// clientClose and serverClose return the Close frame of each side.
func clientClose(tb testing.TB, code closecode.Code, reason string) []byte {
	b, err := frame.AppendMasked(nil, [4]byte{0x37, 0xfa, 0x21, 0x3d}, code, reason)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func serverClose(tb testing.TB, code closecode.Code, reason string) []byte {
	b, err := frame.Append(nil, code, reason)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// play observes a script: words such as "server:1001:deploy" (a Close frame of
// the server), "client:empty", "client:data", "client:unmasked", "server:1006!" (a
// code that cannot be sent), "client.fin", and "proxy>client:1012".
func play(tb testing.TB, script string) *closetap.Conn {
	c := new(closetap.Conn)
	side := map[string]closetap.Side{"client": closetap.Client, "server": closetap.Server}
	end := map[string]closetap.End{"fin": closetap.EndFIN, "reset": closetap.EndReset, "timeout": closetap.EndTimeout, "closed": closetap.EndClosed}
	code := func(s string) (n closecode.Code) {
		for _, d := range strings.TrimSuffix(s, "!") {
			n = 10*n + closecode.Code(d-'0')
		}
		return n
	}
	for word := range strings.FieldsSeq(script) {
		if to, rest, ok := strings.Cut(word, ":"); ok && strings.HasPrefix(to, "proxy>") {
			c.Inserted(side[to[6:]], code(rest), "")
			continue
		}
		if who, how, ok := strings.Cut(word, "."); ok && end[how] != 0 {
			c.Ended(side[who], end[how])
			continue
		}
		who, rest, ok := strings.Cut(word, ":")
		from := side[who]
		if !ok || from == 0 {
			tb.Fatalf("script %q: word %q", script, word)
		}
		masked := from == closetap.Client
		what, reason, _ := strings.Cut(rest, ":")
		var b []byte
		switch {
		case what == "data":
			b = dataFrame(1, masked, 5)
		case what == "unmasked":
			b = dataFrame(1, false, 5)
		case what == "empty":
			b = dataFrame(8, masked, 0)
		case strings.HasSuffix(what, "!"):
			n := code(what)
			b = []byte{0x88, 2, byte(n >> 8), byte(n)}
			if masked {
				b = []byte{0x88, 0x82, 0, 0, 0, 0, byte(n >> 8), byte(n)}
			}
		case masked:
			b = clientClose(tb, code(what), reason)
		default:
			b = serverClose(tb, code(what), reason)
		}
		c.Feed(from, b)
	}
	return c
}

// TestReport verifies the line of text, the cause, and the event of each
// application, which follows from RFC 6455 §7.1.4 and §7.1.5.
func TestReport(t *testing.T) {
	for _, tt := range []struct {
		script, text, cause string
		client, server      string // code and "clean", as in JSON
	}{
		{"client:data server:1001:deploy client:1001 server.fin client.fin",
			`server closed: 1001 Going Away "deploy"; client answered 1001; clean on both sides`, "clean", "1001 clean", "1001 clean"},
		{"client:1000:bye server:1000:bye server.fin client.fin",
			`client closed: 1000 Normal Closure "bye"; server answered 1000 "bye"; clean on both sides`, "clean", "1000 clean", "1000 clean"},
		{"client:empty server:empty server.fin client.fin",
			`client closed without a code; server answered without a code; clean on both sides`, "clean", "1005 clean", "1005 clean"},
		{"client:4001 server:1000 server.fin client.fin",
			`client closed: 4001 (private); server answered 1000; clean on both sides`, "clean", "1000 clean", "4001 clean"},
		{"client:data client.fin server.fin",
			`client closed its TCP connection without a Close frame; the server's application sees 1006`, "lost", "1006", "1006"},
		{"server.reset client.fin",
			`server reset its TCP connection without a Close frame; the client's application sees 1006`, "lost", "1006", "1006"},
		{"client.timeout server.closed",
			`client timed out without a Close frame; both applications see 1006`, "lost", "1006", "1006"},
		{"client.closed server.closed",
			`proxy closed the client's TCP connection without a Close frame; both applications see 1006`, "lost", "1006", "1006"},
		{"server:1001 client.fin server.fin",
			`server closed: 1001 Going Away; client closed its TCP connection without answering; the client's application sees 1001, not clean, the server's application sees 1006`, "unanswered", "1001", "1006"},
		{"server:1001 client.reset",
			`server closed: 1001 Going Away; client reset its TCP connection without answering; the client's application sees 1001, not clean, the server's application sees 1006`, "unanswered", "1001", "1006"},
		{"client:1000 server.timeout",
			`client closed: 1000 Normal Closure; server timed out without answering; the client's application sees 1006, the server's application sees 1000, not clean`, "unanswered", "1006", "1000"},
		{"client:1000",
			`client closed: 1000 Normal Closure; server did not answer; the client's application sees 1006, the server's application sees 1000, not clean`, "unanswered", "1006", "1000"},
		{"client:data",
			`still open`, "lost", "1006", "1006"},
		// A reset or a timeout of the side that closed makes an answer impossible.
		{"server:1011:oops server.reset client.closed",
			`server closed: 1011 Internal Error "oops"; server reset its TCP connection; client did not answer; the client's application sees 1011, not clean, the server's application sees 1006`, "unanswered", "1011", "1006"},
		{"client:1000 client.timeout server.closed",
			`client closed: 1000 Normal Closure; client timed out; server did not answer; the client's application sees 1006, the server's application sees 1000, not clean`, "unanswered", "1006", "1000"},
		{"server:1001 client:1001 server.reset client.fin",
			`server closed: 1001 Going Away; client answered 1001; clean on both sides`, "clean", "1001 clean", "1001 clean"},
		// A server that half-closes after its Close frame still reads.
		{"server:1001 server.fin client:1001 client.fin",
			`server closed: 1001 Going Away; client answered 1001; clean on both sides`, "clean", "1001 clean", "1001 clean"},
		// A client whose transport has ended receives nothing.
		{"client.reset server:1001 server.fin",
			`client reset its TCP connection without a Close frame; server closed: 1001 Going Away; the server's application sees 1006`, "unanswered", "1006", "1006"},
		// A fault fails the connection: 1006 for the endpoint that detects it.
		{"client:unmasked server:1002 client:1002 server.fin client.fin",
			`client did not mask a frame (RFC 6455 §5.1); server closed: 1002 Protocol error; client answered 1002; the server's application sees 1006`, "failed", "1002 clean", "1006"},
		{"server:1006! client:1002 client.fin server.fin",
			`server sent a Close frame with the code 1006 (RFC 6455 §7.4); client closed: 1002 Protocol error; server closed its TCP connection without answering; the client's application sees 1006, the server's application sees 1002, not clean`, "failed", "1006", "1002"},
		{"client:1005! server.fin client.fin",
			`client sent a Close frame with the code 1005 (RFC 6455 §7.4); server closed its TCP connection without a Close frame; both applications see 1006`, "failed", "1006", "1006"},
		{"server:1006! server.fin client.fin",
			`server sent a Close frame with the code 1006 (RFC 6455 §7.4); server closed its TCP connection without a valid Close frame; the client's application sees 1006`, "failed", "1006", "1006"},
		{"client:1005! client.reset server:1002",
			`client sent a Close frame with the code 1005 (RFC 6455 §7.4); client reset its TCP connection without a valid Close frame; server closed: 1002 Protocol error; the server's application sees 1006`, "failed", "1006", "1006"},
		{"client:1000 client:data server:1000 server.fin client.fin",
			`client closed: 1000 Normal Closure; server answered 1000; client sent bytes after its Close frame (RFC 6455 §5.5.1); clean on both sides`, "clean", "1000 clean", "1000 clean"},
		{"client:1000 client:data server.fin client.fin",
			`client closed: 1000 Normal Closure; server closed its TCP connection without answering; client sent bytes after its Close frame (RFC 6455 §5.5.1); the client's application sees 1006, the server's application sees 1000, not clean`, "unanswered", "1006", "1000"},
		// A proxy drains, and another loses its server.
		{"proxy>client:1012 proxy>server:1001 client:1012 server:1001 server.fin client.closed",
			`proxy closed the client's side: 1012 Service Restart; proxy closed the server's side: 1001 Going Away; client answered 1012; server answered 1001; clean on both sides`, "clean", "1012 clean", "1001 clean"},
		{"proxy>client:1012 proxy>server:1001 client:1012 server.timeout client.closed",
			`proxy closed the client's side: 1012 Service Restart; proxy closed the server's side: 1001 Going Away; client answered 1012; server timed out without answering; the server's application sees 1001, not clean`, "unanswered", "1012 clean", "1001"},
		{"server.reset proxy>client:1014 client:1014 client.closed",
			`server reset its TCP connection without a Close frame; proxy closed the client's side: 1014 Bad Gateway; client answered 1014; clean for the client`, "lost", "1014 clean", "1006"},
		{"client.fin proxy>server:1001 server:1001 server.fin",
			`client closed its TCP connection without a Close frame; proxy closed the server's side: 1001 Going Away; server answered 1001; clean for the server`, "lost", "1006", "1001 clean"},
	} {
		r := play(t, tt.script).Report()
		told := func(s closetap.SideReport) string {
			text := s.Told.Code.String()[:4]
			if s.Told.WasClean {
				text += " clean"
			}
			return text
		}
		if r.Text != tt.text || r.Cause.String() != tt.cause || told(r.Client) != tt.client || told(r.Server) != tt.server {
			t.Errorf("%s:\n got %s\nwant %s\n got %s, %s, %s; want %s, %s, %s", tt.script, r.Text, tt.text,
				r.Cause, told(r.Client), told(r.Server), tt.cause, tt.client, tt.server)
		}
	}
}

// TestReportJSON verifies the JSON form.
func TestReportJSON(t *testing.T) {
	got, err := json.Marshal(play(t, "server:1001:deploy client:1001 server.fin client.reset").Report())
	want := `{"client":{"sent":1001,"reason":"","told":{"code":1001,"reason":"deploy","wasClean":true,"sent":1001,"received":1001,"peerFirst":true,"failed":false,"writeFailed":false},"transport":"reset"},` +
		`"server":{"sent":1001,"reason":"deploy","told":{"code":1001,"reason":"","wasClean":true,"sent":1001,"received":1001,"peerFirst":false,"failed":false,"writeFailed":false},"transport":"fin"},` +
		`"closedFirst":"server","endedFirst":"server","cause":"clean",` +
		`"text":"server closed: 1001 Going Away \"deploy\"; client answered 1001; clean on both sides"}`
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

// TestConnSize verifies the size of a Conn.
func TestConnSize(t *testing.T) {
	if n := unsafe.Sizeof(closetap.Conn{}); n > 512 {
		t.Errorf("a Conn takes %d bytes, want at most 512", n)
	}
}

// TestConnAllocs verifies that observing does not allocate.
func TestConnAllocs(t *testing.T) {
	client, server := clientClose(t, 1000, "bye"), serverClose(t, 1000, "bye")
	c := new(closetap.Conn)
	if n := testing.AllocsPerRun(10, func() {
		*c = closetap.Conn{}
		c.Feed(closetap.Client, client)
		c.Feed(closetap.Server, server)
		c.Inserted(closetap.Client, 1001, "bye")
		c.Ended(closetap.Server, closetap.EndFIN)
		c.Ended(closetap.Client, closetap.EndReset)
		sinkBool = c.Tap(closetap.Client).AtBoundary()
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
