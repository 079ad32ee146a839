package wasm

import (
	"syscall/js"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
)

// The variable connections of the page lists URLs to connect to, and how each
// connection ends.
func TestRealEvents(t *testing.T) {
	connections := js.Global().Get("connections")
	if connections.Length() == 0 {
		t.Fatal("no connections")
	}
	for i := range connections.Length() {
		c := connections.Index(i)
		want := closeevent.Event{
			Code:     closecode.Code(c.Get("code").Int()),
			Reason:   c.Get("reason").String(),
			WasClean: c.Get("wasClean").Bool(),
		}
		ws := js.Global().Get("WebSocket").New(c.Get("url"))
		events := make(chan js.Value, 1)
		onclose := js.FuncOf(func(_ js.Value, args []js.Value) any {
			events <- args[0]
			return nil
		})
		ws.Set("onclose", onclose)
		event := <-events
		onclose.Release()

		if !event.InstanceOf(js.Global().Get("CloseEvent")) || !event.Get("isTrusted").Bool() {
			t.Errorf("%+v: the browser fired something else", want)
		}
		got := closeevent.FromJS(event)
		if got != want {
			t.Errorf("FromJS gives %+v, want %+v", got, want)
		}
		// For a script, JS returns the same event again.
		again := got.JS()
		for _, name := range []string{"type", "code", "reason", "wasClean"} {
			if !again.Get(name).Equal(event.Get(name)) {
				t.Errorf("%s is %v in the event that JS made, not %v", name, again.Get(name), event.Get(name))
			}
		}
		t.Logf("FromJS: %+v", got)
	}
}
