package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/examples/stack"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/probe"
	"github.com/closeframe/closeframe/internal/vectors"
	"github.com/closeframe/closeframe/interop/peers"
	"github.com/closeframe/closeframe/interop/peers/known"
)

// An exchange is a connection between the peer and the stack that one of them,
// or both, ended.
type exchange struct {
	plan
	differs []string // how the events of the applications differ from the frames sent
}

// A plan describes how to end a connection, and the expected events.
type plan struct {
	group  string // such as "peer closes with a code"
	id     string // in the group
	closes string // "stack", "peer" or "both" send a Close frame; "stack drops" or "peer drops" the TCP connection
	code   closecode.Code
	reason string
	bad    bool // the code must not be sent, so the peer must refuse
}

// boundaries lists the codes on both sides of each boundary between valid and
// invalid codes, and all valid codes below 3000.
var (
	goodCodes = []closecode.Code{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}
	badCodes  = []closecode.Code{0, 999, 1004, 1005, 1006, 1015, 1016, 1999, 2000, 2999, 5000, 65535}
)

func plans() []plan {
	var list []plan
	for _, who := range []string{"stack", "peer"} {
		for _, c := range goodCodes {
			list = append(list, plan{group: who + " closes with", id: fmt.Sprint(uint16(c)), closes: who, code: c, reason: "bye"})
		}
		list = append(list, plan{group: who + " closes with", id: "no code", closes: who, code: closecode.NoStatusRcvd})
		seen := map[string]bool{}
		for _, v := range vectors.Payloads() {
			if v.Error == "" && len(v.Bytes) >= 2 && !seen[v.Reason] {
				seen[v.Reason] = true
				list = append(list, plan{group: who + " closes with the reason of", id: v.ID, closes: who, code: 4000, reason: v.Reason})
			}
		}
	}
	for _, c := range badCodes {
		if c.Valid() {
			continue // registered since
		}
		list = append(list, plan{group: "peer is told to close with", id: fmt.Sprint(uint16(c)), closes: "peer", code: c, reason: "x", bad: true})
	}
	for _, c := range []struct{ id, reason string }{
		{"124 bytes of reason", strings.Repeat("x", 124)},
		{"124 bytes of reason, the 123rd inside a character", "x" + strings.Repeat("关", 41)},
	} {
		list = append(list, plan{group: "peer is told to close with", id: c.id, closes: "peer", code: 1000, reason: c.reason, bad: true})
	}
	list = append(list,
		plan{group: "both close", closes: "both", code: 3001, reason: "theirs"},
		plan{group: "stack drops TCP", closes: "stack drops", code: closecode.AbnormalClosure},
		plan{group: "peer drops TCP", closes: "peer drops", code: closecode.AbnormalClosure})
	return list
}

// A meeting is a connection between the stack and the peer.
type meeting struct {
	*stack.Conn
	raw net.Conn
}

var stackConfig = stack.Config{Timeout: 3 * time.Second}

// exchanges plays all plans, one connection each.
func (s *suite) exchanges() ([]exchange, error) {
	next, running, stop, err := s.meet()
	if err != nil {
		return nil, err
	}
	defer stop()
	var list []exchange
	for _, p := range plans() {
		if s.peer.Trigger == "" && !strings.HasPrefix(p.closes, "stack") {
			continue
		}
		m, err := next()
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", p.group, p.id, err)
		}
		list = append(list, exchange{p, s.exchange(p, m, running)})
	}
	return list, nil
}

// meet starts the peer and returns a function that makes the next connection
// with it.
func (s *suite) meet() (next func() (meeting, error), r *peers.Running, stop func(), err error) {
	if s.role == probe.Server {
		r, err := s.peer.Server()
		if err != nil {
			return nil, nil, nil, err
		}
		return func() (meeting, error) {
			addr := strings.TrimSuffix(strings.TrimPrefix(r.URL, "ws://"), "/")
			raw, err := net.Dial("tcp", addr)
			if err != nil {
				return meeting{}, err
			}
			config := stackConfig
			config.Header = s.peer.Header
			c, err := stack.NewClient(context.Background(), raw, r.URL, config)
			return meeting{c, raw}, err
		}, r, r.Stop, nil
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, nil, err
	}
	conns := make(chan meeting)
	type connKey struct{}
	srv := &http.Server{
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			raw := r.Context().Value(connKey{}).(net.Conn)
			c, err := stack.Upgrade(w, r, stackConfig)
			if err != nil {
				return
			}
			select {
			case conns <- meeting{c, raw}:
			case <-time.After(10 * time.Second):
				raw.Close()
			}
		}),
	}
	go srv.Serve(ln)
	if r, err = s.peer.Client("ws://" + ln.Addr().String() + "/"); err != nil {
		srv.Close()
		return nil, nil, nil, err
	}
	next = func() (meeting, error) {
		select {
		case m := <-conns:
			return m, nil
		case <-time.After(10 * time.Second):
			return meeting{}, errors.New("the client does not connect again")
		}
	}
	return next, r, func() {
		srv.Close()
		select { // a client that has just connected
		case m := <-conns:
			m.raw.Close()
		default:
		}
		r.Stop()
	}, nil
}

