package lab

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// TestGuard verifies that only requests of the page itself, on this machine, are
// answered.
func TestGuard(t *testing.T) {
	h := Handler(t.Context(), Config{})
	const here = "127.0.0.1:6455"
	tests := []struct {
		path, host, origin, site string
		status                   int
	}{
		{"/", here, "", "", 200},
		{"/", "localhost:6455", "", "none", 200},
		{"/", "LOCALHOST", "", "", 200},
		{"/", "[::1]:6455", "", "", 200},
		{"/", "[::1]", "", "", 200},
		{"/", "127.8.9.10:1", "", "", 200},
		{"/", here, "", "cross-site", 200}, // a link
		{"/lab.js", here, "", "same-origin", 200},
		{"/lab.js", here, "http://" + here, "same-origin", 200},
		{"/words.json", here, "", "", 200},
		{"/icon.svg", here, "", "", 200},

		{"/", "example.com", "", "", 403}, // a name that resolves to this machine
		{"/", "example.com:6455", "", "", 403},
		{"/", "127.0.0.1.example.com", "", "", 403},
		{"/", "localhost.example.com:6455", "", "", 403},
		{"/", "192.0.2.1:6455", "", "", 403},
		{"/", "127.0.0.1:6455;script-src", "", "", 403},
		{"/", "[::1%25lo]:6455", "", "", 403},
		{"/", "0.0.0.0:6455", "", "", 403},
		{"/", "", "", "", 403},
		{"/", here, "http://example.com", "", 403},
		{"/", here, "null", "", 403},
		{"/", here, "http://127.0.0.1:80", "", 403}, // another port
		{"/", here, "https://" + here, "", 403},
		{"/lab.js", here, "", "cross-site", 403},
		{"/words.json", here, "", "same-site", 403},
		{"/play?case=unmasked&run=0123456789abcdef", here, "", "cross-site", 403},
		{"/ws?case=server&run=0123456789abcdef", here, "http://example.com", "", 403},
		{"/ws?case=server&run=0123456789abcdef", here, "", "", 403}, // no browser
		{"/ws?case=server&run=0123456789abcdef", here, "http://" + here, "same-origin", 426},

		{"/nothing", here, "", "", 404},
		{"/page/index.html", here, "", "", 404},
		{"/result?run=0123456789abcdee", here, "", "", 404},
		{"/play?case=server&run=0123456789abcdef", here, "", "", 400},
		{"/code.json?code=x", here, "", "", 400},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("GET", tt.path, nil)
		r.Host = tt.host
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		if tt.site != "" {
			r.Header.Set("Sec-Fetch-Site", tt.site)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%+v: %d %s", tt, w.Code, w.Body)
		}
		if p := w.Header().Get("Content-Security-Policy"); w.Code == 200 && !strings.Contains(p, "default-src 'none'; script-src 'self'; ") {
			t.Errorf("%+v: the policy is %q", tt, p)
		}
	}
	r := httptest.NewRequest("POST", "http://"+here+"/", nil)
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

// TestErrorLanguage verifies that errors are in the language of the request.
func TestErrorLanguage(t *testing.T) {
	h := Handler(t.Context(), Config{})
	const run = "run=0123456789abcdef"
	for _, tt := range []struct{ request, host, english string }{
		{"GET /", "example.com", "only loopback hosts"},
		{"GET /own?" + run, "localhost", "only requests of its own page"},
		{"GET /ws?" + run, "localhost", "only requests of its own page"},
		{"GET /play?case=server", "localhost", "a browser plays that case"},
		{"GET /result?" + run, "localhost", "no such run"},
		{"GET /code.json?code=x", "localhost", `"x" is not a number from 0 to 65535`},
		{"GET /code.json?reason=" + strings.Repeat("x", maxReason+1), "localhost", "more than 1000 bytes"},
		{"POST /table", "localhost", "without -save"},
	} {
		for accept, want := range map[string]string{"en": tt.english, "zh": ""} {
			method, path, _ := strings.Cut(tt.request, " ")
			r := httptest.NewRequest(method, path, nil)
			r.Host = tt.host
			r.Header.Set("Accept-Language", accept)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if b := w.Body.String(); w.Code < 400 || !strings.Contains(b, want) || chinese.MatchString(b) != (accept == "zh") {
				t.Errorf("%.40s in %s: %d %s", tt.request, accept, w.Code, b)
			}
		}
	}
}

var chinese = regexp.MustCompile(`\p{Han}`)

// TestLanguage verifies the language of the page.
func TestLanguage(t *testing.T) {
	h := Handler(t.Context(), Config{})
	tests := []struct{ query, accept, want string }{
		{"", "", "en"},
		{"", "de", "en"},
		{"", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"},
		{"", "zh-TW", "zh-Hans"},
		{"", "zh-TW,en-US;q=0.7,en;q=0.3", "zh-Hans"}, // Firefox in Traditional Chinese
		{"", "en-US,en;q=0.9,zh;q=0.8", "en"},
		{"", "vo, zh;q=0.5", "zh-Hans"},
		{"", "!!", "en"},
		{"?lang=zh", "en", "zh-Hans"},
		{"?lang=zh-TW", "en", "zh-Hans"},
		{"?lang=en", "zh", "en"},
		{"?lang=%22%3E%3Cscript%3E", "zh", "zh-Hans"},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("GET", "http://localhost/"+tt.query, nil)
		r.Header.Set("Accept-Language", tt.accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if b := w.Body.String(); !strings.Contains(b, `<html lang="`+tt.want+`">`) || strings.Contains(b, "<script>") {
			t.Errorf("%+v: %.100s", tt, b)
		}
	}
}

// TestQueryIsNotHTML verifies that texts from requests never become HTML.
func TestQueryIsNotHTML(t *testing.T) {
	l := newClient(t)
	evil := `"'><img src=x onerror=alert(1)>`
	_, page := l.get("/?" + url.Values{"case": {evil}, "code": {evil}, "reason": {evil}, evil: {evil}}.Encode())
	if strings.Contains(string(page), "<img") || strings.Contains(string(page), "'>") {
		t.Errorf("%s", page)
	}
	_, res := l.play(url.Values{"case": {"server"}, "code": {"1000"}, "reason": {evil}})
	if got := res.ToBrowser.Frames[0].Close.Reason; got != evil {
		t.Errorf("the reason is %q", got)
	}
}
