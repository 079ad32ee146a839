package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
)

// TestLimits verifies how many runs are kept and how many may go on at once.
func TestLimits(t *testing.T) {
	l := &lab{ctx: t.Context(), runs: map[string]*run{}}
	ended := make(chan struct{})
	close(ended)
	for i := range 3 * most {
		id := fmt.Sprint(i)
		if !l.add(id, &run{done: ended}) {
			t.Fatalf("run %d is refused", i)
		}
		if l.add(id, &run{done: ended}) {
			t.Fatalf("run %d is accepted twice", i)
		}
	}
	if len(l.runs) != most || len(l.order) != most || l.get("0") != nil || l.get(fmt.Sprint(3*most-1)) == nil {
		t.Errorf("%d runs are kept", len(l.runs))
	}
	going := make(chan struct{})
	for i := range atOnce {
		if !l.add(fmt.Sprint("going", i), &run{done: going}) {
			t.Fatalf("run %d at once is refused", i)
		}
	}
	if l.add("another", &run{done: going}) {
		t.Error("a run over the limit is accepted")
	}
	close(going)
	for i := range most {
		l.add(fmt.Sprint("more", i), &run{done: ended})
	}
	if len(l.runs) != most || l.get("going0") != nil {
		t.Error("the runs that have ended are kept")
	}
}

// TestRecorderIsBounded verifies that the record of a connection is bounded,
// whatever the peer sends.
func TestRecorderIsBounded(t *testing.T) {
	r := &recorder{begin: time.Now()}
	for range 3 * keptSteps {
		r.note("received", make([]byte, 1000)...)
		r.note("sent", make([]byte, 1000)...)
	}
	if len(r.steps) != keptSteps || len(r.sent) != keptBytes || len(r.received) != keptBytes {
		t.Errorf("%d steps, %d bytes sent, %d received", len(r.steps), len(r.sent), len(r.received))
	}
	if want := strings.Repeat("00", keptHex) + "…"; r.steps[0].Hex != want {
		t.Errorf("%s", r.steps[0].Hex)
	}
	r.note("closed")
	r.note("end")
	if r.over() != true || r.steps[len(r.steps)-1].What == "end" {
		t.Error("a step after the end is recorded")
	}
}

// FuzzQuery verifies that no query causes a panic, and that a refused query
// starts no run.
func FuzzQuery(f *testing.F) {
	for _, c := range cases {
		f.Add("case=" + c.ID + "&code=" + c.Code + "&run=0123456789abcdef&reason=" + url.QueryEscape(c.Reason))
	}
	f.Add("case=server&run=0123456789abcdef&code=65536")
	f.Add("case=server&run=0123456789abcdef&code=-1&reason=%ff%00")
	f.Add("case=server&run=x&lang=%ff;;;&lang=zh")
	f.Add("%")
	f.Fuzz(func(t *testing.T, query string) {
		l := &lab{ctx: context.Background(), runs: map[string]*run{}}
		r := httptest.NewRequest("GET", "http://localhost/ws", nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		p, ok := l.start(w, r)
		if !ok {
			if len(l.runs) != 0 || w.Code < 400 || p != nil {
				t.Errorf("%d, and %d runs", w.Code, len(l.runs))
			}
			return
		}
		if len(l.runs) != 1 || len(p.reason) > maxReason {
			t.Errorf("%+v", p)
		}
		// The frame has the requested code and reason, and the parser agrees.
		b := p.bytes()
		d := dissect.Bytes(b, dissect.Options{From: dissect.Server})
		if len(d.Frames) != 1 || d.Frames[0].Size != len(b) || d.Frames[0].Close.Code != p.code {
			t.Errorf("% x: %+v", b, d)
		}
		if _, err := json.Marshal(p.result()); err != nil {
			t.Error(err)
		}
	})
}
