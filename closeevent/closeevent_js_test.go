package closeevent_test

import (
	"syscall/js"
	"testing"

	"github.com/closeframe/closeframe/closeevent"
)

// FromJS reads three properties, so a plain object is enough if there is no
// CloseEvent constructor.
//
// Shows: W05
func TestFromJS(t *testing.T) {
	for _, want := range []closeevent.Event{
		{},
		{Code: 1006},
		{Code: 4999, Reason: "再见 \U0001f44b", WasClean: true},
	} {
		v := js.ValueOf(map[string]any{"code": int(want.Code), "reason": want.Reason, "wasClean": want.WasClean})
		if got := closeevent.FromJS(v); got != want {
			t.Errorf("FromJS gives %+v, want %+v", got, want)
		}
	}
}

func TestFromJSPanics(t *testing.T) {
	for _, v := range []js.Value{js.Undefined(), js.Null(), js.ValueOf(1000), js.ValueOf(map[string]any{})} {
		if !panics(func() { closeevent.FromJS(v) }) {
			t.Errorf("FromJS takes %v for a CloseEvent", v)
		}
	}
}

// In browsers, and in Node.js from version 23, JS returns a real CloseEvent.
// Otherwise it panics, which the test verifies.
//
// Shows: W05 W08
func TestJS(t *testing.T) {
	constructor := js.Global().Get("CloseEvent")
	if constructor.IsUndefined() {
		if !panics(func() { closeevent.Event{Code: 1000}.JS() }) {
			t.Error("JS made a CloseEvent from nothing")
		}
		t.Log("this runtime has no CloseEvent: JS panics, as it should")
		return
	}
	t.Log("this runtime has a CloseEvent")
	for _, want := range []closeevent.Event{
		{},
		{Code: 1006},
		{Code: 1005, WasClean: true},
		{Code: 65535, Reason: "x"},
		{Code: 4999, Reason: "再见 \U0001f44b \"\x00\n", WasClean: true},
		{Code: 1000, Reason: "\ufeff\ufeffa character like any other", WasClean: true},
	} {
		// A listener receives the event as if a WebSocket had fired it.
		target := js.Global().Get("EventTarget").New()
		var got []closeevent.Event
		listener := js.FuncOf(func(_ js.Value, args []js.Value) any {
			e := args[0]
			if !e.InstanceOf(constructor) || e.Get("type").String() != "close" {
				t.Errorf("%+v is no CloseEvent called close", want)
			}
			got = append(got, closeevent.FromJS(e))
			return nil
		})
		target.Call("addEventListener", "close", listener)
		target.Call("dispatchEvent", want.JS())
		listener.Release()
		if len(got) != 1 || got[0] != want {
			t.Errorf("the listener got %+v, want %+v once", got, want)
		}
	}
	// A DOMString cannot contain ill-formed UTF-8.
	if got := closeevent.FromJS(closeevent.Event{Reason: "a\xffb"}.JS()).Reason; got != "a\ufffdb" {
		t.Errorf("an ill-formed reason becomes %q", got)
	}
	// The zero CloseEvent has the defaults of CloseEventInit.
	if got := closeevent.FromJS(constructor.New("close")); got != (closeevent.Event{}) {
		t.Errorf("the defaults are %+v", got)
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}
