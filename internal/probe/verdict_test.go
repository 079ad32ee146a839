package probe

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"
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
		{"between fragments, refused", "between-text", answer{17, "8802 03ea", "fin"}, Fail, "R11"},
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

// TestCutReason verifies that a valid reason is not called invalid because the
// prober kept only the first part of it, which ends inside a character.
func TestCutReason(t *testing.T) {
	reason := strings.Repeat("e585b3", 100)
	ln := serverOf(t, "tcp", "127.0.0.1:0", nil, answer{masked1000, "887e012e 03e8" + reason, "fin"})
	rep, err := load(t).Dial(t.Context(), "ws://"+ln.Addr().String(), Options{Run: only("code-1000")})
	if err != nil {
		t.Fatal(err)
	}
	if f := rep.Results[0].Findings(); len(f) != 1 || f[0].Rule != "R13" {
		t.Errorf("findings %+v, want only that the frame is too long (R13)", f)
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

// TestImmediateLimit verifies that a server that does not close TCP fails only after
// at least immediateLimit.
func TestImmediateLimit(t *testing.T) {
	set := load(t)
	for _, timeout := range []time.Duration{time.Nanosecond, immediateLimit - 1, immediateLimit} {
		o := Options{Timeout: timeout}
		o.defaults()
		p := &play{set: set, o: &o, role: Server, end: "late", first: &wireFrame{}, sentClose: true, sc: &Scenario{Expect: "answered"}}
		p.checkEnd(set.Expectations["answered"].End[Server])
		want := Warn
		if timeout == immediateLimit {
			want = Fail
		}
		if f := p.findings[0]; f.Verdict != want || f.Rule != "R20" {
			t.Errorf("%v: %s by %s", timeout, f.Verdict, f.Rule)
		}
	}
}
