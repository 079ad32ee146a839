package lab

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/catalog"
)

// A client plays the browser in a test.
type client struct {
	testing.TB
	url string // of the lab, without the last slash
	n   int    // runs so far
}

func newClient(t testing.TB) *client {
	server := httptest.NewServer(Handler(t.Context(), Config{}))
	t.Cleanup(server.Close)
	return &client{TB: t, url: server.URL}
}

// id returns the ID of another run.
func (c *client) id() string {
	c.n++
	return fmt.Sprintf("%016x", c.n)
}

// get returns the status and the body of the lab's response.
func (c *client) get(path string) (int, []byte) {
	c.Helper()
	r, err := http.Get(c.url + path)
	if err != nil {
		c.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		c.Fatal(err)
	}
	return r.StatusCode, b
}

// result returns the lab's record of a run.
func (c *client) result(path string) (res result) {
	c.Helper()
	status, b := c.get(path)
	if err := json.Unmarshal(b, &res); status != http.StatusOK || err != nil {
		c.Fatalf("%s: %d %q, %v", path, status, b, err)
	}
	return res
}

// A buffered connection is read through the buffer of its opening handshake.
type buffered struct {
	*net.TCPConn
	in *bufio.Reader
}

func (c buffered) Read(p []byte) (int, error) { return c.in.Read(p) }

// dial performs the opening handshake of a run. It sends extra together with
// the request.
func (c *client) dial(q url.Values, extra string) buffered {
	c.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(conn, "GET /ws?%s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n%s", q.Encode(), conn.RemoteAddr(), c.url, extra)
	in := bufio.NewReader(conn)
	r, err := http.ReadResponse(in, nil)
	if err != nil || r.StatusCode != http.StatusSwitchingProtocols {
		c.Fatalf("%v, %v", r, err)
	}
	return buffered{conn.(*net.TCPConn), in}
}

// play plays the browser in a case according to RFC 6455. It returns the event
// for onclose and the lab's result.
func (c *client) play(q url.Values) (closeevent.Event, result) {
	c.Helper()
	id := c.id()
	q.Set("run", id)
	played, _ := caseOf(q.Get("case"))
	if played.Ours {
		res := c.result("/play?" + q.Encode())
		return res.Ours.Event, res
	}
	conn := c.dial(q, "")
	h := closeevent.NewClient([4]byte{1, 2, 3, 4})
	send := func(b []byte) {
		if _, err := conn.Write(b); err != nil {
			h.WriteFailed()
		}
	}
	if played.ClientCloses {
		code, reason := closecode.NoStatusRcvd, ""
		if played.TakesCode {
			code, reason = 3000, bye
		}
		b, err := h.Close(nil, code, reason)
		if err != nil {
			c.Fatal(err)
		}
		send(b)
	}
	if played.ID == "no-reply" {
		conn.CloseWrite() // stops waiting
	}
	var in []byte
	buf := make([]byte, 1000)
	for {
		got, _, err := frame.Parse(in)
		if fault, ok := errors.AsType[frame.Error](err); ok && fault.Code() != 0 {
			send(h.Fail(nil, fault.Code()))
			break
		}
		if err == nil {
			send(h.Receive(nil, got))
			break
		}
		n, err := conn.Read(buf)
		in = append(in, buf[:n]...)
		if n == 0 && err != nil {
			break
		}
	}
	if h.ShouldCloseTransport() || played.ID == "never-ended" {
		conn.CloseWrite()
	}
	io.Copy(io.Discard, conn)
	conn.Close()
	return h.TransportClosed(), c.result("/result?run=" + id)
}

