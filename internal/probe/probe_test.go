package probe

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// An answer is the script of a peer on one connection: it reads after bytes,
// sends send, and ends the connection as end says.
type answer struct {
	after int    // number of bytes of frames to read first
	send  string // hexadecimal
	end   string // "fin" (close), "slow", "wait" (close once the prober has closed), "pong", "reset", "never"
}

func (a answer) play(t *testing.T, l *link) {
	defer l.raw.Close()
	l.raw.SetDeadline(time.Now().Add(10 * time.Second))
	r := io.MultiReader(strings.NewReader(string(l.early)), l.Conn)
	if _, err := io.ReadFull(r, make([]byte, a.after)); err != nil {
		t.Errorf("the peer wanted %d bytes: %v", a.after, err)
		return
	}
	b, err := hex.DecodeString(strings.ReplaceAll(a.send, " ", ""))
	if err != nil {
		t.Error(err)
	}
	l.Write(b)
	switch a.end {
	case "fin": // drained first, so that closing does not cause a reset
		l.fin()
		io.Copy(io.Discard, r)
	case "slow": // later than the quiet time, before the limit
		l.raw.SetReadDeadline(time.Now().Add(150 * time.Millisecond))
		io.Copy(io.Discard, r)
	case "wait":
		io.Copy(io.Discard, r)
	case "answered": // the prober's answer is read first
		if _, err := io.ReadFull(r, make([]byte, masked1000)); err != nil {
			t.Error(err)
		}
		l.fin()
		io.Copy(io.Discard, r)
	case "pong": // answers the Ping that the prober sends to a silent peer
		ping := make([]byte, 6+len(pingPayload))
		if _, err := io.ReadFull(r, ping); err != nil {
			t.Error(err)
		}
		l.Write(append([]byte{0x8a, byte(len(pingPayload))}, pingPayload...))
		io.Copy(io.Discard, r)
	case "reset":
		l.reset()
	case "never":
		<-t.Context().Done()
	}
}

// serverOf starts a server that answers connection i with answers[i].
func serverOf(t *testing.T, network, addr string, conf *tls.Config, answers ...answer) net.Listener {
	t.Helper()
	ln, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	o := Options{TLS: conf}
	o.defaults()
	go func() {
		for _, a := range answers {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			l, err := serve(c, &o, false)
			if err != nil {
				t.Error(err)
				return
			}
			go a.play(t, l)
		}
	}()
	return ln
}

func only(ids ...string) *regexp.Regexp {
	return regexp.MustCompile("^(" + strings.Join(ids, "|") + ")$")
}

