package probe

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestUnasked verifies that a server that closes by itself is reported once,
// without a verdict.
func TestUnasked(t *testing.T) {
	ln := serverOf(t, "tcp", "127.0.0.1:0", nil, answer{0, "8806 1136 61757468", "fin"})
	rep, err := load(t).Dial(t.Context(), "ws://"+ln.Addr().String(), Options{})
	var unasked *UnaskedError
	if !errors.As(err, &unasked) || unasked.Role != Server || !strings.Contains(unasked.What, `Close 4406 "auth"`) || len(rep.Results) > 0 {
		t.Errorf("%v, %d results", err, len(rep.Results))
	}
}

// TestCount verifies that the worst of several verdicts counts.
func TestCount(t *testing.T) {
	ln := serverOf(t, "tcp", "127.0.0.1:0", nil,
		answer{masked1000, "8802 03e8", "fin"}, answer{masked1000, "", "fin"}, answer{masked1000, "8802 0fa0", "fin"})
	rep, err := load(t).Dial(t.Context(), "ws://"+ln.Addr().String(), Options{Run: only("code-1000"), Count: 3})
	if err != nil {
		t.Fatal(err)
	}
	if r := rep.Results[0]; len(rep.Results) != 1 || r.Verdict != Fail || r.Verdicts[Pass] != 1 || r.Verdicts[Warn] != 1 || r.Verdicts[Fail] != 1 || rep.Counts[Fail] != 1 || rep.Counts[Pass] != 0 {
		t.Errorf("%+v, counts %v", rep.Results, rep.Counts)
	}
}

// TestFailFast verifies that a run stops after the first FAIL.
func TestFailFast(t *testing.T) {
	ln := serverOf(t, "tcp", "127.0.0.1:0", nil, answer{masked1000, "8802 03e8", "fin"}, answer{masked1000, "", "fin"})
	rep, err := load(t).Dial(t.Context(), "ws://"+ln.Addr().String(), Options{Run: only("code-100[0-3]"), Skip: only("code-1001"), FailFast: true})
	if err != nil || len(rep.Results) != 2 || rep.Results[1].ID != "code-1002" || rep.Stopped == "" {
		t.Errorf("%+v, %v", rep.Results, err)
	}
}

// TestDead verifies the report for a server that a scenario crashes.
func TestDead(t *testing.T) {
	ln := serverOf(t, "tcp", "127.0.0.1:0", nil, answer{masked1000, "8802 03e8", "fin"}, answer{masked1000, "8802 03e9", "fin"})
	o := Options{Run: only("code-100[0-3]"), Timeout: 50 * time.Millisecond, openingLimit: 100 * time.Millisecond}
	o.Progress = func(done, _ int, _ *Scenario) {
		if done == 2 {
			ln.Close()
		}
	}
	rep, err := load(t).Dial(t.Context(), "ws://"+ln.Addr().String(), o)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Stopped == "" || rep.Counts[Pass] != 1 || rep.Counts[Fail] != 1 || rep.Results[1].Verdict != Fail {
		t.Errorf("%+v", rep)
	}
}

// TestNoPeer verifies the error for a server that is unreachable or does not
// speak WebSocket.
func TestNoPeer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if _, err := load(t).Dial(t.Context(), "ws://"+ln.Addr().String(), Options{Timeout: time.Second}); !errors.Is(err, ErrNoPeer) {
		t.Error(err)
	}
	ts := httptest.NewServer(http.NotFoundHandler())
	defer ts.Close()
	if _, err := load(t).Dial(t.Context(), "ws"+strings.TrimPrefix(ts.URL, "http"), Options{}); !errors.Is(err, ErrNoPeer) || !strings.Contains(err.Error(), "404") {
		t.Error(err)
	}
}

// TestNotWebSocket verifies that a listener answers other requests and
// continues.
func TestNotWebSocket(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		resp, err := http.Get("http://" + ln.Addr().String())
		if err != nil || resp.StatusCode != http.StatusUpgradeRequired {
			t.Errorf("%v, %v", resp, err)
		} else {
			resp.Body.Close()
		}
		o := Options{}
		o.defaults()
		target, _ := ParseTarget("ws://" + ln.Addr().String())
		l, err := dial(context.Background(), target, &o, false)
		if err != nil {
			t.Error(err)
			return
		}
		answer{plain1000, "8882 00000000 03e8", "wait"}.play(t, l)
	}()
	rep, err := load(t).Listen(t.Context(), ln, Options{Run: only("code-1000")})
	if err != nil || rep.Counts[Pass] != 1 {
		t.Errorf("%+v, %v", rep, err)
	}
}
