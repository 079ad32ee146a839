package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closetap"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/relay"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/catalog"
)

// A relayStep is bytes sent by one side, or the end of its connection.
type relayStep struct {
	from closetap.Side
	send []byte
	end  closetap.End
}

func serverSends(code closecode.Code, reason string) relayStep {
	b, err := frame.Append(nil, code, reason)
	if err != nil {
		panic(err)
	}
	return relayStep{from: closetap.Server, send: b}
}

func clientSends(code closecode.Code, reason string) relayStep {
	b, err := frame.AppendMasked(nil, [4]byte{0x37, 0xfa, 0x21, 0x3d}, code, reason)
	if err != nil {
		panic(err)
	}
	return relayStep{from: closetap.Client, send: b}
}

func ends(side closetap.Side, how closetap.End) relayStep { return relayStep{from: side, end: how} }

// runRelayed runs a relay in the session of the given flags, plays the steps of
// each connection through it, and returns what it printed.
func runRelayed(t *testing.T, lang string, asJSON, verbose bool, connections ...[]relayStep) string {
	t.Helper()
	accepted := make(chan net.Conn, 1)
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
		accepted <- c
	}))
	defer backend.Close()
	var out bytes.Buffer
	s := &session{stdout: &output{w: &out}, stderr: io.Discard, env: func(string) string { return "" }, text: catalog.In(lang),
		common: common{color: "never", asJSON: asJSON}}
	target, _ := url.Parse(backend.URL)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	wait.Go(func() { s.relay(ctx, ln, &relay.Relay{Target: target}, verbose) })
	for _, steps := range connections {
		client, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		client.SetDeadline(time.Now().Add(20 * time.Second))
		io.WriteString(client, "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		for head := []byte{}; !bytes.HasSuffix(head, []byte("\r\n\r\n")); {
			b := make([]byte, 1)
			if _, err := client.Read(b); err != nil {
				t.Fatal(err)
			}
			head = append(head, b...)
		}
		server := <-accepted
		server.SetDeadline(time.Now().Add(20 * time.Second))
		conns := map[closetap.Side]net.Conn{closetap.Client: client, closetap.Server: server}
		for _, step := range steps {
			from, to := conns[step.from], conns[step.from.Peer()]
			switch step.end {
			case closetap.EndNone:
				from.Write(step.send)
				if _, err := io.ReadFull(to, make([]byte, len(step.send))); err != nil {
					t.Fatal(err)
				}
				continue
			case closetap.EndReset:
				from.(*net.TCPConn).SetLinger(0)
				from.Close()
			default:
				from.(*net.TCPConn).CloseWrite()
			}
			to.Read(make([]byte, 1)) // FIN or RST has been relayed
		}
		client.Close()
		server.Close()
	}
	stop()
	wait.Wait()
	text := regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllString(out.String(), "127.0.0.1:50000")
	return regexp.MustCompile(`\d\.\d\d\d`).ReplaceAllString(text, "0.000")
}

// relayCases are ways to close a connection.
func relayCases() [][]relayStep {
	const client, server, fin = closetap.Client, closetap.Server, closetap.EndFIN
	bye := []relayStep{ends(server, fin), ends(client, fin)}
	with := func(steps ...relayStep) []relayStep { return append(steps, bye...) }
	return [][]relayStep{
		with(relayStep{from: client, send: []byte("\x81\x85\x01\x02\x03\x04ignme")}, serverSends(1001, "deploy"), clientSends(1001, "")),
		with(clientSends(4001, "bye"), serverSends(1000, "")),
		with(clientSends(1005, ""), serverSends(1005, "")),
		{ends(client, fin), ends(server, fin)},
		{ends(server, closetap.EndReset)},
		{serverSends(1012, ""), ends(client, fin), ends(server, fin)},
		{clientSends(1000, ""), ends(server, closetap.EndReset)},
		with(relayStep{from: server, send: []byte{0x88, 2, 0x03, 0xee}}, clientSends(1002, "")),
		with(relayStep{from: client, send: []byte("\x81\x01a")}, serverSends(1002, ""), clientSends(1002, "")),
	}
}