func load(t *testing.T) *Set {
	t.Helper()
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

const (
	masked1000 = 8 // bytes of a masked Close with a code
	plain1000  = 4
)

// TestServerVerdicts verifies the verdict and its rule for each answer of a
// server to a Close frame.
func TestServerVerdicts(t *testing.T) {
	tests := []struct {
		name, scenario string
		a              answer
		verdict        Verdict
		rule           string
	}{
		{"echo", "code-1000", answer{masked1000, "8802 03e8", "fin"}, Pass, "R18"},
		{"echo with a reason", "code-1000", answer{masked1000, "8805 03e8 627965", "fin"}, Pass, "R18"},
		{"another code", "code-1000", answer{masked1000, "8802 0fa0", "fin"}, Warn, "R59"},
		{"empty answer", "code-1000", answer{masked1000, "8800", "fin"}, Warn, "R59"},
		{"refused", "code-1000", answer{masked1000, "8802 03ea", "fin"}, Warn, "R59"},
		{"no answer", "code-1000", answer{masked1000, "", "fin"}, Fail, "R18"},
		{"no answer, reset", "code-1000", answer{masked1000, "", "reset"}, Warn, "R25"},
		{"no answer in time", "code-1000", answer{masked1000, "", "wait"}, Warn, "R60"},
		{"TCP not closed in time", "code-1000", answer{masked1000, "8802 03e8", "wait"}, Warn, "R20"},
		{"TCP never closed", "code-1000", answer{masked1000, "8802 03e8", "never"}, Warn, "R20"},
		{"reset", "code-1000", answer{masked1000, "8802 03e8", "reset"}, Warn, "R26"},
		{"slow", "who-ends", answer{masked1000, "8802 03e8", "slow"}, Warn, "R26"},
		{"at once", "who-ends", answer{masked1000, "8802 03e8", "fin"}, Pass, "R18"},
		{"masked", "code-1000", answer{masked1000, "8882 00000000 03e8", "fin"}, Fail, "R03"},
		{"RSV", "code-1000", answer{masked1000, "c802 03e8", "fin"}, Fail, "R06"},
		{"opcode", "code-1000", answer{masked1000, "8b00 8802 03e8", "fin"}, Fail, "R07"},
		{"length", "code-1000", answer{masked1000, "887e0002 03e8", "fin"}, Fail, "R08"},
		{"FIN", "code-1000", answer{masked1000, "0802 03e8", "fin"}, Fail, "R13"},
		{"long", "code-1000", answer{masked1000, "887e007e 03e8" + strings.Repeat("78", 124), "fin"}, Fail, "R13"},
		{"one byte", "code-1000", answer{masked1000, "8801 03", "fin"}, Fail, "R14"},
		{"1006", "code-1000", answer{masked1000, "8802 03ee", "fin"}, Fail, "R47"},
		{"code 0", "code-1000", answer{masked1000, "8802 0000", "fin"}, Warn, "R51"},
		{"invalid reason", "code-1000", answer{masked1000, "8803 03e8 ff", "fin"}, Warn, "R15"},
		{"text before", "code-1000", answer{masked1000, "8101 78 8802 03e8", "fin"}, Pass, "R18"},
		{"text after", "code-1000", answer{masked1000, "8802 03e8 8101 78", "fin"}, Fail, "R17"},
		{"pong after", "code-1000", answer{masked1000, "8802 03e8 8a00", "fin"}, Warn, "R55"},
		{"two", "code-1000", answer{masked1000, "8802 03e8 8802 03e8", "fin"}, Warn, "R55"},
		{"cut off", "code-1000", answer{masked1000, "8802 03", "fin"}, Fail, "R18"},
		{"cut off after", "code-1000", answer{masked1000, "8802 03e8 8a", "fin"}, Warn, "R25"},
		{"1012 refused", "code-1012", answer{masked1000, "8802 03ea", "fin"}, Warn, "I01"},
		{"1005 refused", "code-1005", answer{masked1000, "8802 03ea", "fin"}, Pass, "R47"},
		{"1005 echoed", "code-1005", answer{masked1000, "8802 03ed", "fin"}, Fail, "R47"},
		{"1005 as empty", "code-1005", answer{masked1000, "8800", "fin"}, Warn, "R38"},
		{"2000 refused", "code-2000", answer{masked1000, "8802 03ea", "fin"}, Pass, "R51"},
		{"2000 echoed", "code-2000", answer{masked1000, "8802 07d0", "fin"}, Warn, "R51"},
		{"5000 echoed", "code-5000", answer{masked1000, "8802 1388", "fin"}, Warn, "R51"},
		{"empty echoed", "empty", answer{6, "8800", "fin"}, Pass, "R18"},
		{"empty by 1000", "empty", answer{6, "8802 03e8", "fin"}, Warn, "R59"},
		{"amid a message, refused", "amid-text", answer{17, "8802 03ea", "fin"}, Fail, "R11"},
		{"one byte refused", "one-byte-03", answer{7, "8802 03ea", "fin"}, Pass, "R14"},
		{"one byte dropped", "one-byte-03", answer{7, "", "fin"}, Warn, "R38"},
		{"one byte accepted", "one-byte-03", answer{7, "8800", "fin"}, Fail, "R14"},
		{"one byte ignored", "one-byte-03", answer{7, "", "pong"}, Fail, "R14"},
		{"continuation ignored", "continuation", answer{8, "", "pong"}, Warn, "R63"},
		{"one byte, nothing", "one-byte-03", answer{7, "", "wait"}, Warn, "R38"},
		{"UTF-8 by 1002", "utf8-ff", answer{9, "8802 03ea", "fin"}, Warn, "R38"},
		{"UTF-8 by 1000", "utf8-ff", answer{9, "8802 03e8", "fin"}, Warn, "R38"},
		{"UTF-8 accepted", "utf8-ff", answer{9, "8802 0bb9", "fin"}, Fail, "R23"},
		{"bad Ping answered", "ping-rsv1", answer{8, "8a02 6869 8802 03ea", "fin"}, Fail, "R06"},
		{"waits for the payload", "long-126", answer{8, "", "wait"}, Warn, "R38"},
		{"pong missing", "after-ping", answer{16, "8802 03e8", "fin"}, Warn, "R61"},
		{"pong", "after-ping", answer{16, "8a02 6869 8802 03e8", "fin"}, Pass, "R18"},
		{"half a Close", "cut-payload", answer{10, "", "fin"}, Pass, "R32"},
		{"half a Close and 1000", "cut-payload", answer{10, "8802 03e8", "fin"}, Warn, "R38"},
		{"half a Close answered", "cut-payload", answer{10, "8802 0bb9", "fin"}, Warn, "R32"},
	}
	set := load(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ln := serverOf(t, "tcp", "127.0.0.1:0", nil, test.a)
			o := Options{Run: only(test.scenario), Quiet: 30 * time.Millisecond}
			switch test.a.end {
			case "wait", "never":
				o.Timeout = 50 * time.Millisecond
			case "pong":
				o.Timeout = 5 * time.Second
			}
			rep, err := set.Dial(t.Context(), "ws://"+ln.Addr().String(), o)
			if err != nil {
				t.Fatal(err)
			}
			r := rep.Results[0]
			if r.Verdict != test.verdict || r.Rule != test.rule {
				t.Errorf("%s by %s, want %s by %s: %s (%q)", r.Verdict, r.Rule, test.verdict, test.rule, r.Got, r.Also)
			}
			if strings.Contains(r.Got+r.Expected, "got.") || strings.Contains(r.Got+r.Expected, "want.") || r.Got == "" || r.Expected == "" {
				t.Errorf("got %q, expected %q: a key, or nothing", r.Got, r.Expected)
			}
		})
	}
}

