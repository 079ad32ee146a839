package names

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
)

// source checks that an entry has the URL of its source and the date on which
// it was read.
func source(t *testing.T, what, link, read string) {
	t.Helper()
	if u, err := url.Parse(link); err != nil || u.Scheme != "https" || u.Host == "" {
		t.Errorf("%s: the source is no https URL: %q", what, link)
	}
	if d, err := time.Parse(time.DateOnly, read); err != nil || d.Year() < 2025 {
		t.Errorf("%s: the date read is %q", what, read)
	}
}

// TestTables verifies the form of the tables.
func TestTables(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range Libraries() {
		source(t, l.Library, l.Source, l.Read)
		if seen[l.Library] || l.Library == "" {
			t.Errorf("%q occurs twice", l.Library)
		}
		seen[l.Library] = true
		if len(l.Names) == 0 {
			t.Errorf("%s has no names", l.Library)
		}
		for name, c := range l.Names {
			if c < 1000 || c > 4999 {
				t.Errorf("%s: %s is %d", l.Library, name, c)
			}
		}
	}
	for _, p := range phrases() {
		source(t, p.Text, p.Source, p.Read)
		if p.Library == "" || p.Code < 1000 {
			t.Errorf("%+v", p)
		}
	}
}

// TestEveryName verifies that each name of each library is found, qualified as
// in source code, with the library's code unless the registry or other
// libraries decide otherwise.
func TestEveryName(t *testing.T) {
	numeric := regexp.MustCompile(`^[A-Za-z]*\(`)
	for _, l := range Libraries() {
		for name, c := range l.Names {
			if numeric.MatchString(name) {
				continue
			}
			text := name
			if l.Qualifier != "" {
				text = l.Qualifier + "::" + name
			}
			n, ok := lookup(text, true)
			if !ok {
				t.Errorf("%s: %s is not found", l.Library, text)
				continue
			}
			if n.Code != c && !slices.ContainsFunc(n.Other, func(u Use) bool { return u.Library == l.Library && u.Code == c }) {
				t.Errorf("%s: %s is %d, want %d or a note of the conflict: %+v", l.Library, text, n.Code, c, n)
			}
		}
	}
}

// TestConflicts verifies that the registered name decides where libraries
// disagree, and that the others are reported.
func TestConflicts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		code  closecode.Code
		other string // a library that uses it for another code
	}{
		{"CloseUnsupportedData", 1003, "lxzan/gws"},
		{"INVALID_DATA", 1007, "protocol-websocket"},
		{"BAD_DATA", 1007, "Jetty"},
		{"CLOSE_TOO_LARGE", 1009, "webplatform.org"},
		{"PROTOCOL_ERROR", 1002, "Undertow"},
	} {
		n, ok := Lookup(tt.name)
		if !ok || n.Code != tt.code || !slices.ContainsFunc(n.Other, func(u Use) bool { return u.Library == tt.other }) {
			t.Errorf("%s: %+v, %v, want %d and a note of %s", tt.name, n, ok, tt.code, tt.other)
		}
	}
}

// TestCases verifies the results for the collected texts.
func TestCases(t *testing.T) {
	b, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Source string
		Cases  []struct {
			Text string
			Code closecode.Code
		}
	}
	if err := json.Unmarshal(b, &f); err != nil || len(f.Cases) < 60 || f.Source == "" {
		t.Fatalf("%v, %d cases", err, len(f.Cases))
	}
	for _, c := range f.Cases {
		check(t, c.Text, c.Code)
	}
}

func check(t *testing.T, text string, want closecode.Code) Result {
	t.Helper()
	r, err := Find(text)
	switch {
	case want == 0 && err == nil:
		t.Errorf("%s: %d (%q), want an error", text, r.Code, r.Quote)
	case want == 0:
		if e := new(Error); !errors.As(err, &e) {
			t.Errorf("%s: %T, want *Error", text, err)
		}
	case err != nil:
		t.Errorf("%s: %v, want %d", text, err, want)
	case r.Code != want:
		t.Errorf("%s: %d (%q), want %d", text, r.Code, r.Quote, want)
	}
	return r
}

