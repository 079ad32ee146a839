package lab

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// known returns the profile of Chromium.
func known(t testing.TB) map[string][]string {
	t.Helper()
	for _, p := range profiles(t) {
		if p.Kind == chromium.program.Name {
			return p.Events
		}
	}
	t.Fatal("there is no profile")
	return nil
}

// TestEveryCase runs every case except the slow one, in both languages, wide
// and narrow, light and dark.
func TestEveryCase(t *testing.T) {
	events := known(t)
	for _, l := range looks {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			p := open(t, l)
			if want := map[string]string{"en-US": "en", "zh-CN": "zh-Hans"}[l.lang]; eval[string](p, "document.documentElement.lang") != want {
				t.Errorf("the page is not in %s", want)
			}
			for _, id := range eval[[]string](p, `cases.filter((c) => !c.slow && !c.takesURL).map((c) => c.id)`) {
				if testing.Short() && l != desktop && l != phone && id == "never-ended" {
					continue // two seconds
				}
				p.choose(id)
				p.press()
				seen := p.seen()
				if program := chromium.program; !slices.Contains(events[id], seen) {
					differs(t, program, id, seen, events[id])
				}
				// The page shows the recorded events.
				e := eval[struct {
					Code     int
					Reason   string
					WasClean bool
				}](p, "last.event")
				quoted, _ := json.Marshal(e.Reason)
				clean := "false"
				if e.WasClean {
					clean = "true"
				}
				shown := p.text("#browser-event")
				for _, want := range []string{eval[string](p, "String(last.event.code)"), string(quoted), clean} {
					if !strings.Contains(shown, want) {
						t.Errorf("%s: %q is not in %q", id, want, shown)
					}
				}
				if why := p.text("#why"); why == "" || why != eval[string](p, "last.server.why") {
					t.Errorf("%s: it says %q", id, why)
				}
				sent := strings.Join(eval[[]string](p, `last.server.toBrowser.frames.map((f) => f.verdict.status)`), " ")
				shownFrames := eval[int](p, `document.querySelectorAll("#frames .frame").length`)
				if want := eval[int](p, `last.server.toBrowser.frames.length + last.server.toServer.frames.length`); shownFrames != want {
					t.Errorf("%s: %d frames are shown of %d (%s)", id, shownFrames, want, sent)
				}
				faults := eval[int](p, `document.querySelectorAll("#frames tr.fault").length`)
				if strings.Contains(sent, "invalid") && faults == 0 {
					t.Errorf("%s: no fault is shown", id)
				}
				p.overflow(id)
				if m := p.text("#timeline"); strings.Contains(m, "undefined") || strings.Contains(m, "NaN") {
					t.Errorf("%s: the timeline is %q", id, m)
				}
				if eval[bool](p, `document.body.innerText.includes("undefined")`) {
					t.Errorf("%s: the page says undefined", id)
				}
				if !eval[bool](p, `timeline(last).every((m, i, all) => m.ms >= 0 && (i === 0 || m.ms >= all[i - 1].ms))`) {
					t.Errorf("%s: time goes backward: %s", id, p.text("#timeline"))
				}
			}
		})
	}
}

// TestFrames verifies that the page explains frames as decode does.
func TestFrames(t *testing.T) {
	p := open(t, desktop)
	p.visit("/?case=client&code=3000&reason=" + url.QueryEscape("tschüß 再见"))
	p.wait("last !== null")
	got := eval[[]string](p, `[...document.querySelectorAll("#frames > section:last-child tbody tr")].map((r) => [...r.cells].map((c) => c.innerText.trim()).join("|"))`)
	key := eval[string](p, `last.server.toServer.frames[0].maskingKey`)
	if len(got) < 13 || len(key) != 8 {
		t.Fatalf("%q, key %s", got, key)
	}
	for i, want := range map[int]string{
		0: "0|88 1... ....|FIN|final fragment",
		1: "|.000 ....|RSV|no reserved bit is set",
		2: "|.... 1000|opcode|8: Close",
		3: "1|91 1... ....|MASK|masked: a client sent it",
		4: "|.001 0001|length|17 bytes of payload",
		5: "2|" + key[:2] + " " + key[2:4] + " " + key[4:6] + " " + key[6:] + "|key|masking key, repeated for every four bytes",
		9: "|unmasked:||",
		// No row splits a character.
		10: "6|0b b8|code|3000 Unauthorized",
		11: "8|74 73 63 68 c3 bc c3 9f|reason|tschüß",
		12: "|20 e5 86 8d e8 a7 81||再见",
	} {
		if i >= len(got) || strings.ReplaceAll(got[i], " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Errorf("row %d: %q, want %q", i, got[min(i, len(got)-1)], want)
		}
	}
	if !strings.HasPrefix(got[6], "6|") || !strings.HasSuffix(got[6], "|masked|17 bytes") {
		t.Errorf("row 6: %q", got[6])
	}
}