// TestClientVerdicts verifies the verdict and its rule for each answer of a
// client.
func TestClientVerdicts(t *testing.T) {
	tests := []struct {
		name, scenario string
		a              answer
		verdict        Verdict
		rule           string
	}{
		{"echo", "code-1000", answer{plain1000, "8882 00000000 03e8", "wait"}, Pass, "R18"},
		{"closes first", "who-ends", answer{plain1000, "8882 00000000 03e8", "fin"}, Warn, "R27"},
		{"waits", "who-ends", answer{plain1000, "8882 00000000 03e8", "wait"}, Pass, "R18"},
		{"never closes", "code-1000", answer{plain1000, "8882 00000000 03e8", "never"}, Warn, "R20"},
		{"not masked", "code-1000", answer{plain1000, "8802 03e8", "wait"}, Fail, "R01"},
		{"masked frame refused", "masked", answer{11, "8882 00000000 03ea", "wait"}, Pass, "R04"},
		{"masked frame accepted", "masked", answer{11, "8882 00000000 0bb9", "wait"}, Fail, "R04"},
		{"fault, nothing", "fin", answer{plain1000, "", "wait"}, Warn, "R38"},
		{"TCP dropped", "fin", answer{plain1000, "", "fin"}, Warn, "R38"},
	}
	set := load(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				o := Options{}
				o.defaults()
				target, _ := ParseTarget("ws://" + ln.Addr().String())
				l, err := dial(context.Background(), target, &o, false)
				if err != nil {
					t.Error(err)
					return
				}
				test.a.play(t, l)
			}()
			o := Options{Run: only(test.scenario), Quiet: 50 * time.Millisecond}
			if test.a.end == "never" || test.name == "fault, nothing" {
				o.Timeout = 100 * time.Millisecond
			}
			rep, err := set.Listen(t.Context(), ln, o)
			if err != nil {
				t.Fatal(err)
			}
			r := rep.Results[0]
			if r.Verdict != test.verdict || r.Rule != test.rule {
				t.Errorf("%s by %s, want %s by %s: %s (%q)", r.Verdict, r.Rule, test.verdict, test.rule, r.Got, r.Also)
			}
		})
	}
}