// TestMessages verifies the results for messages and dumps of many libraries.
func TestMessages(t *testing.T) {
	for _, tt := range []struct {
		text   string
		code   closecode.Code
		reason string
	}{
		// Go
		{`websocket: close 1001 (going away)`, 1001, ""},
		{`websocket: close 4001: session expired`, 4001, ""},
		{`2026/11/29 10:06:01 read: websocket: close 1006 (abnormal closure): unexpected EOF`, 1006, "unexpected EOF"},
		{`failed to get reader: received close frame: status = StatusNormalClosure and reason = "bye"`, 1000, "bye"},
		{`failed to get reader: received close frame: status = StatusCode(4001) and reason = "no"`, 4001, "no"},
		{`failed to read: WebSocket closed: status = StatusMessageTooBig and reason = "read limited at 32769 bytes"`, 1009, "read limited at 32769 bytes"},
		{`gws: connection closed, code=1001, reason=going away`, 1001, "going away"},
		{`ws closed: 1001 going away`, 1001, ""},
		{`&websocket.CloseError{Code:1006, Text:"unexpected EOF"}`, 1006, "unexpected EOF"},
		{`websocket: read limit exceeded`, 1009, ""},
		// JavaScript
		{`CloseEvent {isTrusted: true, wasClean: false, code: 1006, reason: '', type: 'close'}`, 1006, ""},
		{`close { target: WebSocket, isTrusted: true, wasClean: true, code: 1000, reason: "", srcElement: WebSocket }`, 1000, ""},
		{`{"code":4404,"reason":"room 1006 not found","wasClean":true}`, 4404, "room 1006 not found"},
		{`Error: Connection disconnected with error 'Error: WebSocket closed with status code: 1006 (no reason given).'`, 1006, ""},
		{`RangeError: Invalid WebSocket frame: invalid UTF-8 sequence`, 1007, ""},
		{`RangeError: Max payload size exceeded`, 1009, ""},
		{`RangeError: Invalid WebSocket frame: RSV1 must be clear`, 1002, ""},
		{`onclose event.code: 1011`, 1011, ""},
		{`Disconnected (1012)`, 1012, ""},
		// Python
		{`received 1011 (internal error) keepalive ping timeout; then sent 1011 (internal error) keepalive ping timeout`, 1011, "keepalive ping timeout"},
		{`sent 1011 (internal error) keepalive ping timeout; no close frame received`, 1011, "keepalive ping timeout"},
		{`websockets.exceptions.ConnectionClosedError: no close frame received or sent`, 1006, ""},
		{`ConnectionClosedOK: sent 1000 (OK); then received 1000 (OK)`, 1000, ""},
		{`received 1001 (going away); then sent 1000 (OK)`, 1001, ""},
		{`received 4001 (private use) bad token; then sent 4001 (private use) bad token`, 4001, "bad token"},
		{`WSMessage(type=<WSMsgType.CLOSE: 8>, data=1000, extra='bye')`, 1000, ""},
		{`starlette.websockets.WebSocketDisconnect: (1001, 'going away')`, 1001, ""},
		{`WebSocketDisconnect(code=1005, reason=None)`, 1005, ""},
		// Java, Kotlin
		{`CloseReason: code [1001], reason [The web application is stopping]`, 1001, "The web application is stopping"},
		{`CloseStatus[code=1009, reason=No async message support and buffer too small. Buffer size: [8,192]]`, 1009, ""},
		{`CloseReason(reason=GOING_AWAY, message=bye)`, 1001, ""},
		{`onClosing: 1001 / bye, code=1001`, 1001, ""},
		{`WebSocket closed: statusCode=1001, reason=Idle Timeout`, 1001, "Idle Timeout"},
		{`Connection closed by remote host, code: 1002`, 1002, ""},
		// .NET
		{`The remote party closed the WebSocket connection without completing the close handshake.`, 1006, ""},
		{`CloseStatus: EndpointUnavailable, Description: "restart"`, 1001, "restart"},
		{`WebSocketCloseStatus.InvalidPayloadData`, 1007, ""},
		{`WEB_SOCKET_ENDPOINT_UNAVAILABLE_CLOSE_STATUS`, 1001, ""},
		{`WEB_SOCKET_SUCCESS_CLOSE_STATUS`, 1000, ""},
		// Rust
		{`WebSocket protocol error: Connection reset without closing handshake`, 1006, ""},
		{`Protocol(ResetWithoutClosingHandshake)`, 1006, ""},
		{`Close(Some(CloseFrame { code: Normal, reason: "" }))`, 1000, ""},
		{`CloseFrame { code: Library(4001), reason: "no" }`, 4001, "no"},
		{`CloseFrame { code: Status, reason: "" }`, 1005, ""},
		// Swift, Dart, Erlang, Elixir, Ruby, PHP, C++
		{`URLSessionWebSocketTask.CloseCode(rawValue: 1001)`, 1001, ""},
		{`didCloseWith closeCode: goingAway`, 1001, ""},
		{`.policyViolation`, 1008, ""},
		{`WebSocketStatus.missingMandatoryExtension`, 1010, ""},
		{`{close,1001,<<"bye">>}`, 1001, ""},
		{`{:remote, 1001, "bye"}`, 1001, ""},
		{`[:close, 1006, ""]`, 1006, ""},
		{`websocketpp::close::status::going_away`, 1001, ""},
		{`boost::beast::websocket::close_code::policy_error`, 1008, ""},
		{`QWebSocketProtocol::CloseCodeTooMuchData`, 1009, ""},
		{`NSURLSessionWebSocketCloseCodeGoingAway`, 1001, ""},
		{`SRStatusCodeInvalidUTF8`, 1007, ""},
		{`Frame::CLOSE_BAD_PAYLOAD`, 1007, ""},
		{`kNormalClosureCode`, 1000, ""},
		// in any spelling
		{`GOING-AWAY`, 1001, ""},
		{`goingaway`, 1001, ""},
		{`WS_CLOSE_STATUS_GOING_AWAY`, 1001, ""},
		{`1001 Going Away`, 1001, ""},
		{`"going away"`, 1001, ""},
		{`code 1006.`, 1006, ""},
		{`1011 keepalive ping timeout`, 1011, "keepalive ping timeout"},
		{`4001: session expired`, 4001, "session expired"},
		{`WebSocket connection to 'wss://example.com/' failed: Error during WebSocket handshake: Unexpected response code: 404`, 1006, ""},
		{`WebSocket is closed before the connection is established.`, 1006, ""},
		{`Error: WebSocket was closed before the connection was established`, 1006, ""},
		{`Going Away (1001)`, 1001, ""},
		{`connection closed: policy violation`, 1008, ""},
		{`invalid close code 999`, 999, ""},
		{`0`, 0, ""},
	} {
		if tt.text == "0" {
			if r, err := Find("0"); err != nil || r.Code != 0 {
				t.Errorf("0: %+v, %v", r, err)
			}
			continue
		}
		r := check(t, tt.text, tt.code)
		if r.Reason != tt.reason && tt.reason != "" {
			t.Errorf("%s: reason %q, want %q", tt.text, r.Reason, tt.reason)
		}
	}
}

