package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/closeframe/closeframe/internal/catalog"
)

// Options configure a run. The zero value is useful.
type Options struct {
	Run  *regexp.Regexp // only scenarios whose id matches
	Skip *regexp.Regexp // no scenarios whose id matches

	// Timeout is how long a scenario waits for each expected event. The default
	// is 12 s, longer than the 10 s after which some servers close TCP.
	Timeout time.Duration
	Quiet   time.Duration // for nothing to happen; 200 ms if 0
	Idle    time.Duration // for the next client to connect; 30 s if 0

	Count    int    // how often each scenario is played; 1 if 0
	FailFast bool   // stop after the first FAIL
	Trigger  string // a text message after which the peer starts to close

	Language *catalog.Language // of texts; English if nil

	Header      http.Header // added to the client's request; Host replaces it
	Subprotocol []string    // offered in the client's request
	TLS         *tls.Config // for wss, and for a listener that speaks TLS

	// Progress is called before a scenario begins, and at the end with nil.
	Progress func(done, all int, next *Scenario)
	// Played is called with each result as it becomes available.
	Played func(Result)
	// Revive restarts a server that no longer accepts connections, before the
	// run continues. Without it the run ends.
	Revive func() error

	openingLimit time.Duration // of an opening handshake, if a test sets it
}

func (o *Options) defaults() {
	if o.Timeout <= 0 {
		o.Timeout = 12 * time.Second
	}
	if o.Quiet <= 0 {
		o.Quiet = 200 * time.Millisecond
	}
	if o.Idle <= 0 {
		o.Idle = 30 * time.Second
	}
	if o.Count <= 0 {
		o.Count = 1
	}
	if o.Language == nil {
		o.Language = catalog.In("en")
	}
	if o.Progress == nil {
		o.Progress = func(int, int, *Scenario) {}
	}
	if o.Played == nil {
		o.Played = func(Result) {}
	}
}

// ErrNoPeer is wrapped by the error of a run that could not start.
var ErrNoPeer = errors.New("no peer to probe")

// An UnaskedError reports that the peer ends its connections by itself, so that
// it cannot be tested.
type UnaskedError struct {
	Role Role
	What string // the events, such as "Close 4406 \"Subprotocol not acceptable\", FIN"
}

func (e *UnaskedError) Error() string {
	return fmt.Sprintf("the %s closed the connection before anything was sent: %s", e.Role, e.What)
}

// Choose returns the scenarios for a role that o selects.
func (s *Set) Choose(role Role, o Options) []*Scenario {
	var list []*Scenario
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		if (sc.Of == "" || sc.Of == role) && (o.Run == nil || o.Run.MatchString(sc.ID)) && !(o.Skip != nil && o.Skip.MatchString(sc.ID)) {
			list = append(list, sc)
		}
	}
	return list
}

// Server plays one scenario against the server at t, on a connection of its
// own. The error is not nil if there is no connection.
func (s *Set) Server(ctx context.Context, t Target, sc *Scenario, o Options) (Result, error) {
	o.defaults()
	if res, skip := s.untriggered(sc, &o); skip {
		return res, nil
	}
	l, err := dial(ctx, t, &o, sc.Needs == "deflate")
	if err != nil {
		return Result{}, err
	}
	return s.playServer(ctx, t, l, sc, &o, false)
}

// playServer plays a scenario on an open connection, and then checks whether
// the server still accepts connections.
func (s *Set) playServer(ctx context.Context, t Target, l *link, sc *Scenario, o *Options, settle bool) (Result, error) {
	p := &play{link: l, set: s, sc: sc, role: Server, o: o, settle: settle}
	res, err := p.play(ctx)
	if err != nil || !sc.Alive || p.unasked {
		return res, err
	}
	if l, err := dial(ctx, t, o, false); err == nil {
		l.raw.Close()
	} else if ctx.Err() != nil {
		return res, ctx.Err()
	} else {
		res.settle(append([]Finding{s.dead(err, o), res.Finding}, res.Also...))
	}
	return res, nil
}

// Settle connects to the server at t, and returns an [UnaskedError] if the server
// closes the connection by itself. It returns nil if there is no connection.
func (s *Set) Settle(ctx context.Context, t Target, o Options) error {
	o.defaults()
	l, err := dial(ctx, t, &o, false)
	if err != nil {
		return nil
	}
	p := &play{link: l, set: s, role: Server, o: &o, settle: true}
	if p.start()(); p.unasked {
		return p.unaskedError()
	}
	return nil
}

