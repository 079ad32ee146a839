package browsers

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/vectors"
	"github.com/closeframe/closeframe/interop/browsers/browser"
	"github.com/closeframe/closeframe/utf8check"
)

var names = []string{browser.Chromium, browser.Firefox, browser.WebKitGTK}

// TestBrowsers runs every ending, every frame of the vectors, the codes, and
// every call of close in each browser, and compares the results with the
// browser's profile.
//
// Shows: endings.json calls.json W01 W02 W03 W04 W05 W06 W07
func TestBrowsers(t *testing.T) {
	t.Parallel()
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, name)
			r := newReport(t, profiles, s.Program)
			t.Run("Scriptable", func(t *testing.T) { testScriptable(t, s) })
			t.Run("Reasons", func(t *testing.T) { testReasons(t, s) })
			t.Run("Codes", func(t *testing.T) { testCodes(t, s, r) })
			t.Run("Stack", func(t *testing.T) { testStack(t, s) })
			t.Run("Leaving", func(t *testing.T) { testLeaving(t, s) })
			t.Run("Frames", func(t *testing.T) { testFrames(t, s, r) })
			t.Run("Calls", func(t *testing.T) { testCalls(t, s, r) })
			// Last, because Chromium delays new connections after some have failed.
			t.Run("Endings", func(t *testing.T) { testEndings(t, s, r) })
			r.finish(t)
		})
	}
}

// TestSlow runs the endings in which the server neither answers a Close frame
// nor closes TCP, so that the browser waits.
func TestSlow(t *testing.T) {
	if testing.Short() {
		t.Skip("takes more than a minute")
	}
	t.Parallel()
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, name)
			r := newReport(t, profiles, s.Program)
			var cases []testCase
			for _, e := range vectors.Endings() {
				if e.Slow {
					cases = append(cases, endingCase(t, e))
				}
			}
			s.compare(t, r, "slow", cases)
			r.finish(t)
		})
	}
}

// compare runs the cases with the browser and with our own client, and compares
// the browser's results with its profile.
func (s *session) compare(t *testing.T, r *report, loop string, cases []testCase) {
	t.Helper()
	got, err := s.connect(loop, cases)
	if err != nil {
		t.Fatal(err)
	}
	var same []testCase // that our client can run
	index := map[string]int{}
	for i, o := range got {
		r.check(t, o)
		index[o.ID] = i
		if c := cases[i]; c.call == "" && (c.client == nil || c.client.When == "open") {
			same = append(same, c)
		}
	}
	ours, err := s.ours(s.ctx, same)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range ours {
		r.compareOurs(o.Event == got[index[o.ID]].Event)
	}
}

func testEndings(t *testing.T, s *session, r *report) {
	var good, failed []testCase
	for _, e := range vectors.Endings() {
		switch c := endingCase(t, e); {
		case c.slow:
		case c.upgrade != "" || c.early():
			failed = append(failed, c)
		default:
			good = append(good, c)
		}
	}
	s.compare(t, r, "main", good)
	s.compare(t, r, "main", failed)
}

// The browsers receive the same inputs as the parsers of package frame.
func testFrames(t *testing.T, s *session, r *report) {
	var cases []testCase
	for _, v := range vectors.Frames() {
		if v.Role == vectors.Client {
			cases = append(cases, frameCase(v))
		}
	}
	s.compare(t, r, "main", cases)
}

// frameCase returns a case in which the server sends the bytes of a vector,
// followed by FIN if a client may expect more bytes or another frame.
func frameCase(v vectors.Frame) testCase {
	steps := []step{{"ready", nil}}
	switch {
	case len(v.Bytes) == 0:
		steps = append(steps, step{"end", nil})
	case v.Error == vectors.NotClose || !whole(v.Bytes):
		steps = append(steps, step{"last", v.Bytes})
	default:
		steps = append(steps, step{"send", v.Bytes}, step{"await", nil}, step{"end", nil})
	}
	return testCase{id: v.ID, steps: steps}
}

// whole reports whether b starts with a complete frame (RFC 6455 §5.2).
func whole(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	size, length := 2, uint64(b[1]&0x7f)
	switch {
	case length == 126 && len(b) >= 4:
		size, length = 4, uint64(binary.BigEndian.Uint16(b[2:]))
	case length == 127 && len(b) >= 10:
		size, length = 10, binary.BigEndian.Uint64(b[2:])
	case length > 125:
		return false
	}
	if b[1]&0x80 != 0 {
		size += 4
	}
	return len(b) >= size && uint64(len(b)-size) >= length
}

// codes returns the codes to test, which the flag selects. In short mode, it
// returns every tenth of them and all near the ends of ranges.
func codes(t testing.TB) []uint16 {
	t.Helper()
	var first, last uint16
	if _, err := fmt.Sscanf(*codeRangeFlag, "%d-%d", &first, &last); err != nil || first > last {
		t.Fatalf("-codes %s: not a range such as 0-65535", *codeRangeFlag)
	}
	var list []uint16
	for code := int(first); code <= int(last); code++ {
		if !testing.Short() || code%10 == 0 || code >= 990 && code <= 1020 || (code+20)%1000 <= 40 {
			list = append(list, uint16(code))
		}
	}
	return list
}

// codeCases returns a case for each code: the server sends a Close with it.
func codeCases(codes []uint16, withReason bool) []testCase {
	cases := make([]testCase, len(codes))
	for i, code := range codes {
		payload := binary.BigEndian.AppendUint16(nil, code)
		if withReason {
			payload = fmt.Appendf(payload, "code %d ✓", code)
		}
		b := append([]byte{0x88, byte(len(payload))}, payload...)
		cases[i] = testCase{
			id:    fmt.Sprintf("code/%d/%v", code, withReason),
			steps: []step{{"send", b}, {"await", nil}, {"end", nil}},
		}
	}
	return cases
}