// exchange plays p and returns how the events differ from the expected ones.
func (s *suite) exchange(p plan, m meeting, r *peers.Running) (differs []string) {
	defer m.raw.Close()
	say := func(format string, args ...any) { differs = append(differs, fmt.Sprintf(format, args...)) }
	var (
		ev    closeevent.Event // the event of the stack
		cause error            // the reason why it is not clean
	)
	command := "close"
	switch {
	case p.closes == "peer drops":
		command = "drop"
	case p.code != closecode.NoStatusRcvd || p.bad:
		command = fmt.Sprintf("close %d %s", uint16(p.code), p.reason)
	}
	switch p.closes {
	case "stack":
		ev, _ = m.Close(p.code, p.reason)
	case "stack drops":
		m.raw.Close()
		ev, cause = await(m.Conn)
	case "peer", "peer drops":
		if err := m.Write(stack.Text, []byte(command)); err != nil {
			say("%v", err)
		}
		ev, cause = await(m.Conn)
	case "both":
		if err := m.Write(stack.Text, []byte(command)); err != nil {
			say("%v", err)
		}
		ev, _ = m.Close(3002, "ours")
	}
	var told peers.Event // the event of the peer's application
	if s.peer.Tells != peers.Nothing || s.peer.Trigger != "" {
		select {
		case told = <-r.Events:
		case <-time.After(5 * time.Second):
			return []string{"the peer does not tell that the connection has ended"}
		}
	}
	if told.Unsupported != "" {
		return nil // the peer refuses: required for invalid codes and permitted for others
	}

	if p.bad {
		switch {
		case errors.Is(cause, frame.ErrInvalidCode):
			return []string{"it sends a code that must not be sent"}
		case errors.Is(cause, frame.ErrInvalidUTF8):
			return []string{"it cuts the reason inside a character"}
		case errors.Is(cause, frame.ErrTooLong):
			return []string{"it sends more than 125 bytes"}
		case ev.Code == closecode.AbnormalClosure:
			return []string{"it closes TCP without a Close frame"}
		case ev.Code == p.code && !strings.HasPrefix(p.reason, ev.Reason):
			return []string{"the stack is told another reason"}
		}
		return nil // it sent another code, or truncated the reason between characters
	}

	// The stack's side.
	switch p.closes {
	case "stack":
		switch {
		case ev.Code == closecode.AbnormalClosure:
			say("it does not answer with a Close frame that can be read")
		case ev.Code != p.code:
			say("it answers with %d", uint16(ev.Code))
		case !ev.WasClean:
			say("the stack's close is not clean")
		}
	case "peer":
		switch {
		case ev.Code != p.code:
			say("the stack is told %d", uint16(ev.Code))
		case ev.Reason != p.reason:
			say("the stack is told another reason")
		case !ev.WasClean:
			say("it closes TCP before the stack can answer: the stack's close is not clean")
		}
	case "both":
		// It may have received our Close frame before it sent its own.
		theirs := ev == closeevent.Event{Code: 3001, Reason: "theirs", WasClean: true}
		echo := ev.Code == 3002 && ev.WasClean
		switch {
		case theirs || echo:
		case !ev.WasClean:
			say("it closes TCP before the stack can answer: the stack's close is not clean")
		default:
			say("the stack is told %v", ev)
		}
	default:
		if want := (closeevent.Event{Code: closecode.AbnormalClosure}); ev != want {
			say("the stack is told %v", ev)
		}
	}

	// Check the event of the peer's application.
	if s.peer.Tells == peers.Nothing || p.closes == "peer" && s.peer.TellsOwn {
		return differs
	}
	code, reason := p.code, ""
	switch p.closes {
	case "stack":
		reason = p.reason
	case "both":
		code, reason = 3002, "ours"
		if s.peer.TellsOwn {
			return differs
		}
	}
	got := closecode.Code(told.Code)
	if got == 0 && (code == closecode.AbnormalClosure || code == closecode.NoStatusRcvd) {
		got = code // instead of 1005 and 1006, the library may report an error or nothing
	}
	switch {
	case got == 0:
		say("its application is told no code")
	case got != code:
		say("its application is told %d", uint16(got))
	case s.peer.Tells == peers.CodeAndReason && told.Reason != reason && code != closecode.AbnormalClosure:
		say("its application is told the reason %.60q instead of %.60q", told.Reason, reason)
	case told.Clean != nil && *told.Clean != (code != closecode.AbnormalClosure):
		say("its application is told wasClean %v", *told.Clean)
	}
	return differs
}

// await reads until the connection has ended, and returns the reason if that
// was not clean.
func await(c *stack.Conn) (closeevent.Event, error) {
	for {
		if _, _, err := c.Read(nil); err != nil {
			ev, _ := errors.AsType[closeevent.Event](err)
			return ev, err
		}
	}
}

// closeDivergences merges equal differences of several exchanges.
func closeDivergences(list []exchange) []known.Divergence {
	var out []known.Divergence
	groups := map[string]string{}
	cases := map[string][]string{}
	all := map[string]int{}
	for _, e := range list {
		all[e.group]++
		for _, what := range e.differs {
			id := e.group + ": " + what
			if cases[id] == nil {
				out = append(out, known.Divergence{In: "close", ID: id, What: what})
				groups[id] = e.group
			}
			cases[id] = append(cases[id], e.id)
		}
	}
	for i := range out {
		d := &out[i]
		group := groups[d.ID]
		d.Cases = cases[d.ID]
		if n := all[group]; n > 1 && len(d.Cases) == n {
			d.Cases = []string{fmt.Sprintf("each of %d vectors", n)}
		}
		if d.Cases[0] == "" {
			d.Cases = nil
		}
		d.ID = group
		if strings.HasSuffix(d.What, "not clean") {
			// The order of the two events is not the same in every run.
			d.ID, d.Cases, d.Sometimes = strings.Fields(group)[0]+" closes", nil, true
		}
	}
	return slices.CompactFunc(out, func(a, b known.Divergence) bool { return a.Sometimes && a.Same(b) })
}
