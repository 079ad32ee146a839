package browsers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/internal/vectors"
	"github.com/closeframe/closeframe/interop/browsers/browser"
)

// ours opens a connection for each case with the client of examples/stack, as a
// page does in a browser, and returns the outcomes, which are those of this
// module.
func (s *server) ours(ctx context.Context, cases []testCase) ([]outcome, error) {
	outcomes := make([]outcome, len(cases))
	errs := make([]error, len(cases))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for {
				i := int(next.Add(1) - 1)
				if i >= len(cases) {
					return
				}
				if outcomes[i], errs[i] = s.ourOne(ctx, cases[i]); errs[i] != nil {
					errs[i] = fmt.Errorf("%s: %w", cases[i].id, errs[i])
				}
			}
		})
	}
	wg.Wait()
	return outcomes, errors.Join(errs...)
}

func (s *server) ourOne(ctx context.Context, c testCase) (outcome, error) {
	end := &rawEnd{upgrade: c.upgrade, steps: c.steps, limit: 15 * time.Second}
	path, done := s.expect(end.serve)
	url := fmt.Sprintf("ws://127.0.0.1:%d%s", s.port, path)
	got := outcome{ID: c.id}
	config := stack.Config{}
	if slices.ContainsFunc(c.steps, func(s step) bool { return s.verb == "hold" }) {
		config.Timeout = time.Second // the timeout for missing frames
	}
	client, err := stack.Dial(ctx, url, config)
	if c.upgrade != "" {
		if err == nil {
			return got, errors.New("the WebSocket opened")
		}
		// The connection was not opened. A browser's event is 1006 then.
		got.Event = closeevent.Event{Code: closecode.AbnormalClosure}
	} else if err != nil {
		return got, err
	} else if err := talk(client, c, &got); err != nil {
		return got, err
	}
	select {
	case <-done:
	case <-ctx.Done():
		return got, fmt.Errorf("the server does not see the end: %w", ctx.Err())
	}
	got.Sent = end.sent
	return got, end.err
}

// talk plays the client in a case on an open connection.
func talk(client *stack.Conn, c testCase, got *outcome) error {
	if c.ready() {
		if err := client.Write(stack.Text, []byte("ready")); err != nil {
			return err
		}
	}
	var closed chan error
	if c.client != nil {
		code, reason := closecode.NoStatusRcvd, ""
		if c.client.Code != nil {
			code = closecode.Code(*c.client.Code)
		}
		if c.client.Reason != nil {
			reason = *c.client.Reason
		}
		closed = make(chan error, 1)
		go func() {
			_, err := client.Close(code, reason)
			closed <- err
		}()
	}
	for {
		_, _, err := client.Read(nil)
		if err == nil {
			got.Messages++
			continue
		}
		event, ok := errors.AsType[closeevent.Event](err)
		if !ok {
			return fmt.Errorf("reading ended without an Event: %w", err)
		}
		got.Event = event
		break
	}
	if closed != nil {
		return <-closed
	}
	return nil
}

// TestOurs runs the cases of the browsers with the client of examples/stack,
// and compares the results with its profile. The profile differs from those of
// the browsers where they are lenient.
//
// Shows: endings.json
func TestOurs(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	r := newReport(t, profiles, browser.Program{Name: "closeframe"})
	var cases []testCase
	for _, e := range vectors.Endings() {
		if e.Client == nil || e.Client.When == "open" {
			cases = append(cases, endingCase(t, e))
		}
	}
	for _, v := range vectors.Frames() {
		if v.Role == vectors.Client {
			cases = append(cases, frameCase(v))
		}
	}
	got, err := s.ours(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range got {
		r.check(t, o)
	}
	for _, withReason := range []bool{true, false} {
		sweep := codeCases(codes(t), withReason)
		got, err := s.ours(t.Context(), sweep)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range got {
			code, reason := sent(sweep[i])
			r.checkCode(t, code, reason, classify(t, code, reason, o))
			if want := closecode.Code(code).Valid(); (o.Code == closecode.Code(code) && o.WasClean) != want {
				t.Errorf("code %d: %v, but Valid is %v", code, o, want)
			}
		}
	}
	r.finish(t)
}