func TestEveryCase(t *testing.T) {
	clean := func(code closecode.Code, reason string) closeevent.Event {
		return closeevent.Event{Code: code, Reason: reason, WasClean: true}
	}
	abnormal := closeevent.Event{Code: 1006}
	tests := map[string]struct {
		client, server closeevent.Event
		first          string
		rule           string
	}{
		"server":          {clean(1001, away), clean(1001, ""), "server", "§7.1.5"},
		"server-empty":    {clean(1005, ""), clean(1005, ""), "server", "§7.1.5"},
		"byte-by-byte":    {clean(1001, away), clean(1001, ""), "server", "§7.1.4"},
		"client":          {clean(3000, ""), clean(3000, bye), "browser", "§7.1.5"},
		"client-empty":    {clean(1005, ""), clean(1005, ""), "browser", "§7.1.5"},
		"both":            {clean(1001, away), clean(3000, bye), "both", "§5.5.1"},
		"code-on-wire":    {abnormal, clean(1002, ""), "server", "§7.4.1"},
		"one-byte":        {abnormal, clean(1002, ""), "server", "§5.5.1"},
		"bad-utf8":        {abnormal, clean(1007, ""), "server", "§8.1"},
		"too-long":        {abnormal, clean(1002, ""), "server", "§5.5"},
		"masked":          {abnormal, clean(1002, ""), "server", "§5.1"},
		"unmasked":        {clean(1002, ""), abnormal, "browser", "§5.1"},
		"fragmented":      {abnormal, clean(1002, ""), "server", "§5.5"},
		"reserved-bit":    {abnormal, clean(1002, ""), "server", "§5.2"},
		"two-closes":      {clean(1000, ""), clean(1000, ""), "server", "§7.1.5"},
		"data-after":      {clean(1000, ""), clean(1000, ""), "server", "§5.5.1"},
		"no-close":        {abnormal, abnormal, "nobody", "§7.1.5"},
		"reset":           {abnormal, abnormal, "nobody", "§7.1.5"},
		"truncated":       {abnormal, abnormal, "nobody", "§7.1.5"},
		"close-and-fin":   {clean(1001, away), clean(1001, ""), "server", "§7.1.4"},
		"close-and-reset": {clean(1001, away), abnormal, "server", "§1.4"},
		"never-ended":     {clean(1001, away), clean(1001, ""), "server", "§7.1.1"},
		"no-reply":        {abnormal, closeevent.Event{Code: 3000, Reason: bye}, "browser", "§7.1.5"},
	}
	if len(tests) != len(cases) {
		t.Errorf("%d cases are tested of %d", len(tests), len(cases))
	}
	l := newClient(t)
	for _, c := range cases {
		want, ok := tests[c.ID]
		if !ok {
			t.Errorf("%s is not tested", c.ID)
			continue
		}
		for _, tag := range catalog.Languages() {
			got, res := l.play(url.Values{"case": {c.ID}, "code": {c.Code}, "reason": {c.Reason}, "lang": {tag}})
			if c.mayBeLost { // the outcome depends on a race
				if !slices.Contains(res.Expected, got) {
					t.Errorf("%s: %v, want one of %v", c.ID, got, res.Expected)
				}
			} else if got != want.client || !c.Ours && res.Expected[0] != want.client {
				t.Errorf("%s: %v, want %v, and %v", c.ID, got, want.client, res.Expected)
			}
			if res.Server != want.server || res.First != want.first {
				t.Errorf("%s: the server has %v, closed first by %s; want %v by %s", c.ID, res.Server, res.First, want.server, want.first)
			}
			if res.Rule != "RFC 6455 "+want.rule || res.Quote == "" || !strings.HasSuffix(res.Href, "#section-"+want.rule[len("§"):]) {
				t.Errorf("%s: %s %q %s, want %s", c.ID, res.Rule, res.Quote, res.Href, want.rule)
			}
			if res.Why != why(catalog.In(tag), c.ID) {
				t.Errorf("%s: %q", c.ID, res.Why)
			}
			if res.ToBrowser.Lang != tag || res.ToServer.Lang != tag {
				t.Errorf("%s: the frames are explained in %s and %s", c.ID, res.ToBrowser.Lang, res.ToServer.Lang)
			}
			checkMoments(t, c.ID, res)
		}
	}
}

// checkMoments checks the first and the last moment of a run, and that the
// bytes of its moments are those of the frames.
func checkMoments(t *testing.T, id string, res result) {
	t.Helper()
	m := res.Moments
	if len(m) < 2 || m[0].What != "opened" || m[len(m)-1].What != "closed" && m[len(m)-1].What != "reset" {
		t.Errorf("%s: the moments are %+v", id, m)
	}
	bytesOf := func(what string) (b string) {
		last := 0.0
		for _, m := range m {
			if m.What == what {
				b += m.Hex
			}
			if m.MS < last {
				t.Errorf("%s: time goes backward: %+v", id, res.Moments)
			}
			last = m.MS
		}
		return b
	}
	for what, r := range map[string]dissect.Report{"sent": res.ToBrowser, "received": res.ToServer} {
		size := 0
		for _, f := range r.Frames {
			size += f.Size
		}
		if b := bytesOf(what); len(b) != 2*size {
			t.Errorf("%s: %s %s, but the frames have %d bytes", id, what, b, size)
		}
	}
}

