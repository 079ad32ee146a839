package main

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/probe"
)

// closer serves WebSocket connections on which it reads one Close, echoes its
// code, valid or not, and ends.
func closer(t *testing.T) (url string) {
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		sum := sha1.Sum([]byte(r.Header.Get("Sec-Websocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
		b := make([]byte, 8) // a masked Close with a code and no reason
		if _, err := io.ReadFull(rw, b); err != nil {
			t.Error(err)
			return
		}
		frame.Mask(b[6:], [4]byte(b[2:6]), 0)
		c.Write([]byte{0x88, 0x02, b[6], b[7]})
		c.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, c)
	}))
	t.Cleanup(ts.Close)
	return "ws" + strings.TrimPrefix(ts.URL, "http")
}

func TestProbe(t *testing.T) {
	url := closer(t)
	r := runWith(nil, "", "probe", "-run", "^code-100[05]$", "-v", url)
	if r.status != exitInvalid || r.stderr != "" {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
	for _, want := range []string{
		"right     code-1000 ", "WRONG     code-1005 ", "it sent 1005 in a Close",
		"RFC 6455 §7.4.1, MUST NOT", "← Close 1005\n   0  88 ", "03 ed ",
		"server " + url + "\n2 scenarios: 1 right, 0 allowed, 1 wrong, 0 left out\n",
	} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	checkScreen(t, r.stdout, true)
	if r := runWith(nil, "", "probe", "-run", "^code-1000$", url); r.status != exitOK {
		t.Errorf("status %d, %s%s", r.status, r.stdout, r.stderr)
	}
}

func TestProbeJSON(t *testing.T) {
	r := runWith(nil, "", "probe", "-json", "-run", "^(code-1000|starts)$", closer(t))
	var rep probe.Report
	if err := json.Unmarshal([]byte(r.stdout), &rep); err != nil || r.status != exitOK {
		t.Fatalf("status %d, %v: %s%s", r.status, err, r.stdout, r.stderr)
	}
	if rep.Role != probe.Server || len(rep.Results) != 2 || rep.Counts[probe.Right] != 1 || rep.Counts[probe.LeftOut] != 1 {
		t.Errorf("%+v", rep)
	}
}

func TestProbeUsage(t *testing.T) {
	gone := closer(t)
	tests := []struct{ args, want string }{
		{"probe", "missing target"},
		{"probe ws://a ws://b", "one URL"},
		{"probe -listen :0 ws://a", "one URL"},
		{"probe http://localhost", "not a ws://"},
		{"probe -run ( ws://a", "missing closing )"},
		{"probe -timeout 0s ws://a", "greater than 0"},
		{"probe -cert x -listen :0", "belong together"},
		{"probe -run ^nothing$ " + gone, "no scenario matches"},
		{"probe -H nothing ws://a", "NAME: VALUE"},
		{"probe -listen 127.0.0.1:0 -idle 1ms", "no peer to probe"},
	}
	for _, test := range tests {
		r := runWith(nil, "", strings.Fields(test.args)...)
		if r.status != exitUsage || !strings.Contains(r.stderr, test.want) {
			t.Errorf("%s: status %d, %s", test.args, r.status, r.stderr)
		}
	}
	if r := runWith(nil, "", "probe", "-list", "-run", "^empty$"); r.status != exitOK || !strings.Contains(r.stdout, "Close without a code") {
		t.Errorf("-list: status %d, %s%s", r.status, r.stdout, r.stderr)
	}
}
