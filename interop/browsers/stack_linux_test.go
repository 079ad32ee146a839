package browsers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/internal/vectors"
	"github.com/closeframe/closeframe/interop/browsers/browser"
)

// A meeting is a connection from a browser to examples/stack. One side closes,
// and both report how it ended.
type meeting struct {
	byServer bool
	code     closecode.Code
	reason   string
	timeout  time.Duration // of the server; 0 for the default

	server closeevent.Event
	first  bool // the server received the browser's Close frame first
	err    error
}

func (m *meeting) String() string {
	who := "the browser"
	if m.byServer {
		who = "the server"
	}
	return fmt.Sprintf("%s closes with %d %q", who, uint16(m.code), m.reason)
}

// serve is the server's side of a meeting.
func (m *meeting) serve(w http.ResponseWriter, r *http.Request) {
	c, err := stack.Upgrade(w, r, stack.Config{Timeout: m.timeout})
	if err != nil {
		m.err = err
		return
	}
	closed := make(chan error, 1)
	if m.byServer {
		go func() {
			_, err := c.Close(m.code, m.reason)
			closed <- err
		}()
	} else {
		closed <- nil
	}
	for err == nil {
		_, _, err = c.Read(nil)
	}
	event, ok := errors.AsType[closeevent.Event](err)
	if !ok {
		m.err = fmt.Errorf("reading ended without a Event: %w", err)
	}
	m.server = event
	m.first = c.PeerFirst()
	m.err = errors.Join(m.err, <-closed)
}

// answers lists the codes with which a browser violates the rules when it
// answers a Close frame: WebKitGTK answers an empty one with 1000, and rejects
// codes registered after RFC 6455.
var answers = map[string]map[closecode.Code]closecode.Code{
	browser.WebKitGTK: {
		closecode.NoStatusRcvd:   closecode.NormalClosure,
		closecode.ServiceRestart: closecode.ProtocolError,
		closecode.TryAgainLater:  closecode.ProtocolError,
		closecode.BadGateway:     closecode.ProtocolError,
	},
}

// testStack verifies the events of both sides with a conforming peer, whichever
// side closes, with every code that may be sent, except for the known answers.
func testStack(t *testing.T, s *session) {
	reasons := []string{"", "bye", "服务器正在重启，请稍后再试 🙂"}
	meetings := []*meeting{
		{byServer: true, code: closecode.NoStatusRcvd},
		{byServer: false, code: closecode.NoStatusRcvd},
	}
	for i := range 1 << 16 {
		code := closecode.Code(i)
		if testing.Short() && code > 3000 && code%50 != 0 {
			continue
		}
		if code.Valid() {
			meetings = append(meetings, &meeting{byServer: true, code: code, reason: reasons[i%3]})
		}
		if code.Scriptable() {
			meetings = append(meetings, &meeting{byServer: false, code: code, reason: reasons[i/3%3]})
		}
	}
	n := 0
	for part := range slices.Chunk(meetings, batch) {
		n += s.meet(t, part)
	}
	t.Logf("%v and examples/stack: %d meetings, both events as they must be in %d", s.Program, len(meetings), n)
}

// meet runs the meetings, and returns the number with the expected results.
func (s *session) meet(t *testing.T, meetings []*meeting) (good int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, 2*time.Minute)
	defer cancel()
	work := make([]pageCase, len(meetings))
	done := make([]<-chan struct{}, len(meetings))
	for i, m := range meetings {
		if !m.byServer {
			work[i].Client = &vectors.Request{When: "open"}
			if m.code != closecode.NoStatusRcvd {
				work[i].Client.Code, work[i].Client.Reason = (*uint16)(&m.code), &m.reason
			}
		}
		work[i].Path, done[i] = s.expect(m.serve)
	}
	results, err := s.open(ctx, "main", work)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range meetings {
		select {
		case <-done[i]:
		case <-ctx.Done():
			t.Fatalf("%v: the server does not see the end", m)
		}
		// Each end receives the other's code and reason. Browsers answer with
		// the code and the reason, closeframe with the code.
		server := closeevent.Event{Code: m.code, Reason: m.reason, WasClean: true}
		client := server
		refused := false
		if !m.byServer {
			client.Reason = ""
		} else if code, ok := answers[s.Name][m.code]; ok {
			server = closeevent.Event{Code: code, WasClean: true}
			if refused = code == closecode.ProtocolError; refused {
				client = closeevent.Event{Code: closecode.AbnormalClosure}
			}
		}
		switch got := results[i]; {
		case m.err != nil:
			t.Errorf("%v: at the server: %v", m, m.err)
		case m.server != server || m.first == m.byServer:
			t.Errorf("%v: the server's event is %+v, want %+v; the browser closed first: %v", m, m.server, server, m.first)
		case got.Event != client || got.Error != refused || got.Threw != "" || !got.Opened:
			t.Errorf("%v: the browser told %+v, want %+v", m, got, client)
		default:
			good++
		}
	}
	return good
}

// testLeaving verifies that a page that is removed or left closes its WebSocket
// with 1001. The page waits for no answer, so whether the server can send one,
// and the close is clean, varies.
func testLeaving(t *testing.T, s *session) {
	for _, how := range []string{"removed", "navigated"} {
		t.Run(how, func(t *testing.T) {
			for range 3 {
				if m := s.leave(t, how); m == nil {
					t.Log("the WebSocket did not open")
				} else if m.err != nil || m.server.Code != closecode.GoingAway || m.server.Reason != "" || !m.first {
					t.Fatalf("the server's event is %v; %v", m.server, m.err)
				} else {
					return
				}
			}
			t.Fatal("the WebSocket of the frame opened in none of 3 attempts")
		})
	}
}

// leaveLimit is the time limit for one attempt of [session.leave].
const leaveLimit = 30 * time.Second

// leave makes the page open a WebSocket in a frame and leave the frame, and
// returns the meeting once the server has received the end. It returns nil if
// the WebSocket did not open.
func (s *session) leave(t *testing.T, how string) *meeting {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(s.ctx, leaveLimit, fmt.Errorf("no result within %v", leaveLimit))
	defer cancel()
	m := &meeting{timeout: time.Second} // a browser may keep its end of TCP open for longer
	path, done := s.expect(m.serve)
	var opened bool
	if err := s.call(ctx, "main", "leave", map[string]any{"path": path, "how": how}, &opened); err != nil {
		t.Fatal(err)
	}
	if !opened {
		return nil
	}
	select {
	case <-done:
		return m
	case <-ctx.Done():
		t.Fatalf("the server does not see the end: %v", context.Cause(ctx))
	}
	return nil
}