// TestStarted verifies the verdict for a server that starts to close: with an
// empty Close frame, or with FIN right after its Close frame.
func TestStarted(t *testing.T) {
	trigger := 6 + len("close")
	tests := []struct {
		name, scenario string
		a              answer
		verdict        Verdict
		rule, got      string
	}{
		{"empty", "starts", answer{trigger, "8800", "answered"}, Pass, "R29", "Close (empty)"},
		{"1000", "starts-hold", answer{trigger, "8802 03e8", "answered"}, Pass, "R29", "Close 1000"},
		{"FIN at once", "starts-hold", answer{trigger, "8802 03e8", "fin"}, Warn, "R55", "FIN right after its Close, without waiting for the answer"},
		{"no Close", "starts", answer{trigger, "", "fin"}, Fail, "R29", "no Close frame"},
		{"no reaction", "starts", answer{trigger, "", "wait"}, Skip, "R29", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ln := serverOf(t, "tcp", "127.0.0.1:0", nil, test.a)
			o := Options{Run: only(test.scenario), Trigger: "close", Quiet: 50 * time.Millisecond}
			if test.a.end == "wait" {
				o.Timeout = 50 * time.Millisecond
			}
			rep, err := load(t).Dial(t.Context(), "ws://"+ln.Addr().String(), o)
			if err != nil {
				t.Fatal(err)
			}
			if r := rep.Results[0]; r.Verdict != test.verdict || r.Rule != test.rule || r.Got != test.got {
				t.Errorf("%s by %s, got %s; want %s by %s, got %s", r.Verdict, r.Rule, r.Got, test.verdict, test.rule, test.got)
			}
		})
	}
}

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

// TestFaultyReason verifies that the faulty bytes of a reason are shown.
func TestFaultyReason(t *testing.T) {
	reason := strings.Repeat("78", 40) + "c328" + strings.Repeat("78", 20)
	ln := serverOf(t, "tcp", "127.0.0.1:0", nil, answer{masked1000, "8840 03e8" + reason, "fin"})
	rep, err := load(t).Dial(t.Context(), "ws://"+ln.Addr().String(), Options{Run: only("code-1000")})
	if err != nil {
		t.Fatal(err)
	}
	if got := rep.Results[0].Got; got != "a reason with invalid UTF-8 at offset 40: c3 28 78 78" {
		t.Errorf("got %q", got)
	}
}

