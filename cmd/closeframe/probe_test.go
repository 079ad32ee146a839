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
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/probe"
)

// upgrade performs a server's opening handshake.
func upgrade(w http.ResponseWriter, r *http.Request) (net.Conn, error) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	sum := sha1.Sum([]byte(r.Header.Get("Sec-Websocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, err = fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	return c, err
}

// closer serves WebSocket connections. It reads one Close frame, echoes its
// code, valid or not, and closes.
func closer(t *testing.T) (url string) {
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := upgrade(w, r)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		b := make([]byte, 8) // a masked Close with a code and no reason
		if _, err := io.ReadFull(c, b); err != nil {
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

// TestProbeSilent verifies that a run fails if the server sent no Close frame at all,
// although no single scenario shows a violation.
func TestProbeSilent(t *testing.T) {
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := upgrade(w, r); err == nil {
			io.Copy(io.Discard, c)
			c.Close()
		}
	}))
	defer ts.Close()
	url := "ws" + strings.TrimPrefix(ts.URL, "http")
	r := runWith(nil, "", "probe", "-run", "^code-1000$", "-timeout", "10ms", "-format", "json", url)
	if r.status != exitInvalid || !strings.Contains(r.stderr, "the server sent no Close frame in any scenario, and the wait was 10ms") || !strings.Contains(r.stdout, `"WARN"`) {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
	baseline := filepath.Join(t.TempDir(), "b.json")
	if err := os.WriteFile(baseline, []byte(r.stdout), 0o666); err != nil {
		t.Fatal(err)
	}
	if r := runWith(nil, "", "probe", "-run", "^code-1000$", "-timeout", "10ms", "-baseline", baseline, url); r.status != exitOK {
		t.Errorf("with a baseline: status %d, %s", r.status, r.stderr)
	}
}

func TestProbe(t *testing.T) {
	url := closer(t)
	r := runWith(nil, "", "probe", "-run", "^code-100[05]$", "-all", url)
	if r.status != exitInvalid || r.stderr != "" {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
	for _, want := range []string{
		"server " + url + "\n",
		"PASS  code-1000: Close 1000\n", "FAIL  code-1005: Close 1005\n", "      got:      Close 1005\n", "      expected: Close 1002\n",
		"(RFC 6455 §7.4.1,", "\nFAIL  code-1005\n2 scenarios: 1 PASS, 0 WARN, 1 FAIL, 0 SKIP in ",
	} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	checkScreen(t, r.stdout, true)
	r = runWith(nil, "", "probe", "-run", "^code-100[05]$", "-v", url)
	if !strings.Contains(r.stdout, "← Close 1005\n   0  88 ") || strings.Contains(r.stdout, "code-1000:") {
		t.Errorf("-v:\n%s", r.stdout)
	}
	if r := runWith(nil, "", "probe", "-run", "^code-1000$", url); r.status != exitOK {
		t.Errorf("status %d, %s%s", r.status, r.stdout, r.stderr)
	}
}

// TestProbeTitles verifies that titles and steps are in the language of the
// report.
func TestProbeTitles(t *testing.T) {
	r := runWith(nil, "", "probe", "-lang", "zh", "-all", "-run", "^(code-1014|rsv1|utf8-f5)$", closer(t))
	for _, want := range []string{
		"PASS  code-1014：Close 1014\n", "FAIL  rsv1：设置了 RSV1 的关闭帧\n", "：字节 F5\n",
		"      发送：    设置了保留位的帧：Close 3001\n", "      收到：    Close 3001、FIN\n",
	} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	r = runWith(nil, "", "probe", "-lang", "zh", "-v", "-run", "^code-1005$", closer(t))
	for _, want := range []string{"最后一个分片", "载荷 2 字节", "\n1 个场景：PASS 0"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("-v: no %q in\n%s", want, r.stdout)
		}
	}
	r = runWith(nil, "", "probe", "-lang", "zh", "-list", "-run", "^empty$")
	if !strings.HasPrefix(r.stdout, "empty                  不带关闭码的关闭帧（RFC 6455 §5.5.1）\n") {
		t.Errorf("-list: %s", r.stdout)
	}
}

func TestProbeJSON(t *testing.T) {
	r := runWith(nil, "", "probe", "-format", "json", "-run", "^(code-1000|starts)$", closer(t))
	var rep probe.Report
	if err := json.Unmarshal([]byte(r.stdout), &rep); err != nil || r.status != exitOK {
		t.Fatalf("status %d, %v: %s%s", r.status, err, r.stdout, r.stderr)
	}
	if rep.Role != probe.Server || len(rep.Results) != 2 || rep.Counts[probe.Pass] != 1 || rep.Counts[probe.Skip] != 1 {
		t.Errorf("%+v", &rep)
	}
}

func TestProbeUsage(t *testing.T) {
	tests := []struct{ args, want string }{
		{"probe", "missing target"},
		{"probe ws://a ws://b", "one URL"},
		{"probe -listen :0 ws://a", "one URL"},
		{"probe http://localhost", "not a ws://"},
		{"probe localhost", "not HOST:PORT"},
		{"probe -run ( ws://a", "missing closing )"},
		{"probe -timeout 0s ws://a", "greater than 0"},
		{"probe -count 0 ws://a", "1 or more"},
		{"probe -format xml ws://a", "text, json, junit, tap, github"},
		{"probe -cert x -listen :0", "belong together"},
		{"probe -run ^nothing$ ws://a", "no scenario for a server"},
		{"probe -run ^masked$ ws://a", "no scenario for a server"},
		{"probe -H nothing ws://a", "NAME: VALUE"},
		{"probe -lang zh localhost", "也不是 HOST:PORT"},
		{"probe ws://a:99999", "invalid port"},
		{"probe -lang zh ws://a:99999", "端口无效"},
		{"probe ws://a/#x", "has a fragment"},
		{"probe -baseline no-such-file ws://a", "no such file"},
	}
	for _, test := range tests {
		r := runWith(nil, "", strings.Fields(test.args)...)
		if r.status != exitUsage || !strings.Contains(r.stderr, test.want) {
			t.Errorf("%s: status %d, %s", test.args, r.status, r.stderr)
		}
	}
	if r := runWith(nil, "", "probe", "-listen", "127.0.0.1:0", "-idle", "1ms"); r.status != exitNoPeer || !strings.Contains(r.stderr, "no peer to probe") {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
	if r := runWith(nil, "", "probe", "-list", "-run", "^empty$"); r.status != exitOK || !strings.Contains(r.stdout, "Close without a code") {
		t.Errorf("-list: status %d, %s%s", r.status, r.stdout, r.stderr)
	}
}
