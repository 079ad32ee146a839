package closeevent

import (
	"syscall/js"

	"github.com/closeframe/closeframe/closecode"
)

// FromJS returns the Event of v, a DOM CloseEvent such as the argument of
// WebSocket.onclose (WHATWG WebSockets Standard; GOOS=js only). It panics if v
// is not one, as package [syscall/js] does.
func FromJS(v js.Value) Event {
	return Event{
		Code:     closecode.Code(v.Get("code").Int()),
		Reason:   v.Get("reason").String(),
		WasClean: v.Get("wasClean").Bool(),
	}
}

// JS returns a new DOM CloseEvent of type "close" with the fields of e, to
// dispatch to the listeners of a WebSocket (WHATWG WebSockets Standard; GOOS=js
// only). Its reason is e.Reason with U+FFFD in place of invalid UTF-8. JS
// panics where there is no CloseEvent constructor, such as in Node.js before
// version 23.
func (e Event) JS() js.Value {
	// Go's wasm_exec.js removes a U+FEFF at the beginning of a string as a byte
	// order mark. In a reason it is an ordinary character, so another character
	// is put before it.
	reason := js.Global().Get("String").New(" "+e.Reason).Call("slice", 1)
	return js.Global().Get("CloseEvent").New("close", map[string]any{
		"code":     int(e.Code),
		"reason":   reason,
		"wasClean": e.WasClean,
	})
}