// Client plays one scenario with the next client that connects to ln.
func (s *Set) Client(ctx context.Context, ln net.Listener, sc *Scenario, o Options) (Result, error) {
	o.defaults()
	if res, skip := s.untriggered(sc, &o); skip {
		return res, nil
	}
	l, err := acceptNext(ctx, ln, &o, sc.Needs == "deflate")
	if err != nil {
		return Result{}, err
	}
	p := &play{link: l, set: s, sc: sc, role: Client, o: &o}
	return p.play(ctx)
}

// play plays the scenario unless the peer lacks a feature that it needs.
func (p *play) play(ctx context.Context) (Result, error) {
	if p.sc.Needs == "deflate" && !p.deflate {
		p.raw.Close()
		res := p.set.blank(p.sc, Skip)
		res.skip(p.o.say("probe.skip.deflate", p.role))
		return res, nil
	}
	stop := context.AfterFunc(ctx, func() { p.raw.Close() })
	defer stop()
	p.run()
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	res := p.result()
	if p.settle && p.unasked {
		return res, p.unaskedError()
	}
	return res, nil
}

func (p *play) unaskedError() error {
	return &UnaskedError{p.role, strings.Join(p.texts("peer"), ", ")}
}

// untriggered returns the result of a scenario that needs a trigger if there
// is none.
func (s *Set) untriggered(sc *Scenario, o *Options) (Result, bool) {
	res := s.blank(sc, Skip)
	res.skip(o.say("probe.skip.trigger"))
	return res, sc.Needs == "trigger" && o.Trigger == ""
}

// dead is the finding that a server accepts no new connections.
func (s *Set) dead(err error, o *Options) Finding {
	p := &play{set: s, o: o}
	if refused(err) {
		p.broken("dead", o.say("probe.got.refused", err), o.say("probe.want.served"))
	} else {
		p.warned("dead_wait", o.say("probe.got.refused_wait", o.opening()), o.say("probe.want.served"))
	}
	return p.findings[0]
}

// Dial probes the server at target, one connection for each scenario. A
// scenario that takes longer than a second continues while the next ones are
// played. It connects to no other address.
func (s *Set) Dial(ctx context.Context, target string, o Options) (*Report, error) {
	o.defaults()
	t, err := ParseTarget(target)
	if err != nil {
		return nil, err
	}
	list := s.Choose(Server, o)
	r := &run{
		set: s, o: &o, target: t, report: newReport(redacted(target, t.User), Server, list),
		slots: make(chan struct{}, maxParked),
	}
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	defer r.cancel(nil)
	n := len(list) * o.Count
	for i := range n {
		sc := list[i%len(list)]
		o.Progress(i, n, sc)
		if err := r.scenario(sc); err != nil {
			break
		}
		if o.FailFast && r.report.failed() {
			r.report.Stopped = r.o.say("probe.stopped.fail")
			break
		}
	}
	r.wait()
	o.Progress(n, n, nil)
	if err := context.Cause(r.ctx); err != nil {
		return r.report, err
	}
	return r.report, nil
}

// parkAfter is the time after which the next scenario starts.
const parkAfter = time.Second

// maxParked is the maximum number of scenarios at the same time.
const maxParked = 16

// A run is the state of a call of Dial.
type run struct {
	set    *Set
	o      *Options
	target Target
	report *Report
	ctx    context.Context
	cancel context.CancelCauseFunc
	slots  chan struct{} // one for each running scenario
	begun  bool          // a connection was served
	last   string        // id of the scenario that was played last
}