// TestReasonIsNotHTML verifies that every reason is shown as plain text.
func TestReasonIsNotHTML(t *testing.T) {
	const reason = `<img src=x onerror=alert(1)><script>alert(2)</script><svg onload=alert(3)>"'&lt;`
	for i, l := range []look{desktop, phone} {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			p := open(t, l)
			for _, id := range []string{"server", "client", "byte-by-byte"} {
				if testing.Short() && (id != "server") != (i == 1) {
					continue
				}
				check := func(how string) {
					t.Helper()
					if got := eval[string](p, `last.reason`); got != reason {
						t.Errorf("%s: the reason is %q", how, got)
					}
					if n := eval[int](p, `document.querySelectorAll("main img, main svg, main script, main iframe").length`); n != 0 {
						t.Errorf("%s: the reason became %d elements", how, n)
					}
					if title := eval[string](p, "document.title"); strings.Contains(title, "<") {
						t.Errorf("%s: the title is %s", how, title)
					}
					shown := p.text("#frames") + p.text("#timeline")
					if !strings.Contains(shown, `<img src=x onerror=alert(1)>`) || !strings.Contains(shown, "&lt;") {
						t.Errorf("%s: the reason is not shown: %q", how, shown)
					}
					if id != "client" && !strings.Contains(p.text("#browser-event"), "<script>") {
						t.Errorf("%s: the event has %q", how, p.text("#browser-event"))
					}
					p.overflow(how)
				}
				p.choose(id)
				p.fill("#reason", reason)
				p.press()
				check(id + " typed")
				link := eval[string](p, `document.getElementById("link").href`)
				p.visit(strings.TrimPrefix(link, p.url))
				p.wait("last !== null")
				check(id + " by link")
			}
		})
	}
}

