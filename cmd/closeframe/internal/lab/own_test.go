package lab

import (
	"context"
	"errors"
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
	"github.com/closeframe/closeframe/examples/stack"
)

// newOwnServer starts a user's server. It closes with 1001 after the first
// message, or answers a Close frame.
func newOwnServer(t *testing.T, requests chan<- *http.Request) (address string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- r
		c, err := stack.Upgrade(w, r, stack.Config{})
		if err != nil {
			return
		}
		for {
			if _, _, err := c.Read(nil); err != nil {
				return
			}
			go c.Close(closecode.GoingAway, "deploy")
		}
	}))
	t.Cleanup(server.Close)
	return "ws" + strings.TrimPrefix(server.URL, "http")
}

// relayOwn connects through the lab to the server at address.
func (c *client) relayOwn(id, address, lang string) *stack.Conn {
	c.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	q := url.Values{"run": {id}, "url": {address}, "lang": {lang}}
	ws, err := stack.NewClient(context.Background(), conn, "ws"+strings.TrimPrefix(c.url, "http")+"/own?"+q.Encode(),
		stack.Config{Header: http.Header{"Origin": {c.url}, "Cookie": {"secret=1"}}})
	if err != nil {
		c.Fatal(err)
	}
	return ws
}

// TestOwnServerCloses verifies that the lab relays a connection unchanged and
// reports its end on both sides.
func TestOwnServerCloses(t *testing.T) {
	requests := make(chan *http.Request, 1)
	address := newOwnServer(t, requests)
	l := newClient(t)
	id := l.id()
	ws := l.relayOwn(id, address+"/chat?room=1", "en")
	r := <-requests
	if r.URL.RequestURI() != "/chat?room=1" || r.Header.Get("Cookie") != "" || r.Header.Get("Origin") != "http"+strings.TrimPrefix(address, "ws") {
		t.Errorf("the server was asked for %s with %v", r.URL, r.Header)
	}
	if err := ws.Write(stack.Text, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	_, _, err := ws.Read(nil)
	if got, _ := errors.AsType[closeevent.Event](err); got != (closeevent.Event{Code: 1001, Reason: "deploy", WasClean: true}) {
		t.Errorf("the client is told %v", err)
	}
	res := l.result("/result?run=" + id)
	if res.First != "server" || res.Server != (closeevent.Event{Code: 1001, WasClean: true}) || !strings.Contains(res.Why, "1001") {
		t.Errorf("%+v", res)
	}
	if len(res.ToBrowser.Frames) != 1 || len(res.ToServer.Frames) != 1 || res.ToBrowser.Frames[0].Close.Code != 1001 {
		t.Errorf("the frames are %+v and %+v", res.ToBrowser.Frames, res.ToServer.Frames)
	}
	var whats []string
	for _, m := range res.Steps {
		whats = append(whats, m.What)
	}
	if want := []string{"opened", "received-frame", "sent", "received"}; len(whats) < 4 || !slices.Equal(whats[:4], want) {
		t.Errorf("the steps are %q, want %q first", whats, want)
	}
}

// TestOwnClientCloses verifies that the lab reports which side closed first, in the
// language of the page.
func TestOwnClientCloses(t *testing.T) {
	l := newClient(t)
	id := l.id()
	ws := l.relayOwn(id, newOwnServer(t, make(chan *http.Request, 1)), "zh-Hans")
	if _, err := ws.Close(3000, bye); err != nil {
		t.Fatal(err)
	}
	res := l.result("/result?run=" + id)
	if res.First != "browser" || res.Server != (closeevent.Event{Code: 3000, Reason: bye, WasClean: true}) || !strings.HasSuffix(res.Why, "双方均正常关闭") {
		t.Errorf("%+v", res)
	}
}

// TestOwnRefused verifies that the lab reports why it cannot connect, and that
// it refuses some addresses.
func TestOwnRefused(t *testing.T) {
	l := newClient(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close() // no listener
	for _, tt := range []struct {
		url, origin string
		status      int
	}{
		{"ws://" + ln.Addr().String(), l.url, http.StatusBadGateway},
		{"ws://" + ln.Addr().String(), "", http.StatusForbidden},
		{"ws://" + ln.Addr().String(), "http://example.com", http.StatusForbidden},
		{"http://127.0.0.1/", l.url, http.StatusBadRequest},
		{"ws://", l.url, http.StatusBadRequest},
		{"ws://user:password@127.0.0.1/", l.url, http.StatusBadRequest},
		{"", l.url, http.StatusBadRequest},
		{"%", l.url, http.StatusBadRequest},
	} {
		id := l.id()
		r, err := http.NewRequest("GET", l.url+"/own?"+url.Values{"run": {id}, "url": {tt.url}}.Encode(), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Upgrade": {"websocket"}, "Connection": {"Upgrade"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}}
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != tt.status {
			t.Errorf("%q from %q: %s, want %d", tt.url, tt.origin, answer.Status, tt.status)
		}
		if tt.status != http.StatusBadGateway {
			continue
		}
		if res := l.result("/result?run=" + id); res.Refused == "" {
			t.Errorf("%q: the reason is missing: %+v", tt.url, res)
		}
	}
}
