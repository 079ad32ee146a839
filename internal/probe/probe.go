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
)

// Options are what a run can be told.
type Options struct {
	Run      *regexp.Regexp // only scenarios whose id it matches
	Timeout  time.Duration  // for everything that has to happen in a scenario; 2 s if 0
	Quiet    time.Duration  // for nothing to happen; 200 ms if 0
	Idle     time.Duration  // for the next client to come; 30 s if 0
	Trigger  string         // a text message after which the peer starts to close by itself
	Header   http.Header    // added to the client's request
	TLS      *tls.Config    // for wss, and for a listener that speaks TLS
	Progress func(done, all int, next *Scenario)

	// Revive brings a server back that serves nobody any more, before the
	// run goes on; without it the run ends there.
	Revive func() error
}

func (o *Options) defaults() {
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Second
	}
	if o.Quiet <= 0 {
		o.Quiet = 200 * time.Millisecond
	}
	if o.Idle <= 0 {
		o.Idle = 30 * time.Second
	}
	if o.Progress == nil {
		o.Progress = func(int, int, *Scenario) {}
	}
}

// A Result is what one scenario came to.
type Result struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Verdict Verdict  `json:"verdict"`
	Rule    string   `json:"rule"`
	Where   string   `json:"where"`
	Level   string   `json:"level"`
	Text    string   `json:"text"`
	Why     string   `json:"why"`            // what was seen, and what would be right
	Also    []string `json:"also,omitempty"` // other findings that are not right
	Sent    string   `json:"sent"`
	Got     string   `json:"got"`
	Events  []Event  `json:"events"`
	Millis  float64  `json:"ms"`
}

// A Report is the outcome of a run.
type Report struct {
	Peer    string          `json:"peer"`
	Role    Role            `json:"role"`
	Results []Result        `json:"results"`
	Counts  map[Verdict]int `json:"counts"`
	Stopped string          `json:"stopped,omitempty"` // why not all could be played
}

func (r *Report) add(res Result) {
	r.Results = append(r.Results, res)
	r.Counts[res.Verdict]++
}

// ErrNoPeer is in the error of a run that could not begin.
var ErrNoPeer = errors.New("no peer to probe")

// choose returns the scenarios for a role.
func (s *Set) choose(role Role, o *Options) []*Scenario {
	var list []*Scenario
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		if (sc.Of == "" || sc.Of == role) && (o.Run == nil || o.Run.MatchString(sc.ID)) {
			list = append(list, sc)
		}
	}
	return list
}

// Dial probes the server at target: one connection after the other, one
// scenario each. It connects to no other address.
func (s *Set) Dial(ctx context.Context, target string, o Options) (*Report, error) {
	o.defaults()
	t, err := ParseTarget(target)
	if err != nil {
		return nil, err
	}
	rep := &Report{Peer: target, Role: Server, Counts: map[Verdict]int{}}
	list := s.choose(Server, &o)
	for i, sc := range list {
		if err := ctx.Err(); err != nil {
			return rep, err
		}
		o.Progress(i, len(list), sc)
		if sc.Needs == "trigger" && o.Trigger == "" {
			rep.add(s.leftOut(sc, "no text message is known that makes the server close"))
			continue
		}
		l, err := dial(ctx, t, &o, sc.Needs == "deflate")
		if err != nil && i > 0 {
			l, err = s.again(ctx, rep, t, &o, sc, err)
		}
		if err != nil {
			if i == 0 {
				return rep, fmt.Errorf("%w: %w", ErrNoPeer, err)
			}
			rep.Stopped = fmt.Sprintf("before %s: %v", sc.ID, err)
			break
		}
		if sc.Needs == "deflate" && !l.deflate {
			l.raw.Close()
			rep.add(s.leftOut(sc, "the server did not agree to permessage-deflate"))
			continue
		}
		p := &play{link: l, sc: sc, role: Server, o: &o}
		p.run()
		findings := s.judge(p)
		if sc.Alive {
			if err := alive(ctx, t, &o); err != nil {
				findings = append(findings, finding{Wrong, "R53", "afterwards no new connection was served: " + err.Error()})
				if o.Revive != nil {
					if err := o.Revive(); err != nil {
						return rep, err
					}
				}
			}
		}
		rep.add(s.result(p, findings))
	}
	o.Progress(len(list), len(list), nil)
	return rep, nil
}

