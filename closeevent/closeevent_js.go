package closeevent

import (
	"syscall/js"

	"github.com/closeframe/closeframe/closecode"
)

// FromJS returns what v says, a DOM CloseEvent such as WebSocket.onclose gets
// (GOOS=js only). It panics if v is not one, as package [syscall/js] does.
func FromJS(v js.Value) CloseEvent {
	return CloseEvent{
		Code:     closecode.Code(v.Get("code").Int()),
		Reason:   v.Get("reason").String(),
		WasClean: v.Get("wasClean").Bool(),
	}
}

// JS returns a new DOM CloseEvent of type "close" that says what e does, to
// dispatch to whoever listens to a WebSocket (GOOS=js only). Its reason is
// e.Reason with U+FFFD in place of what is not UTF-8. JS panics where there
// is no CloseEvent constructor, such as in Node.js before version 23.
func (e CloseEvent) JS() js.Value {
	return js.Global().Get("CloseEvent").New("close", map[string]any{
		"code":     int(e.Code),
		"reason":   e.Reason,
		"wasClean": e.WasClean,
	})
}