// sent returns the code and the reason that the server sends in one of codeCases.
func sent(c testCase) (code uint16, reason string) {
	payload := c.steps[0].data[2:]
	return binary.BigEndian.Uint16(payload), string(payload[2:])
}

// classify describes briefly how the client handled a Close frame with the
// code.
func classify(t testing.TB, code uint16, reason string, o outcome) codeOutcome {
	t.Helper()
	var c codeOutcome
	switch o.Event {
	case closeevent.Event{Code: closecode.Code(code), Reason: reason, WasClean: true}:
		c.Delivered = true
	case closeevent.Event{Code: closecode.AbnormalClosure}:
	default:
		t.Errorf("code %d, reason %q: neither delivered nor refused: %v", code, reason, o)
	}
	payload := binary.BigEndian.AppendUint16(nil, code)
	c.Answer = o.Sent
	switch o.Sent {
	case hex.EncodeToString(append(append([]byte{0x88, byte(2 + len(reason))}, payload...), reason...)):
		c.Answer = "as sent"
	case hex.EncodeToString(append([]byte{0x88, 2}, payload...)):
		c.Answer = "code"
	case "8800":
		c.Answer = "empty"
	case "":
		c.Answer = "none"
	}
	return c
}

func testCodes(t *testing.T, s *session, r *report) {
	for _, withReason := range []bool{true, false} {
		cases := codeCases(codes(t), withReason)
		got, err := s.connect("main", cases)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range got {
			code, reason := sent(cases[i])
			c := classify(t, code, reason, o)
			r.checkCode(t, code, reason, c)
			// Our own side delivers the codes that may be sent (TestOurs).
			r.compareOurs(c.Delivered == closecode.Code(code).Valid())
		}
	}
}

// A script may pass exactly the codes for which Scriptable reports true.
func testScriptable(t *testing.T, s *session) {
	var threw []string
	if err := s.call(s.ctx, "main", "codes", nil, &threw); err != nil {
		t.Fatal(err)
	}
	if len(threw) != 1<<16 {
		t.Fatalf("%d codes", len(threw))
	}
	for code, name := range threw {
		want := ""
		if !closecode.Code(code).Scriptable() {
			want = "InvalidAccessError"
		}
		if name != want {
			t.Errorf("close(%d): threw %q, want %q", code, name, want)
		}
	}
	if !t.Failed() {
		t.Logf("%v: close(code) and Code.Scriptable agree on all %d codes", s.Program, len(threw))
	}
}

// A script may pass exactly the reasons that fit into a frame.
func testReasons(t *testing.T, s *session) {
	var reasons [][]uint16
	for _, unit := range []string{"x", "é", "再", "😀", "\ufeff", "\x00", "�"} {
		for n := range 130 {
			reasons = append(reasons, utf16.Encode([]rune(strings.Repeat(unit, n))))
			// The last character may not fit.
			reasons = append(reasons, utf16.Encode([]rune(strings.Repeat("x", n)+unit)))
		}
	}
	for n := range 50 {
		for _, surrogate := range []uint16{0xd800, 0xdbff, 0xdc00, 0xdfff} {
			reason := []uint16{}
			for range n {
				reason = append(reason, surrogate)
			}
			reasons = append(reasons, reason)
		}
	}
	var threw []string
	if err := s.call(s.ctx, "main", "reasons", reasons, &threw); err != nil {
		t.Fatal(err)
	}
	if len(threw) != len(reasons) {
		t.Fatalf("%d results of %d reasons", len(threw), len(reasons))
	}
	for i, units := range reasons {
		reason := string(utf16.Decode(units)) // lone surrogates become U+FFFD, as in a browser
		want := ""
		if _, err := frame.AppendPayload(nil, closecode.NormalClosure, reason); err != nil {
			want = "SyntaxError"
		}
		if threw[i] != want || (want == "") != (utf8check.Truncate(reason) == reason) {
			t.Errorf("close(1000, %q) of %d bytes: threw %q, want %q", reason, len(reason), threw[i], want)
		}
	}
	if !t.Failed() {
		t.Logf("%v: close(1000, reason) and AppendPayload agree on all %d reasons", s.Program, len(reasons))
	}
}

func testCalls(t *testing.T, s *session, r *report) {
	calls := vectors.Calls()
	var cases []testCase
	for _, c := range calls {
		cases = append(cases, testCase{
			id:    c.ID,
			call:  c.Call,
			steps: []step{{"await", nil}, {"send", []byte{0x88, 0}}, {"end", nil}},
		})
	}
	got, err := s.connect("main", cases)
	if err != nil {
		t.Fatal(err)
	}
	asWritten, settled := 0, 0
	for i, o := range got {
		r.check(t, o)
		c := calls[i]
		if c.Unsettled {
			continue
		}
		settled++
		want := hex.EncodeToString(append([]byte{0x88, byte(len(c.Payload))}, c.Payload...))
		if c.Throws != "" && len(c.Payload) == 0 {
			want = "880210e1" // then the page closes with 4321
		}
		if o.Threw == c.Throws && o.Sent == want {
			asWritten++
			continue
		}
		t.Logf("not as the standards say: %s threw %q and sent %s, not %q and %s", c.Call, o.Threw, o.Sent, c.Throws, want)
	}
	t.Logf("%v: %d of %d calls of close are as the standards say", s.Program, asWritten, settled)
}
