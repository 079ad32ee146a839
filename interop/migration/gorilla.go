package migration

import (
	"errors"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
	"github.com/gorilla/websocket"
)

func gorillaBefore(conn *websocket.Conn, code int, reason string) {
	conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(timeout))
	conn.Close()
}

// gorillaAfter is called by the goroutine that reads.
func gorillaAfter(conn *websocket.Conn, code closecode.Code, reason string) (closeevent.Event, error) {
	p, err := frame.AppendPayload(nil, code, utf8check.Truncate(reason))
	if err != nil {
		return closeevent.Event{}, err // a code that cannot be sent
	}
	conn.WriteControl(websocket.CloseMessage, p, time.Now().Add(timeout))
	conn.SetReadDeadline(time.Now().Add(timeout))
	for err == nil {
		_, _, err = conn.NextReader() // up to the peer's Close frame
	}
	conn.Close()
	return gorillaEvent(err), nil
}

// gorillaEvent returns how a connection ended. err is an error of a read.
func gorillaEvent(err error) closeevent.Event {
	if e, ok := errors.AsType[*websocket.CloseError](err); ok && e.Code != websocket.CloseAbnormalClosure {
		return closeevent.Event{Code: closecode.Code(e.Code), Reason: e.Text, WasClean: true}
	}
	return closeevent.Event{Code: closecode.AbnormalClosure}
}
