package browsers

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/internal/vectors"
	"github.com/closeframe/closeframe/interop/browsers/browser"
)

// A testCase is a connection that a client opens, with the actions of both
// ends.
type testCase struct {
	id      string
	upgrade string
	steps   []step
	client  *vectors.Request
	call    string // of the page; used only by the tests of the arguments of close
	slow    bool
}

// endingCase returns the case for a vector of testdata/endings.json.
func endingCase(t testing.TB, e vectors.Ending) testCase {
	t.Helper()
	c := testCase{id: e.ID, upgrade: e.Upgrade, client: e.Client, slow: e.Slow}
	for _, s := range e.Server {
		parsed, err := parseStep(s)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		c.steps = append(c.steps, parsed)
	}
	return c
}

// ready reports whether the server waits for a message first.
func (c testCase) ready() bool { return len(c.steps) > 0 && c.steps[0].verb == "ready" }

// early reports whether the client closes before the connection is open.
func (c testCase) early() bool { return c.client != nil && c.client.When == "connecting" }

// An outcome is the result of a connection: the client's event, whether an
// error event preceded it, the number of messages received, and the frames that
// the server received.
type outcome struct {
	ID string `json:"id"`
	closeevent.Event
	Error    bool   `json:"error,omitempty"`
	Messages int    `json:"messages,omitempty"`
	Threw    string `json:"threw,omitempty"`
	Sent     string `json:"sent"`
}

// String describes the outcome in one line.
func (o outcome) String() string {
	clean := "not clean"
	if o.WasClean {
		clean = "clean"
	}
	s := fmt.Sprintf("%d %q, %s", uint16(o.Code), o.Reason, clean)
	if o.Error {
		s += ", after an error event"
	}
	if o.Messages > 0 {
		s += fmt.Sprintf(", %d messages", o.Messages)
	}
	if o.Threw != "" {
		s += ", close threw " + o.Threw
	}
	if o.Sent == "" {
		return s + "; it sent nothing"
	}
	return s + "; it sent " + o.Sent
}

// A session is a running browser.
type session struct {
	*server
	browser.Program
	process *browser.Process
	ctx     context.Context // ends with the browser
}

// loadLimit is how long a browser may take to start and load the page. On a
// busy machine Firefox needs more than half a minute.
const loadLimit = 2 * time.Minute

// start starts the browser of that name and waits until it has loaded the page.
func start(t *testing.T, name string) *session {
	t.Helper()
	program, err := browser.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{server: newServer(t), Program: program}
	ctx, cancel := context.WithCancelCause(t.Context())
	if deadline, ok := t.Deadline(); ok {
		// A browser that hangs must fail its test and not end all tests.
		time.AfterFunc(time.Until(deadline)-15*time.Second, func() { cancel(context.DeadlineExceeded) })
	}
	s.ctx = ctx
	if s.process, err = program.Start(ctx, s.url()); err != nil {
		t.Fatal(err)
	}
	go func() {
		<-s.process.Exited()
		cancel(fmt.Errorf("%v ended:\n%s", program, s.process.Stderr()))
	}()
	t.Cleanup(func() { s.process.Stop() })
	select {
	case <-s.loaded:
	case <-ctx.Done():
		t.Fatal(context.Cause(ctx))
	case <-time.After(loadLimit):
		t.Fatalf("%v has not loaded the page within %v:\n%s", program, loadLimit, s.process.Stderr())
	}
	return s
}

// A pageCase is a connection as JSON for the page, and a pageResult its end.
type pageCase struct {
	Path   string           `json:"path"`
	Ready  bool             `json:"ready,omitempty"` // send a message once open
	Client *vectors.Request `json:"client,omitempty"`
	Call   string           `json:"call,omitempty"`
}

type pageResult struct {
	Index    int              `json:"index"`
	Opened   bool             `json:"opened"`
	Error    bool             `json:"error"`
	Messages int              `json:"messages"`
	Threw    string           `json:"threw"`
	Event    closeevent.Event `json:"event"`
}

// lanes is the number of concurrent connections of the page. Chromium delays a
// new connection by a time that grows with the number of connections being
// opened: 1 to 5 s from 16 on, and some milliseconds for a few.
var lanes = map[string]int{browser.Chromium: 6, browser.Firefox: 48, browser.WebKitGTK: 32}

// batch is the number of connections in one call of the page, which collects
// garbage after each call.
const batch = 1024

// open makes the browser open all the connections and returns their results in
// the same order.
func (s *session) open(ctx context.Context, loop string, work []pageCase) ([]pageResult, error) {
	var results []pageResult
	argument := map[string]any{"cases": work, "lanes": lanes[s.Name], "addresses": addresses}
	if err := s.call(ctx, loop, "connect", argument, &results); err != nil {
		return nil, err
	}
	if len(results) != len(work) {
		return nil, fmt.Errorf("%d results of %d connections", len(results), len(work))
	}
	slices.SortFunc(results, func(a, b pageResult) int { return a.Index - b.Index })
	for i, r := range results {
		if r.Index != i {
			return nil, fmt.Errorf("connection %d has no result, or two", i)
		}
	}
	return results, nil
}

// connect runs all the cases in the browser and returns their outcomes in the
// same order.
func (s *session) connect(loop string, cases []testCase) ([]outcome, error) {
	var all []outcome
	for part := range slices.Chunk(cases, batch) {
		got, err := s.connectBatch(loop, part)
		if err != nil {
			return nil, err
		}
		all = append(all, got...)
	}
	return all, nil
}

func (s *session) connectBatch(loop string, cases []testCase) ([]outcome, error) {
	ctx, cancel := context.WithTimeoutCause(s.ctx, 2*time.Minute,
		fmt.Errorf("%d connections took more than two minutes", len(cases)))
	defer cancel()
	limit := 15 * time.Second
	if loop == "slow" {
		limit = 100 * time.Second
	}
	ends := make([]*rawEnd, len(cases))
	done := make([]<-chan struct{}, len(cases))
	work := make([]pageCase, len(cases))
	for i, c := range cases {
		ends[i] = &rawEnd{upgrade: c.upgrade, steps: c.steps, limit: limit}
		work[i] = pageCase{Ready: c.ready(), Client: c.client, Call: c.call}
		work[i].Path, done[i] = s.expect(ends[i].serve)
	}
	results, err := s.open(ctx, loop, work)
	if err != nil {
		return nil, err
	}
	all := make([]outcome, len(cases))
	for i, r := range results {
		c := cases[i]
		if r.Opened != (c.upgrade == "" && !c.early()) {
			return nil, fmt.Errorf("%s: the WebSocket opened: %v", c.id, r.Opened)
		}
		all[i] = outcome{ID: c.id, Event: r.Event, Error: r.Error, Messages: r.Messages, Threw: r.Threw}
		if c.early() {
			continue // the server may not have received it
		}
		select {
		case <-done[i]:
		case <-ctx.Done():
			return nil, fmt.Errorf("%s: the server does not see the end: %w", c.id, context.Cause(ctx))
		}
		if ends[i].err != nil {
			return nil, fmt.Errorf("%s: at the server: %w", c.id, ends[i].err)
		}
		all[i].Sent = ends[i].sent
	}
	return all, nil
}