// TestOtherArguments verifies codes and reasons that change the expected
// outcome of a case.
func TestOtherArguments(t *testing.T) {
	tests := []struct {
		id, code, reason string
		why              string // the case with the expected explanation
		rule             string
	}{
		{"server", "1000", "", "server", "§7.1.5"},
		{"server", "1005", "", "code-on-wire", "§7.4.1"},
		{"server", "0", "", "code-on-wire", "§7.4.2"},
		{"server", "65535", "", "code-on-wire", "§11.7"},
		{"server", "1000", strings.Repeat("x", 123), "server", "§7.1.5"},
		{"server", "1000", strings.Repeat("x", 124), "too-long", "§5.5"},
		{"server", "1000", strings.Repeat("x", maxReason), "too-long", "§5.5"},
		{"server", "1000", "\xff", "bad-utf8", "§8.1"},
		{"server", "", "", "server", "§7.1.5"},
		{"byte-by-byte", "999", "", "code-on-wire", "§7.4.2"},
		{"code-on-wire", "4999", "fine", "server", "§7.1.5"},
		{"close-and-fin", "2000", "", "code-on-wire", "§7.4.2"},
		{"never-ended", "1015", "", "code-on-wire", "§7.4.1"},
		{"one-byte", "1001", "ignored", "one-byte", "§5.5.1"},
	}
	l := newClient(t)
	for _, tt := range tests {
		_, res := l.play(url.Values{"case": {tt.id}, "code": {tt.code}, "reason": {tt.reason}})
		if res.Why != why(catalog.In("en"), tt.why) || res.Rule != "RFC 6455 "+tt.rule {
			t.Errorf("%s %s %.20q: %q, %s", tt.id, tt.code, tt.reason, res.Why, res.Rule)
		}
	}
}

// No browser answers with a message or too early.
func TestStrangeClients(t *testing.T) {
	l := newClient(t)
	for name, in := range map[string]string{"text": "\x81\x81\x00\x00\x00\x00a", "unmasked": "\x88\x00", "cut": "\x88"} {
		id := l.id()
		conn := l.dial(url.Values{"case": {"client"}, "run": {id}}, "")
		io.WriteString(conn, in)
		conn.CloseWrite()
		io.Copy(io.Discard, conn)
		conn.Close()
		if res := l.result("/result?run=" + id); res.Server != (closeevent.Event{Code: 1006}) {
			t.Errorf("%s: %v", name, res.Server)
		}
	}

	id := l.id()
	conn := l.dial(url.Values{"case": {"client"}, "run": {id}}, "\x88\x82\x00\x00\x00\x00\x0b\xb8")
	conn.CloseWrite()
	if b, err := io.ReadAll(conn); err != nil || string(b) != "\x88\x02\x0b\xb8" {
		t.Errorf("early: %q, %v", b, err)
	}
	if res := l.result("/result?run=" + id); res.Server != (closeevent.Event{Code: 3000, WasClean: true}) {
		t.Errorf("early: %v", res.Server)
	}
}

