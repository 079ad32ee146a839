package lab

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A row is a line of the page's timeline.
type row struct {
	Side string // "here": the browser; "there": the server
	What string
	MS   float64
	Text string
}

func (m row) String() string { return fmt.Sprintf("%.1f %s %s", m.MS, m.Side, m.Text) }

// shownTimeline reads the page's timeline from the page.
const shownTimeline = `[...document.querySelectorAll("#timeline tbody tr")].map((r) => ({
	Side: r.dataset.side, What: r.dataset.what, MS: Number(r.cells[0].innerText), Text: r.innerText.replaceAll("\t", " ")}))`

// TestCausality verifies in 200 runs that the timeline shows no effect before
// its cause. Chromium follows RFC 6455 §7.1.1: it fires a clean close event
// after the server has sent FIN.
func TestCausality(t *testing.T) {
	t.Parallel()
	p := open(t, desktop)
	ids := eval[[]string](p, `cases.filter((c) => !c.slow && !c.ours && !c.takesURL && c.id !== "never-ended").map((c) => c.id)`)
	for i := range 200 {
		id := ids[i%len(ids)]
		p.choose(id)
		p.press()
		rows := eval[[]row](p, shownTimeline)
		e := eval[event](p, "last.event")
		if fault := violation(id, e, rows); fault != "" {
			t.Errorf("run %d, %s: %s:\n%v", i, id, fault, rows)
		}
		if i < len(ids) && !strings.Contains(p.text("#clocks"), "±") {
			t.Errorf("%s: no uncertainty is shown: %q", id, p.text("#clocks"))
		}
	}
}

// violation describes the row that precedes its cause, or returns "".
func violation(id string, e event, rows []row) string {
	at := func(side string, whats ...string) int {
		return slices.IndexFunc(rows, func(m row) bool { return m.Side == side && slices.Contains(whats, m.What) })
	}
	opened, open, closed := at("there", "opened"), at("here", "open"), at("here", "close")
	call, received := at("here", "call"), at("there", "received")
	sent, end := at("there", "sent"), at("there", "half-closed", "closed", "reset")
	switch {
	case len(rows) == 0 || rows[0].What != "new":
		return "it does not begin with new WebSocket()"
	case opened < 0 || open < 0 || open < opened:
		return "the browser opens the connection before the server answers"
	case call >= 0 && received >= 0 && received < call:
		return "the server receives a Close frame before close is called"
	case e.Code != 1006 && (sent < 0 || closed < sent):
		return "the browser reports a code before the server sends it"
	case closed < sent && call < 0, sent < 0 && closed < end:
		return "the connection ends before the server does anything"
	case e.WasClean && (end < 0 || closed < end):
		return "a clean close precedes the end of the TCP connection"
	}
	for i := 1; i < len(rows); i++ {
		if rows[i].MS < rows[i-1].MS {
			return fmt.Sprintf("row %d is before row %d", i, i-1)
		}
	}
	return ""
}
