package closeevent

import (
	"syscall/js"

	"github.com/closeframe/closeframe/closecode"
)

// FromJS returns what v says, a DOM CloseEvent such as WebSocket.onclose gets
// (WHATWG WebSockets Standard; GOOS=js only). It panics if v is not one, as package [syscall/js] does.
func FromJS(v js.Value) Event {
	return Event{
		Code:     closecode.Code(v.Get("code").Int()),
		Reason:   v.Get("reason").String(),
		WasClean: v.Get("wasClean").Bool(),
	}
}

// JS returns a new DOM CloseEvent of type "close" that says what e does, to
// dispatch to whoever listens to a WebSocket (WHATWG WebSockets Standard;
// GOOS=js only). Its reason is
// e.Reason with U+FFFD in place of what is not UTF-8. JS panics where there
// is no CloseEvent constructor, such as in Node.js before version 23.
func (e Event) JS() js.Value {
	// On its way to JavaScript a string loses a U+FEFF at its beginning, which
	// Go's wasm_exec.js takes for a byte order mark. In a reason it is a
	// character like any other, so it must not stand at the beginning.
	reason := js.Global().Get("String").New(" "+e.Reason).Call("slice", 1)
	return js.Global().Get("CloseEvent").New("close", map[string]any{
		"code":     int(e.Code),
		"reason":   reason,
		"wasClean": e.WasClean,
	})
}