// TestLevels verifies that only a MUST or a MUST NOT causes a FAIL.
func TestLevels(t *testing.T) {
	set := load(t)
	for id, r := range set.Rules {
		p := &play{set: set}
		p.find(Fail, id, "", "", "")
		want := Warn
		if r.Level == "MUST" || r.Level == "MUST NOT" {
			want = Fail
		}
		if got := p.findings[0].Verdict; got != want {
			t.Errorf("%s, a %s: %s, want %s", id, r.Level, got, want)
		}
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

// TestPatience verifies that a server that does not close TCP fails only after
// the time of patience.
func TestPatience(t *testing.T) {
	set := load(t)
	for _, timeout := range []time.Duration{time.Nanosecond, patience - 1, patience} {
		o := Options{Timeout: timeout}
		o.defaults()
		p := &play{set: set, o: &o, role: Server, end: "late", first: &wireFrame{}, sentClose: true, sc: &Scenario{Expect: "answered"}}
		p.checkEnd(set.Expectations["answered"].End[Server])
		want := Warn
		if timeout == patience {
			want = Fail
		}
		if f := p.findings[0]; f.Verdict != want || f.Rule != "R20" {
			t.Errorf("%v: %s by %s", timeout, f.Verdict, f.Rule)
		}
	}
}

func TestUnixSocket(t *testing.T) {
	sock := filepath.Join(t.TempDir(), "s")
	serverOf(t, "unix", sock, nil, answer{masked1000, "8802 03e8", "fin"})
	rep, err := load(t).Dial(t.Context(), "ws+unix:"+sock+":/x", Options{Run: only("code-1000")})
	if err != nil || rep.Counts[Pass] != 1 {
		t.Errorf("%+v, %v", rep, err)
	}
}

func TestTLS(t *testing.T) {
	ts := httptest.NewUnstartedServer(nil) // for its certificate
	ts.StartTLS()
	defer ts.Close()
	ln := serverOf(t, "tcp", "127.0.0.1:0", &tls.Config{Certificates: ts.TLS.Certificates}, answer{masked1000, "8802 03e8", "fin"})
	conf := ts.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	conf.ServerName = "example.com"
	rep, err := load(t).Dial(t.Context(), "wss://"+ln.Addr().String(), Options{Run: only("code-1000"), TLS: conf})
	if err != nil || rep.Counts[Pass] != 1 {
		t.Errorf("%+v, %v", rep, err)
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

func TestParseTarget(t *testing.T) {
	tests := []struct {
		in   string
		want Target
	}{
		{"ws://host", Target{"tcp", "host:80", "host", "/", false, nil}},
		{"host:8080/chat", Target{"tcp", "host:8080", "host:8080", "/chat", false, nil}},
		{"[::1]:80", Target{"tcp", "[::1]:80", "[::1]:80", "/", false, nil}},
		{"wss://host/a?b=c", Target{"tcp", "host:443", "host", "/a?b=c", true, nil}},
		{"ws://[::1]:8080/", Target{"tcp", "[::1]:8080", "[::1]:8080", "/", false, nil}},
		{"ws+unix:/run/x.sock:/chat", Target{"unix", "/run/x.sock", "localhost", "/chat", false, nil}},
		{"ws+unix:///run/x.sock", Target{"unix", "/run/x.sock", "localhost", "/", false, nil}},
	}
	for _, test := range tests {
		if got, err := ParseTarget(test.in); got != test.want || err != nil {
			t.Errorf("%s: %+v, %v", test.in, got, err)
		}
	}
	for _, bad := range []string{"", "http://host", "host", "ws://", "ws+unix:", "ws://:80"} {
		if got, err := ParseTarget(bad); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

// TestScenarios verifies the properties of scenarios.json.
func TestScenarios(t *testing.T) {
	set := load(t)
	used := map[string]bool{}
	for _, sc := range set.Scenarios {
		used[sc.Expect] = true
		for _, role := range []Role{Server, Client} {
			if sc.Of != "" && sc.Of != role {
				continue
			}
			if _, ok := set.Expectations[sc.Expect].End[role]; !ok {
				t.Errorf("%s: missing expectation of how a %s closes TCP", sc.ID, role)
			}
		}
		for _, st := range sc.Steps {
			if len(st.ToServer) > 2048 || len(st.ToClient) > 2048 {
				t.Errorf("%s: a step of more than 2048 bytes", sc.ID)
			}
		}
		// Valid frames are masked for a server and unmasked for a client, and
		// are otherwise equal.
		if sc.Expect != "answered" && sc.Expect != "answered amid" || len(sc.Steps) != 1 || sc.ID == "then-garbage" {
			continue
		}
		s, c := sc.Steps[0].ToServer, sc.Steps[0].ToClient
		for len(s) > 0 && len(c) > 0 {
			var a, b *wireFrame
			a, s = new(parser).next(s)
			b, c = new(parser).next(c)
			if a == nil || b == nil || !a.masked || b.masked || a.opcode != b.opcode || a.fin != b.fin || string(a.payload) != string(b.payload) {
				t.Errorf("%s: the bytes for the two roles differ", sc.ID)
				break
			}
		}
		if len(s) != len(c) {
			t.Errorf("%s: the bytes for the two roles differ in number of frames", sc.ID)
		}
	}
	for name := range set.Expectations {
		if !used[name] {
			t.Errorf("expectation %q is used nowhere", name)
		}
	}
	bad := []string{
		`{"scenarios":[{"id":"x","expect":"y"}]}`,
		`{"expectations":{"y":{}},"scenarios":[{"id":"x","expect":"y","rule":"z"}]}`,
		`{"expectations":{"y":{}},"scenarios":[{"id":"x","expect":"y"},{"id":"x","expect":"y"}]}`,
		`{"expectations":{"y":{}},"scenarios":[{"id":"x","expect":"y","steps":[{"await":"x"}]}]}`,
		`{"expectations":{"y":{}},"scenarios":[{"id":"x","expect":"y","steps":[{"trigger":true}]}]}`,
		`{"nonsense":1}`,
	}
	for _, s := range bad {
		if _, err := Parse([]byte(s)); err == nil {
			t.Errorf("%s: no error", s)
		}
	}
}

// TestRequest verifies the request of the opening handshake.
func TestRequest(t *testing.T) {
	tests := []struct {
		path, user string
		o          Options
		want       map[string]string
	}{
		{"/chat?a=b", "", Options{Header: http.Header{"Origin": {"http://x"}}}, map[string]string{"Origin": "http://x", "Sec-Websocket-Version": "13", "Authorization": ""}},
		{"/", "me:secret@", Options{}, map[string]string{"Authorization": "Basic bWU6c2VjcmV0"}},
		{"/", "me@", Options{Header: http.Header{"Authorization": {"Bearer x"}}}, map[string]string{"Authorization": "Bearer x"}},
		{"/", "", Options{Header: http.Header{"Host": {"example.com"}}}, map[string]string{"Host": "example.com"}},
		{"/", "", Options{Subprotocol: []string{"a", "b"}}, map[string]string{"Sec-Websocket-Protocol": "a, b"}},
	}
	for _, test := range tests {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan *http.Request, 1)
		go func() {
			c, err := ln.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			req, err := http.ReadRequest(bufio.NewReader(c))
			if err != nil {
				t.Error(err)
			}
			got <- req
		}()
		if _, err := load(t).Dial(t.Context(), "ws://"+test.user+ln.Addr().String()+test.path, test.o); !errors.Is(err, ErrNoPeer) {
			t.Error(err)
		}
		req := <-got
		if req.URL.String() != test.path {
			t.Errorf("path %s, want %s", req.URL, test.path)
		}
		for name, want := range test.want {
			have := req.Header.Get(name)
			if name == "Host" {
				have = req.Host
			}
			if have != want {
				t.Errorf("%s: %q, want %q", name, have, want)
			}
		}
		ln.Close()
	}
}

// TestRefused verifies the error for a server that refuses the opening
// handshake.
func TestRefused(t *testing.T) {
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Reason", "token")
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, strings.Repeat("x", 5000))
	}))
	defer ts.Close()
	_, err := load(t).Dial(t.Context(), strings.TrimPrefix(ts.URL, "http://"), Options{})
	var h *HandshakeError
	if !errors.As(err, &h) || h.Code != 401 || h.Header.Get("X-Reason") != "token" || len(h.Body) != 1024 {
		t.Errorf("%+v, %v", h, err)
	}
}