func TestGuard(t *testing.T) {
	h := Handler(t.Context(), Config{})
	const here = "127.0.0.1:6455"
	tests := []struct {
		path, host, origin, site string
		status                   int
	}{
		{"/", here, "", "", 200},
		{"/", "localhost:6455", "", "none", 200},
		{"/", "LOCALHOST", "", "", 200},
		{"/", "[::1]:6455", "", "", 200},
		{"/", "[::1]", "", "", 200},
		{"/", "127.8.9.10:1", "", "", 200},
		{"/", here, "", "cross-site", 200}, // a link
		{"/lab.js", here, "", "same-origin", 200},
		{"/lab.js", here, "http://" + here, "same-origin", 200},
		{"/words.json", here, "", "", 200},
		{"/icon.svg", here, "", "", 200},

		{"/", "example.com", "", "", 403}, // a name that resolves to this machine
		{"/", "example.com:6455", "", "", 403},
		{"/", "127.0.0.1.example.com", "", "", 403},
		{"/", "localhost.example.com:6455", "", "", 403},
		{"/", "192.0.2.1:6455", "", "", 403},
		{"/", "127.0.0.1:6455;script-src", "", "", 403},
		{"/", "[::1%25lo]:6455", "", "", 403},
		{"/", "0.0.0.0:6455", "", "", 403},
		{"/", "", "", "", 403},
		{"/", here, "http://example.com", "", 403},
		{"/", here, "null", "", 403},
		{"/", here, "http://127.0.0.1:80", "", 403}, // another port
		{"/", here, "https://" + here, "", 403},
		{"/lab.js", here, "", "cross-site", 403},
		{"/words.json", here, "", "same-site", 403},
		{"/play?case=unmasked&run=0123456789abcdef", here, "", "cross-site", 403},
		{"/ws?case=server&run=0123456789abcdef", here, "http://example.com", "", 403},
		{"/ws?case=server&run=0123456789abcdef", here, "", "", 403}, // no browser
		{"/ws?case=server&run=0123456789abcdef", here, "http://" + here, "same-origin", 426},

		{"/nothing", here, "", "", 404},
		{"/page/index.html", here, "", "", 404},
		{"/result?run=0123456789abcdee", here, "", "", 404},
		{"/play?case=server&run=0123456789abcdef", here, "", "", 400},
		{"/code.json?code=x", here, "", "", 400},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("GET", tt.path, nil)
		r.Host = tt.host
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		if tt.site != "" {
			r.Header.Set("Sec-Fetch-Site", tt.site)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%+v: %d %s", tt, w.Code, w.Body)
		}
		if p := w.Header().Get("Content-Security-Policy"); w.Code == 200 && !strings.Contains(p, "default-src 'none'; script-src 'self'; ") {
			t.Errorf("%+v: the policy is %q", tt, p)
		}
	}
	r := httptest.NewRequest("POST", "http://"+here+"/", nil)
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestLanguage(t *testing.T) {
	h := Handler(t.Context(), Config{})
	tests := []struct{ query, accept, want string }{
		{"", "", "en"},
		{"", "de", "en"},
		{"", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"},
		{"", "zh-TW", "zh-Hans"},
		{"", "zh-TW,en-US;q=0.7,en;q=0.3", "zh-Hans"}, // Firefox in Traditional Chinese
		{"", "en-US,en;q=0.9,zh;q=0.8", "en"},
		{"", "fr, zh;q=0.5", "zh-Hans"},
		{"", "!!", "en"},
		{"?lang=zh", "en", "zh-Hans"},
		{"?lang=zh-TW", "en", "zh-Hans"},
		{"?lang=en", "zh", "en"},
		{"?lang=%22%3E%3Cscript%3E", "zh", "zh-Hans"},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("GET", "http://localhost/"+tt.query, nil)
		r.Header.Set("Accept-Language", tt.accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if b := w.Body.String(); !strings.Contains(b, `<html lang="`+tt.want+`">`) || strings.Contains(b, "<script>") {
			t.Errorf("%+v: %.100s", tt, b)
		}
	}
}

// The page inserts texts from requests as text, not as HTML.
func TestQueryIsNotHTML(t *testing.T) {
	l := newClient(t)
	evil := `"'><img src=x onerror=alert(1)>`
	_, page := l.get("/?" + url.Values{"case": {evil}, "code": {evil}, "reason": {evil}, evil: {evil}}.Encode())
	if strings.Contains(string(page), "<img") || strings.Contains(string(page), "'>") {
		t.Errorf("%s", page)
	}
	_, res := l.play(url.Values{"case": {"server"}, "code": {"1000"}, "reason": {evil}})
	if got := res.ToBrowser.Frames[0].Close.Reason; got != evil {
		t.Errorf("the reason is %q", got)
	}
}

func TestLimits(t *testing.T) {
	l := &lab{ctx: t.Context(), runs: map[string]*run{}}
	ended := make(chan struct{})
	close(ended)
	for i := range 3 * most {
		id := fmt.Sprint(i)
		if !l.add(id, &run{done: ended}) {
			t.Fatalf("run %d is refused", i)
		}
		if l.add(id, &run{done: ended}) {
			t.Fatalf("run %d is taken twice", i)
		}
	}
	if len(l.runs) != most || len(l.order) != most || l.get("0") != nil || l.get(fmt.Sprint(3*most-1)) == nil {
		t.Errorf("%d runs are kept", len(l.runs))
	}
	going := make(chan struct{})
	for i := range atOnce {
		if !l.add(fmt.Sprint("going", i), &run{done: going}) {
			t.Fatalf("run %d at once is refused", i)
		}
	}
	if l.add("another", &run{done: going}) {
		t.Error("too many go on")
	}
	close(going)
	for i := range most {
		l.add(fmt.Sprint("more", i), &run{done: ended})
	}
	if len(l.runs) != most || l.get("going0") != nil {
		t.Error("what has ended is not forgotten")
	}
}

// The recorded bytes of a connection are bounded, whatever the peer sends.
func TestRecorderIsBounded(t *testing.T) {
	r := &recorder{begin: time.Now()}
	for range 3 * keptMoments {
		r.note("received", make([]byte, 1000)...)
		r.note("sent", make([]byte, 1000)...)
	}
	if len(r.moments) != keptMoments || len(r.sent) != keptBytes || len(r.received) != keptBytes {
		t.Errorf("%d moments, %d bytes sent, %d received", len(r.moments), len(r.sent), len(r.received))
	}
	if want := strings.Repeat("00", keptHex) + "…"; r.moments[0].Hex != want {
		t.Errorf("%s", r.moments[0].Hex)
	}
	r.note("closed")
	r.note("end")
	if r.over() != true || r.moments[len(r.moments)-1].What == "end" {
		t.Error("what comes after the end is noted")
	}
}

func TestListen(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "localhost:0", "127.3.2.1:0"} {
		ln, err := Listen(addr)
		if err != nil {
			t.Errorf("%s: %v", addr, err)
			continue
		}
		ln.Close()
	}
	for _, addr := range []string{"", ":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:http%"} {
		if ln, err := Listen(addr); err == nil {
			ln.Close()
			t.Errorf("%q: listens at %v", addr, ln.Addr())
		}
	}
}

// Serve returns soon and ends a run that waits for a browser and a request that
// waits for the run.
func TestServeEnds(t *testing.T) {
	ln, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, ln, Config{}) }()

	l := &client{TB: t, url: "http://" + ln.Addr().String()}
	id := l.id()
	conn := l.dial(url.Values{"case": {"client"}, "run": {id}}, "")
	waiting := make(chan int, 1)
	go func() {
		r, err := http.Get(l.url + "/result?run=" + id)
		if err != nil {
			waiting <- 0
			return
		}
		r.Body.Close()
		waiting <- r.StatusCode
	}()
	begin := time.Now()
	cancel()
	if _, err := io.Copy(io.Discard, conn); err != nil {
		t.Error(err)
	}
	<-waiting
	if err := <-served; err != nil {
		t.Error(err)
	}
	if d := time.Since(begin); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
	if _, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		t.Error("it listens still")
	}

	if err := Serve(t.Context(), ln, Config{}); err == nil {
		t.Error("a closed listener is served")
	}
}