// scenario plays sc, and returns when it has ended or parkAfter has passed.
func (r *run) scenario(sc *Scenario) error {
	if res, skip := r.set.untriggered(sc, r.o); skip {
		r.add(res)
		return nil
	}
	select {
	case r.slots <- struct{}{}:
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
	l, err := r.connect(sc)
	if err != nil {
		<-r.slots
		return err
	}
	settle := !r.begun
	r.begun = true
	done := make(chan struct{})
	go func() {
		defer func() { <-r.slots }()
		defer close(done)
		res, err := r.set.playServer(r.ctx, r.target, l, sc, r.o, settle)
		if err != nil {
			r.cancel(err)
			return
		}
		r.add(res)
	}()
	r.last = sc.ID
	park := time.NewTimer(parkAfter)
	defer park.Stop()
	select {
	case <-done:
	case <-park.C:
	}
	return r.ctx.Err()
}

func (r *run) add(res Result) {
	r.report.add(res)
	r.o.Played(res)
}

// wait waits until all scenarios have ended.
func (r *run) wait() {
	for range maxParked {
		r.slots <- struct{}{}
	}
	for range maxParked {
		<-r.slots
	}
}

// connect connects to the server. If the server no longer accepts connections,
// the previous scenario gets the finding.
func (r *run) connect(sc *Scenario) (*link, error) {
	deflate := sc.Needs == "deflate"
	l, first := dial(r.ctx, r.target, r.o, deflate)
	if first == nil || r.ctx.Err() != nil {
		return l, r.ctx.Err()
	}
	if !r.begun {
		r.cancel(fmt.Errorf("%w: %w", ErrNoPeer, first))
		return nil, first
	}
	// It may serve one connection at a time, or be slow to close.
	<-r.slots
	r.wait()
	r.slots <- struct{}{}
	limit := time.Now().Add(r.o.opening())
	for pause := 5 * time.Millisecond; time.Now().Before(limit) && r.ctx.Err() == nil; pause *= 2 {
		select {
		case <-time.After(min(pause, time.Until(limit))):
		case <-r.ctx.Done():
		}
		if l, err := dial(r.ctx, r.target, r.o, deflate); err == nil {
			return l, nil
		}
	}
	if r.ctx.Err() != nil {
		return nil, r.ctx.Err()
	}
	r.report.blame(r.last, r.set.dead(first, r.o))
	if r.o.Revive == nil {
		r.report.Stopped = r.o.say("probe.stopped.before", sc.ID, first)
		return nil, first
	}
	if err := r.o.Revive(); err != nil {
		r.cancel(err)
		return nil, err
	}
	l, err := dial(r.ctx, r.target, r.o, deflate)
	if err != nil {
		r.cancel(err)
	}
	return l, err
}

// Listen probes the clients that connect to ln, one after the other: each
// gets the next scenario. It closes ln.
func (s *Set) Listen(ctx context.Context, ln net.Listener, o Options) (*Report, error) {
	o.defaults()
	defer ln.Close()
	list := s.Choose(Client, o)
	rep := newReport(ln.Addr().String(), Client, list)
	n, begun := len(list)*o.Count, false
	for i := range n {
		sc := list[i%len(list)]
		o.Progress(i, n, sc)
		res, skip := s.untriggered(sc, &o)
		if !skip {
			l, err := acceptNext(ctx, ln, &o, sc.Needs == "deflate")
			switch {
			case err != nil && ctx.Err() != nil:
				return rep, context.Cause(ctx)
			case err != nil && !begun:
				return rep, fmt.Errorf("%w: %w", ErrNoPeer, err)
			case err != nil:
				rep.Stopped = o.say("probe.stopped.client", sc.ID, err)
				return rep, nil
			}
			p := &play{link: l, set: s, sc: sc, role: Client, o: &o, settle: !begun}
			begun = true
			if res, err = p.play(ctx); ctx.Err() != nil {
				return rep, context.Cause(ctx)
			} else if err != nil {
				return rep, err
			}
		}
		rep.add(res)
		o.Played(res)
		if o.FailFast && rep.failed() {
			rep.Stopped = o.say("probe.stopped.fail")
			break
		}
	}
	o.Progress(n, n, nil)
	return rep, nil
}

// acceptNext waits for the next connection that becomes a WebSocket.
func acceptNext(ctx context.Context, ln net.Listener, o *Options, deflate bool) (*link, error) {
	stop := context.AfterFunc(ctx, func() { ln.Close() })
	defer stop()
	if d, ok := ln.(interface{ SetDeadline(time.Time) error }); ok {
		d.SetDeadline(time.Now().Add(o.Idle))
	}
	for {
		raw, err := ln.Accept()
		if err != nil {
			return nil, err
		}
		l, err := serve(raw, o, deflate)
		if err == nil {
			return l, nil
		}
		raw.Close() // from a page load or a port scan: keep the deadline
	}
}
