package migration

import (
	"errors"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
	"github.com/lesismal/nbio/nbhttp/websocket"
)

func nbioBefore(c *websocket.Conn, code int, reason string) error {
	return c.WriteClose(code, reason)
}

func nbioAfter(c *websocket.Conn, code closecode.Code, reason string) error {
	p, err := frame.AppendPayload(nil, code, utf8check.Truncate(reason))
	if err != nil {
		return err // a code that cannot be sent
	}
	return c.WriteMessage(websocket.CloseMessage, p)
}

// nbioEvent returns how a connection ended. err is the argument of OnClose.
func nbioEvent(err error) closeevent.Event {
	if e, ok := errors.AsType[*websocket.CloseError](err); ok && closecode.Code(e.Code).Valid() {
		return closeevent.Event{Code: closecode.Code(e.Code), Reason: e.Reason, WasClean: true}
	}
	return closeevent.Event{Code: closecode.AbnormalClosure}
}
