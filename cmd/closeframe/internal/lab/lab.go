// Package lab is the server of closeframe lab. On its page, a browser and this
// module close WebSocket connections with each other in every valid and invalid
// way, and the page shows the events at both ends.
//
// All files of the page are embedded. The server is for use on the local
// machine only: it refuses requests for hosts other than loopback, and requests
// from pages of other origins.
package lab

import (
	"context"
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/closeframe/closeframe/internal/catalog"
	"github.com/closeframe/closeframe/internal/catalog/match"
)

//go:embed page profiles.json
var files embed.FS

var page = template.Must(template.New("index.html").ParseFS(files, "page/index.html"))

// scripts lists the scripts of the page in the order in which they run. The
// last one uses the others.
var scripts = []string{"frames.js", "timeline.js", "compare.js", "table.js", "lab.js"}

// policy allows the page to load its own scripts and style, and to connect to
// its own server. It forbids inline scripts and HTML created by scripts.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws://%HOST%; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// A Config holds the options of a lab. The zero Config is ready to use.
type Config struct {
	// Save, if not nil, is called with the table of all cases as JSON, each
	// time a page has completed it.
	Save func(table []byte) error
}

// Handler returns the handler that serves the page and plays the server's part
// in its cases. It ends the connections of cases once ctx is done.
func Handler(ctx context.Context, config Config) http.Handler {
	l := &lab{ctx: ctx, config: config, runs: map[string]*run{}}
	static, err := fs.Sub(files, "page")
	if err != nil {
		panic(err) // the directory is embedded
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", l.index)
	for _, file := range append([]string{"lab.css", "icon.svg"}, scripts...) {
		mux.Handle("GET /"+file, http.FileServerFS(static))
	}
	mux.HandleFunc("GET /words.json", func(w http.ResponseWriter, r *http.Request) { writeJSON(w, script(languageOf(r))) })
	mux.HandleFunc("GET /cases.json", l.list)
	mux.HandleFunc("GET /profiles.json", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "profiles.json") })
	mux.HandleFunc("GET /code.json", code)
	mux.HandleFunc("GET /ws", l.socket)
	mux.HandleFunc("GET /own", l.own)
	mux.HandleFunc("GET /play", l.playOurselves)
	mux.HandleFunc("GET /result", l.result)
	mux.HandleFunc("POST /table", l.saveTable)
	return guard(mux)
}

// guard refuses requests that do not come from the page on this machine.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopback(r.Host) {
			// A page has a host name that resolves to this machine.
			http.Error(w, languageOf(r).Text("lab.error.host"), http.StatusForbidden)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
			http.Error(w, languageOf(r).Text("lab.error.page"), http.StatusForbidden)
			return
		}
		switch r.Header.Get("Sec-Fetch-Site") {
		case "", "same-origin", "none":
		default:
			if r.URL.Path != "/" { // following a link to the page is allowed
				http.Error(w, languageOf(r).Text("lab.error.page"), http.StatusForbidden)
				return
			}
		}
		h := w.Header()
		h.Set("Content-Security-Policy", strings.ReplaceAll(policy, "%HOST%", r.Host))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		// Together with the opener policy, this gives scripts a more precise
		// clock.
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
		next.ServeHTTP(w, r)
	})
}

// loopback reports whether host, with or without a port, is a loopback name or
// address.
func loopback(host string) bool {
	if name, port, err := net.SplitHostPort(host); err == nil {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return false
		}
		host = name
	} else if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Zone() == "" && ip.IsLoopback()
}

// languageOf returns the language for the response to r: that of the parameter
// lang, or else the browser's preferred one.
func languageOf(r *http.Request) *catalog.Language {
	var prefs []language.Tag
	if q := r.URL.Query().Get("lang"); q != "" {
		if t, err := language.Parse(q); err == nil {
			prefs = append(prefs, t)
		}
	}
	accepted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err == nil {
		prefs = append(prefs, accepted...)
	}
	l, _ := match.Language(prefs...)
	return l
}

func (l *lab) index(w http.ResponseWriter, r *http.Request) {
	language := languageOf(r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Accept-Language")
	type other struct{ Tag, Name, Link string }
	var others []other
	for _, t := range catalog.Languages() {
		if t != language.Tag() {
			q := r.URL.Query()
			q.Set("lang", t)
			others = append(others, other{t, catalog.In(t).Text("lab.language"), "?" + q.Encode()})
		}
	}
	// The only possible error is a closed connection.
	_ = page.Execute(w, struct {
		Lang    string
		Text    map[string]string
		Groups  []group
		Others  []other
		Save    bool
		Scripts []string
	}{language.Tag(), language.Section("lab.page"), groups(language), others, l.config.Save != nil, scripts})
}

func (l *lab) list(w http.ResponseWriter, r *http.Request) {
	var all []namedCase
	for _, g := range groups(languageOf(r)) {
		all = append(all, g.Cases...)
	}
	writeJSON(w, all)
}

// code describes a code.
func code(w http.ResponseWriter, r *http.Request) {
	c, _, err := arguments(r.URL.Query())
	if err != nil {
		http.Error(w, languageOf(r).Text("error.is", err), http.StatusBadRequest)
		return
	}
	t := languageOf(r).Code(c)
	writeJSON(w, struct {
		Name    string `json:"name"` // the registered name
		Title   string `json:"title"`
		Meaning string `json:"meaning"`
	}{c.Name(), t.Title, t.What})
}

var runID = regexp.MustCompile(`^[0-9a-f]{16}$`)

// start adds a new run of the case that r requests.
func (l *lab) start(w http.ResponseWriter, r *http.Request) (*run, bool) {
	q := r.URL.Query()
	c, ok := caseOf(q.Get("case"))
	if !ok || !runID.MatchString(q.Get("run")) {
		http.Error(w, languageOf(r).Text("lab.error.run"), http.StatusBadRequest)
		return nil, false
	}
	code, reason, err := arguments(q)
	if err != nil {
		http.Error(w, languageOf(r).Text("error.is", err), http.StatusBadRequest)
		return nil, false
	}
	p := &run{c: c, code: code, reason: reason, language: languageOf(r), done: make(chan struct{})}
	if !l.add(q.Get("run"), p) {
		http.Error(w, languageOf(r).Text("lab.error.busy"), http.StatusConflict)
		return nil, false
	}
	return p, true
}

// result waits for the end of a run and responds with the server's record.
func (l *lab) result(w http.ResponseWriter, r *http.Request) {
	p := l.get(r.URL.Query().Get("run"))
	if p == nil {
		http.Error(w, languageOf(r).Text("lab.error.noRun"), http.StatusNotFound)
		return
	}
	select {
	case <-p.done:
		writeJSON(w, p.result())
	case <-r.Context().Done():
	case <-time.After(longest + 2*closeTimeout):
		http.Error(w, languageOf(r).Text("lab.error.unfinished"), http.StatusGatewayTimeout)
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	e := json.NewEncoder(w)
	e.SetEscapeHTML(true)
	_ = e.Encode(v) // the only possible error is a closed connection
}
