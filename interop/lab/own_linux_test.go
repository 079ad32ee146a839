package lab

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/examples/stack"
)

// ownServer starts a user's server. At /closes it closes with 1001; at any
// other path it waits for the client's Close frame.
func ownServer(t testing.TB) (url string) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := stack.Upgrade(w, r, stack.Config{})
		if err != nil {
			return
		}
		if r.URL.Path == "/closes" {
			go c.Close(closecode.GoingAway, "deploy")
		}
		for err == nil {
			_, _, err = c.Read(nil)
		}
	}))
	t.Cleanup(s.Close)
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

// TestOwnServer verifies that the page shows both sides of a connection to the
// user's server.
func TestOwnServer(t *testing.T) {
	url := ownServer(t)
	for _, l := range []look{desktop, phone} {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			p := open(t, l)
			check := func(told, server, first string) {
				t.Helper()
				if got := p.seen(); got != told {
					t.Errorf("the browser is told %s, want %s", got, told)
				}
				if got := eval[string](p, "line(last.server.server)"); got != server {
					t.Errorf("the server is told %s, want %s", got, server)
				}
				if got := eval[string](p, "last.server.first"); got != first {
					t.Errorf("the first to close is %s, want %s", got, first)
				}
				rows := eval[[]row](p, shownTimeline)
				if fault := violation("", eval[event](p, "last.event"), rows); fault != "" {
					t.Errorf("%s: %v", fault, rows)
				}
				if frames := eval[int](p, `document.querySelectorAll("#frames .frame").length`); frames != 2 {
					t.Errorf("%d frames are shown, want 2", frames)
				}
				if clean := map[look]string{desktop: "clean on both sides", phone: "双方均正常关闭"}[l]; !strings.Contains(p.text("#why"), clean) {
					t.Errorf("it says %q", p.text("#why"))
				}
				if eval[bool](p, `document.body.innerText.includes("undefined")`) {
					t.Error("the page says undefined")
				}
				p.overflow("own server")
			}
			p.choose("own-wait")
			p.fill("#url", url+"/closes")
			p.press()
			check(`1001 "deploy" wasClean true`, `1001 "deploy" wasClean true`, "server") // Chromium echoes the reason

			p.choose("own-close")
			p.fill("#url", url)
			p.press()
			check(`1000 "" wasClean true`, `1000 "see you" wasClean true`, "browser")

			p.choose("own-wait")
			eval[bool](p, `(last = null) === null`)
			p.do(chromedp.Click(chromedp.CSS("#run")), chromedp.WaitVisible(chromedp.CSS("#stop")), chromedp.Click(chromedp.CSS("#stop")))
			p.wait(`last !== null && !document.getElementById("run").disabled`)
			check(`1005 "" wasClean true`, `1005 "" wasClean true`, "browser")
		})
	}
}

// TestOwnServerRefused verifies that the page shows why a connection failed,
// and that a link does not connect by itself.
func TestOwnServerRefused(t *testing.T) {
	p := open(t, desktop)
	url := ownServer(t)
	p.visit("/?case=own-close&url=" + url)
	if eval[bool](p, `document.getElementById("run").disabled`) || eval[string](p, `document.getElementById("url").value`) != url {
		t.Error("the link connects by itself")
	}
	p.press()
	p.fill("#url", "http://127.0.0.1/")
	if eval[bool](p, `document.getElementById("url").validity.valid || last !== null`) {
		t.Error("an http URL is accepted")
	}
	p.fill("#url", "ws://127.0.0.1:9/")
	p.do(chromedp.Click(chromedp.CSS("#run")))
	p.wait(`!document.getElementById("run").disabled && document.getElementById("status").textContent !== ""`)
	if got := p.text("#status"); !strings.Contains(got, "refused") {
		t.Errorf("it says %q", got)
	}
}
