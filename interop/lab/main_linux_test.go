package lab

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"

	"github.com/closeframe/closeframe/interop/browsers/browser"
)

// chromium is one browser process for all tests. Each test has its own tab.
var chromium struct {
	program   browser.Program
	allocator context.Context
	err       error
}

// command is the closeframe command of all tests.
var command struct {
	path string
	err  error
}

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "4") // they mostly wait
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	var process *browser.Process
	chromium.program, chromium.err = browser.Find(browser.Chromium)
	if chromium.err == nil {
		process, chromium.err = chromium.program.Start(ctx, "about:blank", "--remote-debugging-port=0")
	}
	if chromium.err == nil {
		var address string
		if address, chromium.err = process.DevTools(ctx); chromium.err == nil {
			chromium.allocator, _ = remote.NewAllocator(ctx, address, remote.NoModifyURL)
		}
	}
	dir, err := os.MkdirTemp("", "closeframe-")
	if err != nil {
		panic(err)
	}
	command.path, command.err = build(dir)
	status := m.Run()
	os.RemoveAll(dir)
	if process != nil {
		process.Stop()
	}
	cancel()
	os.Exit(status)
}

// A look is a configuration of the page: language, size and color scheme.
type look struct {
	lang  string // the preferred color scheme
	width int64
	dark  bool
}

func (l look) String() string { return fmt.Sprintf("%s-%d", l.lang, l.width) }

var (
	desktop = look{"en-US", 1200, false}
	phone   = look{"zh-CN", 390, false}
	looks   = []look{desktop, {"zh-CN", 1200, true}, {"en-US", 390, true}, phone}
)

// A tab is a page of the lab in Chromium.
type tab struct {
	testing.TB
	ctx context.Context
	url string // of the lab, without the last slash

	mu     sync.Mutex
	faults []string // errors and dialogs, which must not occur
}

// open starts a lab and opens it in a new tab.
func open(t testing.TB, l look) *tab {
	t.Helper()
	if chromium.err != nil {
		t.Fatal(chromium.err)
	}
	url := start(t).url
	ctx, cancel := chromedp.NewContext(chromium.allocator)
	t.Cleanup(cancel)
	p := &tab{TB: t, url: url}
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatal(err)
	}
	p.ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, f := range p.faults {
			t.Error(f)
		}
	})
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	call(p, log.Enable, cdp.Empty{})
	call(p, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": l.lang}})
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: l.width, Height: 900, DeviceScaleFactor: 1, Mobile: l.width < 600})
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	p.visit("/")
	return p
}

// listen records errors, and dialogs, which only an injected script opens.
func (p *tab) listen(event any) {
	fault := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		fault = (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error()
	case *runtime.EventConsoleAPICalled:
		fault = fmt.Sprintf("console.%s was called", e.Type)
		for _, a := range e.Args {
			fault += fmt.Sprintf(" %s", a.Value)
		}
	case *log.EventEntryAdded:
		// Chromium reports failed WebSockets, which many cases expect.
		if !strings.HasPrefix(e.Entry.Text, "WebSocket connection to ") {
			fault = fmt.Sprintf("%s %s: %s %s", e.Entry.Level, e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *page.EventJavascriptDialogOpening:
		fault = "a dialog: " + e.Message
	}
	if fault != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.faults = append(p.faults, fault)
	}
}

// call runs an action of Chromium in the tab.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.Helper()
	r, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.Fatalf("%s: %v", command.Method, err)
	}
	return r
}

// do runs actions in the tab.
func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.Fatal(err)
	}
}

// visit opens a page of the lab and waits until its script has started.
func (p *tab) visit(path string) {
	p.Helper()
	p.do(chromedp.Navigate(p.url+path), chromedp.WaitReady(chromedp.CSS("body[data-ready]")))
}

// eval returns the value of an expression.
func eval[T any](p *tab, expression string) T {
	p.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, func(e *runtime.EvaluateParams) { e.AwaitPromise = new(true) }))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return v
}

// text returns the text of an element.
func (p *tab) text(selector string) string {
	p.Helper()
	return eval[string](p, "document.querySelector("+js(selector)+").innerText")
}

// js returns s as a literal of JavaScript.
func js(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings can be marshaled
	}
	return string(b)
}

// wait waits until an expression is true.
func (p *tab) wait(expression string) {
	p.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(100*time.Second), chromedp.WithPollingInterval(10*time.Millisecond))); err != nil {
		p.Fatalf("waiting for %s: %v", expression, err)
	}
}

// choose chooses a case in the form.
func (p *tab) choose(id string) {
	p.Helper()
	eval[bool](p, `(() => { const s = document.getElementById("case"); s.value = `+js(id)+`; s.dispatchEvent(new Event("change", {bubbles: true})); return s.value === `+js(id)+`; })()`)
}

// fill types a text into a field in place of what was there.
func (p *tab) fill(selector, text string) {
	p.Helper()
	eval[bool](p, `(() => { document.querySelector(`+js(selector)+`).select(); return true; })()`)
	p.do(chromedp.KeyEvent(text))
}

// press presses the button and waits for the result.
func (p *tab) press() {
	p.Helper()
	eval[bool](p, `(() => { last = null; return true; })()`)
	p.do(chromedp.Click(chromedp.CSS("#run")))
	p.wait(`last !== null && !document.getElementById("run").disabled`)
}

// seen returns the event recorded by the page, as a line of a profile.
func (p *tab) seen() string {
	p.Helper()
	return eval[string](p, "line(last.event)")
}

// overflow fails the test if the page is wider than the window.
func (p *tab) overflow(what string) {
	p.Helper()
	if over := eval[int](p, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
		p.Errorf("%s: the page is %d pixels wider than the window", what, over)
	}
}
