package lab

import (
	"context"
	"encoding/hex"
	"net/http"
	"net/url"

	"github.com/closeframe/closeframe/closetap"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/relay"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/rulebook"
	"github.com/closeframe/closeframe/internal/catalog"
)

// ownCases connect the page to the user's server. They are not part of cases,
// since the outcome depends on that server.
var ownCases = []Case{
	{ID: "own-close", Group: "own", TakesURL: true, TakesCode: true, TakesReason: true, ClientCloses: true, Code: "1000", Reason: bye},
	{ID: "own-wait", Group: "own", TakesURL: true},
}

// target returns the URL of a server, for a request's parameter.
func target(s string) (*url.URL, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "ws" && u.Scheme != "wss" || u.Hostname() == "" || u.Fragment != "" || u.User != nil {
		return nil, false
	}
	return u, true
}

// own relays a WebSocket of the page to the user's server.
func (l *lab) own(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Origin") == "" {
		// Browsers send the origin of the script.
		http.Error(w, languageOf(r).Text("lab.error.page"), http.StatusForbidden)
		return
	}
	q := r.URL.Query()
	server, ok := target(q.Get("url"))
	if !ok || !runID.MatchString(q.Get("run")) {
		http.Error(w, languageOf(r).Text("lab.error.url"), http.StatusBadRequest)
		return
	}
	p := &run{language: languageOf(r), relayed: &relayed{}, done: make(chan struct{})}
	if !l.add(q.Get("run"), p) {
		http.Error(w, languageOf(r).Text("lab.error.busy"), http.StatusConflict)
		return
	}
	defer close(p.done)
	forward := &relay.Relay{Target: server, Observe: p.relayed.observe}
	stop := context.AfterFunc(l.ctx, forward.Close)
	defer stop()
	// The server receives its own path, and no header fields for the lab.
	to := r.Clone(r.Context())
	to.URL = &url.URL{Path: server.Path, RawPath: server.RawPath, RawQuery: server.RawQuery}
	to.Header.Del("Cookie")
	to.Header.Del("Referer")
	forward.ServeHTTP(w, to)
}

// relayed is the record of one relayed connection. The relay calls observe
// before it forwards, and no two calls overlap.
type relayed struct {
	steps     []step
	toBrowser []byte // the server's Close frames
	toServer  []byte // the browser's
	refused   string
	report    closetap.Report
}

// endings maps the end of a side's transport to its text from the browser's
// view, where the relay represents the server.
var endings = map[closetap.Side]map[closetap.End]string{
	closetap.Client: {closetap.EndFIN: "end", closetap.EndReset: "peer-reset"},
	closetap.Server: {closetap.EndFIN: "half-closed", closetap.EndReset: "reset", closetap.EndTimeout: "closed", closetap.EndClosed: "closed"},
}

func (r *relayed) observe(e relay.Event) {
	note := func(what string, b []byte) {
		if what == "" || len(r.steps) == keptSteps {
			return
		}
		m := step{MS: float64(e.At.Microseconds()) / 1000, What: what, Hex: hex.EncodeToString(b[:min(len(b), keptHex)])}
		r.steps = append(r.steps, m)
	}
	switch e.Kind {
	case relay.Opened:
		note("opened", nil)
	case relay.Refused:
		r.refused = e.Err.Error()
	case relay.Framed:
		all, what := &r.toServer, "received"
		if e.From == closetap.Server {
			all, what = &r.toBrowser, "sent"
		}
		if e.Frame.Opcode != 8 {
			note(what+"-frame", e.Frame.Head)
			return
		}
		note(what, e.Frame.Head)
		*all = kept(*all, e.Frame.Head)
	case relay.Ended:
		note(endings[e.From][e.End], nil)
	case relay.Done:
		r.report = e.Report
	}
}

// result returns the result after the connection has ended.
func (r *relayed) result(lang string) result {
	first := map[closetap.Side]string{closetap.Client: "browser", closetap.Server: "server"}[r.report.ClosedFirst]
	if first == "" {
		first = "nobody"
	}
	why := ""
	if r.refused == "" {
		why = relay.Sentence(catalog.In(lang), &r.report)
	}
	res := result{
		Why:       why,
		First:     first,
		Server:    r.report.Server.Told.Event,
		Steps:     r.steps,
		ToBrowser: dissect.Bytes(r.toBrowser, dissect.Options{From: dissect.Server, Lang: lang}),
		ToServer:  dissect.Bytes(r.toServer, dissect.Options{From: dissect.Client, Lang: lang}),
		Refused:   r.refused,
	}
	for _, report := range []dissect.Report{res.ToBrowser, res.ToServer} {
		for _, f := range report.Frames {
			if v := f.Verdict; v.Rule != "" && res.Rule == "" {
				res.Rule, res.Quote, res.Href = v.Rule, v.Quote, rulebook.Href(v.Rule)
			}
		}
	}
	if s := r.report.Server; res.Rule == "" && s.Rule != "" {
		res.Rule = s.Rule
		res.Href = rulebook.Href(s.Rule)
	}
	return res
}
