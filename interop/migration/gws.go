package migration

import (
	"errors"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
	"github.com/lxzan/gws"
)

func gwsBefore(c *gws.Conn, code uint16, reason string) error {
	return c.WriteClose(code, []byte(reason))
}

func gwsAfter(c *gws.Conn, code closecode.Code, reason string) error {
	if !code.Valid() {
		return frame.ErrInvalidCode
	}
	return c.WriteClose(uint16(code), []byte(utf8check.Truncate(reason)))
}

// gwsEvent returns how a connection ended. err is the argument of OnClose.
func gwsEvent(err error) closeevent.Event {
	if e, ok := errors.AsType[*gws.CloseError](err); ok {
		return closeevent.Event{Code: closecode.Code(e.Code), Reason: string(e.Reason), WasClean: true}
	}
	return closeevent.Event{Code: closecode.AbnormalClosure}
}