// TestPolicy verifies that the policy of the page forbids turning text into
// HTML, even by a script.
func TestPolicy(t *testing.T) {
	p := open(t, desktop)
	if got := eval[string](p, `(() => { try { document.body.innerHTML = "<b>"; return "done"; } catch (e) { return e.name; } })()`); got != "TypeError" {
		t.Errorf("innerHTML: %s", got)
	}
	if got := eval[string](p, `fetch("http://127.0.0.2:9/").then(() => "done", (e) => e.name)`); got != "TypeError" {
		t.Errorf("fetch from elsewhere: %s", got)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = slices.DeleteFunc(p.faults, func(f string) bool {
		return strings.Contains(f, "requires 'TrustedHTML'") || strings.Contains(f, "Content Security Policy")
	})
}

// TestArguments verifies arguments that close() rejects, and invalid requests.
func TestArguments(t *testing.T) {
	p := open(t, desktop)
	tests := []struct{ id, code, reason, event, why string }{
		{"client", "1001", "", `1005 "" wasClean true`, "3000 to 4999"},
		{"client", "65535", "", `1005 "" wasClean true`, "3000 to 4999"},
		{"client", "1000", strings.Repeat("语", 42), `1005 "" wasClean true`, "123 bytes"},
		{"client", "1000", strings.Repeat("x", 123), `1000 "" wasClean true`, "the code alone"},
		{"client", "", "", `1005 "" wasClean true`, "no code"},
		{"server", "4999", "\u202eolleh\u0007", `4999 "\u{202e}olleh\u0007" wasClean true`, "clean"},
		{"server", "1015", "", `1006 "" wasClean false`, "1015"},
		{"server", "1000", strings.Repeat("x", 124), `1006 "" wasClean false`, "125 bytes"},
	}
	for _, tt := range tests {
		p.visit("/?" + url.Values{"case": {tt.id}, "code": {tt.code}, "reason": {tt.reason}}.Encode())
		p.wait("last !== null")
		if got, why := p.seen(), p.text("#why"); got != tt.event || !strings.Contains(why, tt.why) {
			t.Errorf("%s %s %.20q: %s, %q", tt.id, tt.code, tt.reason, got, why)
		}
	}
	for _, code := range []string{"65536", "-1", "1e3", "x", "１０００"} {
		p.visit("/?" + url.Values{"case": {"server"}, "code": {code}}.Encode())
		if eval[bool](p, `document.getElementById("code").validity.valid || last !== null || document.getElementById("run").disabled`) {
			t.Errorf("%q is accepted as a code", code)
		}
	}
}

// TestInvalidInput verifies that the last result is cleared when the form no
// longer describes it.
func TestInvalidInput(t *testing.T) {
	p := open(t, desktop)
	p.press()
	if got := p.seen(); got != `1001 "server going down" wasClean true` {
		t.Fatal(got)
	}
	p.fill("#code", "70000")
	if eval[bool](p, `last !== null || !document.getElementById("result").hidden || document.getElementById("status").textContent !== ""`) {
		t.Error("the result of the last run is still shown")
	}
	p.fill("#code", "4000")
	p.press()
	if got := p.seen(); got != `4000 "server going down" wasClean true` {
		t.Error(got)
	}
}

// TestControls verifies that the select is as high as the inputs, and that the
// button for the report is in the card with the result.
func TestControls(t *testing.T) {
	for _, l := range []look{desktop, phone} {
		p := open(t, l)
		heights := eval[[]float64](p, `[...document.querySelectorAll("#form select, #form input")].filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect().height)`)
		if len(heights) != 3 || slices.Min(heights) != slices.Max(heights) || heights[0] < 24 {
			t.Errorf("%v: the heights are %v", l, heights)
		}
		if !eval[bool](p, `document.getElementById("copy").closest(".card").contains(document.getElementById("why"))`) {
			t.Errorf("%v: the button is not in the card with the result", l)
		}
	}
}

// TestDownload verifies that the table of all cases is saved as the JSON that
// the lab itself saves.
func TestDownload(t *testing.T) {
	p := open(t, desktop)
	dir := t.TempDir()
	if _, err := chromedp.CallBrowser(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir}); err != nil {
		t.Fatal(err)
	}
	if !eval[bool](p, `document.getElementById("save").hidden`) {
		t.Error("there is a button before there is a table")
	}
	p.visit("/?all=quick")
	p.wait(done)
	p.do(chromedp.Click(chromedp.CSS("#save")))
	file := filepath.Join(dir, "closeframe-lab.json")
	var all table
	for {
		b, err := os.ReadFile(file)
		if err == nil && json.Unmarshal(b, &all) == nil {
			break
		}
		if p.ctx.Err() != nil {
			t.Fatalf("%s: %v", file, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if len(all.Cases) != 22 || all.Browser != "Chromium "+chromium.program.Major() {
		t.Errorf("%d cases of %q", len(all.Cases), all.Browser)
	}
}

// TestKeyboard verifies that the page can be used with the keyboard only.
func TestKeyboard(t *testing.T) {
	p := open(t, desktop)
	focus := func() string { return eval[string](p, "document.activeElement.id || document.activeElement.className") }
	tab := func(want string) {
		t.Helper()
		for range 12 {
			p.do(chromedp.KeyEvent(kb.Tab))
			if focus() == want {
				if o := eval[string](p, "getComputedStyle(document.activeElement).outlineStyle"); o != "solid" {
					t.Errorf("%s: the focus cannot be seen: %s", want, o)
				}
				return
			}
		}
		t.Fatalf("%s is not reached, but %s", want, focus())
	}
	tab("language")
	tab("case")
	p.do(chromedp.KeyEvent(kb.End))
	for range 3 { // over the slow case and one of the user's server
		p.do(chromedp.KeyEvent(kb.ArrowUp))
	}
	if got := eval[string](p, `document.getElementById("case").value`); got != "never-ended" {
		t.Errorf("%s is chosen", got)
	}
	p.do(chromedp.KeyEvent(kb.Home))
	tab("code")
	p.do(chromedp.KeyEvent("4000"))
	tab("reason")
	p.do(chromedp.KeyEvent("keys"))
	p.do(chromedp.KeyEvent(kb.Enter))
	p.wait(`last !== null && !document.getElementById("run").disabled`)
	if got := p.seen(); got != `4000 "keys" wasClean true` {
		t.Errorf("%s", got)
	}
	tab("run")
	eval[bool](p, "(last = null) === null")
	p.do(chromedp.KeyEvent(" "))
	p.wait(`last !== null && !document.getElementById("run").disabled`)
	if focus() != "run" {
		t.Errorf("the focus is on %q", focus())
	}
	if got := p.text("#status"); !strings.Contains(got, `4000 "keys" wasClean true`) {
		t.Errorf("the status is %q", got)
	}
	tab("link")
	tab("copy")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.wait(`document.getElementById("copied").textContent !== ""`)
	tab("run-all")
	tab("with-slow")
	p.do(chromedp.KeyEvent(" "))
	if eval[bool](p, `document.getElementById("with-slow").checked`) {
		t.Error("the box is still checked")
	}
}

// TestAccessibility verifies that every control on the page has an accessible
// name.
func TestAccessibility(t *testing.T) {
	for _, l := range []look{desktop, phone} {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			p := open(t, l)
			p.visit("/?case=bad-utf8&all=quick")
			p.wait(`last !== null && document.getElementById("all").dataset.done === "true"`)
			named := []string{"button", "textbox", "combobox", "checkbox", "link", "heading", "option", "MenuListPopup", "table", "columnheader", "rowheader", "navigation", "RootWebArea"}
			count := map[string]int{}
			for _, n := range call(p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
				if n.Ignored || n.Role == nil {
					continue
				}
				role := text(n.Role)
				count[role]++
				if name := text(n.Name); slices.Contains(named, role) && role != "MenuListPopup" && strings.TrimSpace(name) == "" && !(role == "table" && count[role] < 9) {
					t.Errorf("a %s has no name", role)
				}
			}
			for role, least := range map[string]int{"button": 3, "textbox": 0, "combobox": 1, "checkbox": 1, "link": 20, "heading": 8, "option": 20,
				"table": 4, "columnheader": 12, "rowheader": 20, "main": 1, "navigation": 1, "status": 3} {
				if count[role] < least {
					t.Errorf("%d of role %s, want %d", count[role], role, least)
				}
			}
		})
	}
}

// text returns the text of a value, or "".
func text(v *accessibility.Value) (s string) {
	if v != nil {
		json.Unmarshal(v.Value, &s)
	}
	return s
}

// TestCopy verifies that the copied report is complete.
func TestCopy(t *testing.T) {
	p := open(t, desktop)
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		if _, err := chromedp.CallBrowser(p.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted, Origin: p.url}); err != nil {
			t.Fatal(err)
		}
	}
	p.visit("/?case=one-byte")
	p.wait("last !== null")
	p.do(chromedp.Click(chromedp.CSS("#copy")))
	p.wait(`document.getElementById("copied").textContent !== ""`)
	got := eval[string](p, `document.getElementById("report").value`)
	for _, want := range []string{p.url + "/?case=one-byte&lang=en", "Chrome/" + chromium.program.Major(), "88 01 03", `1006 "" wasClean false`, "RFC 6455 §5.5.1", "ms  server: "} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the report:\n%s", want, got)
		}
	}
	switch eval[string](p, `document.getElementById("copied").textContent`) {
	case "Copied.":
		if clip := eval[string](p, "navigator.clipboard.readText()"); clip != got {
			t.Errorf("the clipboard has %q", clip)
		}
	default:
		t.Errorf("it says %q", p.text("#copied"))
	}

	// If copying is not allowed, the text is shown for copying by hand.
	eval[bool](p, `(() => { Clipboard.prototype.writeText = () => Promise.reject(new Error("no")); return true; })()`)
	p.do(chromedp.Click(chromedp.CSS("#copy")))
	p.wait(`!document.getElementById("report").hidden`)
	if sel := eval[string](p, `(() => { const r = document.getElementById("report"); return r.value.slice(r.selectionStart, r.selectionEnd); })()`); sel != got {
		t.Errorf("%q is selected", sel)
	}
}

// TestOtherLanguage verifies that the link to the other language leads to the
// same case.
func TestOtherLanguage(t *testing.T) {
	p := open(t, desktop)
	p.choose("both")
	p.fill("#code", "4242")
	p.press()
	p.do(chromedp.Click(chromedp.CSS("a.language")), chromedp.WaitReady(chromedp.CSS(`html[lang="zh-Hans"] body[data-ready]`)))
	p.wait(`last !== null`)
	if got := eval[string](p, `last.case.id + " " + last.code`); got != "both 4242" {
		t.Errorf("%s", got)
	}
	if got := p.text("#run"); got != "关闭" {
		t.Errorf("the button says %q", got)
	}
}