// again connects once more, to a server that served the scenario before.
// If it serves no more, that scenario is to blame.
func (s *Set) again(ctx context.Context, rep *Report, t Target, o *Options, sc *Scenario, first error) (*link, error) {
	limit := time.Now().Add(o.Timeout)
	for pause := 5 * time.Millisecond; time.Now().Before(limit) && ctx.Err() == nil; pause *= 2 {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		if l, err := dial(ctx, t, o, sc.Needs == "deflate"); err == nil {
			return l, nil
		}
	}
	if n := len(rep.Results); n > 0 && rep.Results[n-1].Verdict != LeftOut {
		last := &rep.Results[n-1]
		rep.Counts[last.Verdict]--
		rep.Counts[Wrong]++
		last.Verdict = Wrong
		last.Also = append(last.Also, last.Why)
		last.Why = "afterwards no new connection was served: " + first.Error()
	}
	if o.Revive == nil || ctx.Err() != nil {
		return nil, first
	}
	if err := o.Revive(); err != nil {
		return nil, err
	}
	return dial(ctx, t, o, sc.Needs == "deflate")
}

// alive sees whether a new connection is served as far as its Close.
func alive(ctx context.Context, t Target, o *Options) error {
	l, err := dial(ctx, t, o, false)
	if err != nil {
		return err
	}
	p := &play{link: l, role: Server, o: o, sc: &Scenario{Steps: []Step{{
		What: "Close 1000", ToServer: []byte{0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8}, Await: "close",
	}}}}
	if p.run(); p.closeAt < 0 {
		return errors.New("a Close was not answered")
	}
	return nil
}

// Listen probes the clients that connect to ln, one after the other: each
// gets the next scenario. It closes ln.
func (s *Set) Listen(ctx context.Context, ln net.Listener, o Options) (*Report, error) {
	o.defaults()
	defer ln.Close()
	stop := context.AfterFunc(ctx, func() { ln.Close() })
	defer stop()
	rep := &Report{Peer: ln.Addr().String(), Role: Client, Counts: map[Verdict]int{}}
	list := s.choose(Client, &o)
	for i, sc := range list {
		o.Progress(i, len(list), sc)
		if sc.Needs == "trigger" && o.Trigger == "" {
			rep.add(s.leftOut(sc, "no text message is known that makes the client close"))
			continue
		}
		l, err := acceptNext(ln, &o, sc.Needs == "deflate")
		if err != nil {
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			if i == 0 {
				return rep, fmt.Errorf("%w: %w", ErrNoPeer, err)
			}
			rep.Stopped = fmt.Sprintf("before %s: no client came: %v", sc.ID, err)
			return rep, nil
		}
		if sc.Needs == "deflate" && !l.deflate {
			l.raw.Close()
			rep.add(s.leftOut(sc, "the client did not offer permessage-deflate"))
			continue
		}
		p := &play{link: l, sc: sc, role: Client, o: &o}
		p.run()
		rep.add(s.result(p, s.judge(p)))
	}
	o.Progress(len(list), len(list), nil)
	return rep, nil
}

// acceptNext waits for the next connection that becomes a WebSocket.
func acceptNext(ln net.Listener, o *Options, deflate bool) (*link, error) {
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
		raw.Close() // a page loaded, a port scanned: the deadline still stands
	}
}

func (s *Set) leftOut(sc *Scenario, why string) Result {
	r := s.Rules[sc.Rule]
	return Result{ID: sc.ID, Title: sc.Title, Verdict: LeftOut, Rule: sc.Rule, Where: r.Where, Level: r.Level, Text: r.Text, Why: why}
}

// result puts the findings of a play together: the gravest decides.
func (s *Set) result(p *play, findings []finding) Result {
	worst := finding{Right, p.sc.Rule, ""}
	for _, f := range findings {
		if f.verdict.rank() > worst.verdict.rank() {
			worst = f
		}
	}
	r := s.Rules[worst.rule]
	res := Result{
		ID: p.sc.ID, Title: p.sc.Title, Verdict: worst.verdict, Why: worst.why,
		Rule: worst.rule, Where: r.Where, Level: r.Level, Text: r.Text,
		Events: p.events,
	}
	for _, f := range findings {
		if f != worst && f.verdict.rank() > Right.rank() {
			res.Also = append(res.Also, f.why)
		}
	}
	var sent, got []string
	for _, e := range p.events {
		if e.By == "prober" {
			sent = append(sent, e.What)
		} else {
			got = append(got, e.What)
		}
		res.Millis = e.At
	}
	res.Sent, res.Got = strings.Join(sent, ", "), strings.Join(got, ", ")
	return res
}