// TestRelay verifies the output for one connection.
func TestRelay(t *testing.T) {
	got := runRelayed(t, "en", false, false, relayCases()[0])
	want := `#1      0.000  opened by 127.0.0.1:50000 for /chat
#1      0.000  client →        text, 5 bytes
#1      0.000         ← server Close 1001 Going Away "deploy" – One side is leaving: the server shuts down, or the user left the page.
#1      0.000  client →        Close 1001 Going Away
#1      0.000         ← server FIN
#1      0.000  client →        FIN
#1      0.000  server closed: 1001 Going Away "deploy"; client answered 1001; clean on both sides
                client                  server
       +0.000s                        ← Close 1001 Going Away "deploy"
       +0.000s  Close 1001 Going Away →
       +0.000s                        ← FIN
       +0.000s  FIN                   →
1 connection
     1  clean          1001 Going Away
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := runRelayed(t, "en", false, true, relayCases()[1]); !strings.Contains(got, "\n     00000000  88 85 37 fa 21 3d 38 5b  43 44 52 ") {
		t.Errorf("-v printed\n%s", got)
	}
}

// TestRelayManyCloses verifies that a side that sends Close frames without end does
// not make the relay keep them all.
func TestRelayManyCloses(t *testing.T) {
	many := serverSends(1000, strings.Repeat("x", 123))
	many.send = bytes.Repeat(many.send, 500)
	steps := []relayStep{many, ends(closetap.Server, closetap.EndFIN), ends(closetap.Client, closetap.EndFIN)}
	var v struct {
		Frames   map[string]int
		Timeline []struct{ From, End string }
	}
	if err := json.Unmarshal([]byte(runRelayed(t, "en", true, false, steps)), &v); err != nil {
		t.Fatal(err)
	}
	if n := len(v.Timeline); n != maxCloses+2 || v.Timeline[n-2].End != "fin" || v.Timeline[n-1].End != "fin" {
		t.Errorf("a timeline of %d steps, want %d with two ends", n, maxCloses+2)
	}
	if n := v.Frames["server"]; n != 500 {
		t.Errorf("%d frames, want 500", n)
	}
}

// TestRelaySentence verifies that the sentence in English is the text of the
// report, and that it is translated for every way to close.
func TestRelaySentence(t *testing.T) {
	for _, steps := range relayCases() {
		for _, lang := range catalog.Languages() {
			var v struct {
				Conn     int
				Timeline []struct{ From string }
				Report   struct {
					Text   string
					Client struct{ Sent int }
				}
			}
			out := runRelayed(t, lang, true, false, steps)
			if err := json.Unmarshal([]byte(out), &v); err != nil || v.Conn != 1 || len(v.Timeline) == 0 {
				t.Fatalf("%s: %v, %s", lang, err, out)
			}
			text := runRelayed(t, lang, false, false, steps)
			if lang == "en" && !strings.Contains(text, v.Report.Text+"\n") {
				t.Errorf("printed\n%s\nwant %s", text, v.Report.Text)
			}
			if strings.Contains(text, "%!") || lang != "en" && strings.Contains(text, " closed") {
				t.Errorf("%s: printed\n%s", lang, text)
			}
		}
	}
}

// TestRelaySentences verifies the same for every short sequence of events.
func TestRelaySentences(t *testing.T) {
	const client, server = closetap.Client, closetap.Server
	steps := []relayStep{
		clientSends(1000, "bye"), serverSends(1001, "bye"), clientSends(1005, ""),
		{from: client, send: []byte("\x81\x01a")}, {from: server, send: []byte("\x88\x02\x03\xee")}, {from: server, send: []byte("\x81\x01a")},
	}
	for _, side := range []closetap.Side{client, server} {
		for _, how := range []closetap.End{closetap.EndFIN, closetap.EndReset, closetap.EndTimeout, closetap.EndClosed} {
			steps = append(steps, ends(side, how))
		}
	}
	english, chinese := catalog.In("en"), catalog.In("zh-Hans")
	var play func(c closetap.Conn, left int)
	play = func(c closetap.Conn, left int) {
		r := c.Report()
		if got := relay.Sentence(english, &r); r.EndedFirst != closetap.Neither && got != r.Text {
			t.Fatalf("got  %s\nwant %s", got, r.Text)
		}
		if left == 0 {
			return
		}
		if got := relay.Sentence(chinese, &r); strings.ContainsAny(got, "%;") || strings.Contains(got, "relay.") {
			t.Fatalf("%s: %s", r.Text, got)
		}
		for _, s := range steps {
			next := c
			if s.end == closetap.EndNone {
				next.Feed(s.from, s.send)
			} else {
				next.Ended(s.from, s.end)
			}
			if next != c {
				play(next, left-1)
			}
		}
	}
	play(closetap.Conn{}, 4)
}

// TestRelayUsage verifies the errors of the command line.
func TestRelayUsage(t *testing.T) {
	for args, want := range map[string]string{
		"relay":                                   "missing target: give one ws:// or wss:// URL",
		"relay ws://a ws://b":                     "missing target: give one ws:// or wss:// URL",
		"relay localhost:80":                      `invalid target "localhost:80": want a ws:// or wss:// URL`,
		"relay -cert x ws://a":                    "-cert and -key belong together",
		"relay -H x ws://a":                       "want NAME: VALUE",
		"relay -ca /nonexistent ws://a":           "no such file",
		"relay -listen 127.0.0.1:99999999 ws://a": "invalid port",
	} {
		r := runWith(nil, "", strings.Fields(args)...)
		if r.status != exitUsage || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: status %d, %q; want %q", args, r.status, r.stderr, want)
		}
	}
}