// TestRefused verifies the error for texts without a code or with several
// codes.
func TestRefused(t *testing.T) {
	for _, text := range []string{
		"", " ", "bananas", "70000", "99999999999999999999", "-1", "1e3", "close", "closed", "code", "status", "error", "CloseCode", "hello world",
		"2024-11-29", "29.11.2024", "2024-11-29T10:06:00Z", "10:06", "1006.5", "v1.0.0", "127.0.0.1:1006", "ws://localhost:1006/", "port 1006", "readyState 3",
		"wss://host:4001/path", "4000 bananas for sale", "the connection", "the socket is open", "WebSocket", "closing", "EOF", "unexpected EOF",
		"it costs 4000 euro", "CloseEvent", "close the door", "CloseCode::", "WS_1001_NORMAL_CLOSURE",
		"closed with 1000, then with 1006", "code 1001 or code 1011", "websocket closed: 1000 1006", "1000, 1001", "1000 or 1001",
	} {
		check(t, text, 0)
	}
}

// TestNear verifies the suggestions for misspelled names and numbers.
func TestNear(t *testing.T) {
	for _, tt := range []struct{ text, near string }{
		{"goign away", "Going Away"},
		{"NORMAL_CLOSUER", "Normal Closure"},
		{"100006", "1000"},
		{"StatusGoingAwya", "STATUS_GOING_AWAY"},
		{"bananas", ""},
		{"2024-11-29", ""},
	} {
		_, err := Find(tt.text)
		e := new(Error)
		if !errors.As(err, &e) || e.Near != tt.near {
			t.Errorf("%s: %v, want a suggestion of %q", tt.text, err, tt.near)
		}
	}
}

// TestSides verifies the codes of both sides in a text.
func TestSides(t *testing.T) {
	for _, tt := range []struct {
		text           string
		received, sent closecode.Code
		sentFirst      bool
		noneReceived   bool
		noneSent       bool
	}{
		{"received 1001 (going away); then sent 1001 (going away)", 1001, 1001, false, false, false},
		{"sent 1000 (OK); then received 1001 (going away)", 1001, 1000, true, false, false},
		{"sent 1011 (internal error) keepalive ping timeout; no close frame received", 0, 1011, false, true, false},
		{"received 1001 (going away); no close frame sent", 1001, 0, false, false, true},
	} {
		r, err := Find(tt.text)
		if err != nil || r.Received != tt.received || r.Sent != tt.sent || r.SentFirst != tt.sentFirst || r.NoneReceived != tt.noneReceived || r.NoneSent != tt.noneSent {
			t.Errorf("%s: %+v, %v", tt.text, r, err)
		}
	}
}

// FuzzFind verifies that no text causes a panic, and that a code is found only
// where the text has its number, its name or a known message.
func FuzzFind(f *testing.F) {
	for _, s := range []string{"close 1006", "CloseGoingAway", "received 1001 (going away); then sent 1001", "reason: \"x", "CloseReason[1011,", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Find(text)
		if (err != nil) != (r == Result{}) && text != "0" && r.Code != 0 {
			t.Errorf("%q: %+v, %v", text, r, err)
		}
		if len(r.Reason) > len(text)*3 {
			t.Errorf("%q: reason %q", text, r.Reason)
		}
	})
}