// FuzzQuery verifies that no query causes a panic, and that a refused query
// starts no run.
func FuzzQuery(f *testing.F) {
	for _, c := range cases {
		f.Add("case=" + c.ID + "&code=" + c.Code + "&run=0123456789abcdef&reason=" + url.QueryEscape(c.Reason))
	}
	f.Add("case=server&run=0123456789abcdef&code=65536")
	f.Add("case=server&run=0123456789abcdef&code=-1&reason=%ff%00")
	f.Add("case=server&run=x&lang=%ff;;;&lang=zh")
	f.Add("%")
	f.Fuzz(func(t *testing.T, query string) {
		l := &lab{ctx: context.Background(), runs: map[string]*run{}}
		r := httptest.NewRequest("GET", "http://localhost/ws", nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		p, ok := l.start(w, r)
		if !ok {
			if len(l.runs) != 0 || w.Code < 400 || p != nil {
				t.Errorf("%d, and %d runs", w.Code, len(l.runs))
			}
			return
		}
		if len(l.runs) != 1 || len(p.reason) > maxReason {
			t.Errorf("%+v", p)
		}
		// The frame has the requested code and reason, and the parser agrees.
		b := p.bytes()
		d := dissect.Bytes(b, dissect.Options{From: dissect.Server})
		if len(d.Frames) != 1 || d.Frames[0].Size != len(b) || d.Frames[0].Close.Code != p.code {
			t.Errorf("% x: %+v", b, d)
		}
		if _, err := json.Marshal(p.result()); err != nil {
			t.Error(err)
		}
	})
}
