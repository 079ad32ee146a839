package migration

import (
	"net"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeconn"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/utf8check"
	"github.com/gobwas/ws"
)

func gobwasBefore(conn net.Conn, code ws.StatusCode, reason string) {
	ws.WriteFrame(conn, ws.NewCloseFrame(ws.NewCloseFrameBody(code, reason)))
	conn.Close()
}

// gobwasAfter is called between frames by the goroutine that reads.
func gobwasAfter(conn net.Conn, code closecode.Code, reason string) (closeevent.Ending, error) {
	var h closeevent.Handshake // a server's
	_, err := closeconn.Close(conn, nil, &h, code, utf8check.Truncate(reason), timeout)
	return h.Ending(), err
}
