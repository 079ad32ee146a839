package migration

import (
	"errors"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
	"github.com/coder/websocket"
)

func coderBefore(c *websocket.Conn, code websocket.StatusCode, reason string) error {
	return c.Close(code, reason)
}

func coderAfter(c *websocket.Conn, code closecode.Code, reason string) error {
	if !code.Valid() {
		return frame.ErrInvalidCode // and the connection is still open
	}
	return c.Close(websocket.StatusCode(code), utf8check.Truncate(reason))
}

// coderEvent returns how a connection ended. err is an error of Read.
func coderEvent(err error) closeevent.Event {
	if e, ok := errors.AsType[websocket.CloseError](err); ok {
		return closeevent.Event{Code: closecode.Code(e.Code), Reason: e.Reason, WasClean: true}
	}
	return closeevent.Event{Code: closecode.AbnormalClosure}
}
