package peers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

var gobwas = &Peer{
	Name: "gobwas/ws", Language: "Go", Source: "github.com/gobwas/ws",
	Version: module("github.com/gobwas/ws"), File: "gobwas.go",
	Note: `Used with the helpers of its package wsutil. They answer every Close frame, even the answer to the application's own; an application that closes first needs a handler of its own (see the recipe in ` + "`swapin`" + `).`,
	Server: serveGo(func(w http.ResponseWriter, r *http.Request) (Event, error) {
		c, rw, _, err := ws.UpgradeHTTP(r, w)
		if err != nil {
			return Event{}, err
		}
		return gobwasLoop(c, rw.Reader, ws.StateServerSide)
	}),
	Client: dialGo(func(ctx context.Context, url string) (Event, error) {
		c, br, _, err := ws.Dial(ctx, url)
		if err != nil {
			return Event{}, fmt.Errorf("%w: %w", errDial, err)
		}
		return gobwasLoop(c, br, ws.StateClientSide)
	}),
	Tells:   CodeAndReason,
	Trigger: "close 1000 bye",
}

// gobwasLoop uses the helpers of wsutil, which answer control frames.
func gobwasLoop(c net.Conn, br *bufio.Reader, side ws.State) (Event, error) {
	defer c.Close()
	rw := struct {
		io.Reader
		io.Writer
	}{c, c}
	if br != nil { // bytes that arrived together with the opening handshake
		rw.Reader = br
	}
	closing := false
	for {
		p, op, err := wsutil.ReadData(rw, side)
		if err != nil {
			if e, ok := errors.AsType[wsutil.ClosedError](err); ok {
				return Event{Code: int(e.Code), Reason: e.Reason}, err
			}
			return Event{}, err
		}
		do, code, reason := parse(string(p))
		if closing {
			continue // only to read the peer's Close frame
		}
		switch do {
		case closeCode:
			closing = true
			err = gobwasClose(c, side, ws.NewCloseFrameBody(ws.StatusCode(code), reason))
		case closeEmpty:
			closing = true
			err = gobwasClose(c, side, nil)
		case drop:
			return Event{}, nil
		default:
			err = wsutil.WriteMessage(c, side, op, p)
		}
		if err != nil {
			return Event{}, err
		}
	}
}

func gobwasClose(c net.Conn, side ws.State, body []byte) error {
	f := ws.NewCloseFrame(body)
	if side.ClientSide() {
		f = ws.MaskFrameInPlace(f)
	}
	return ws.WriteFrame(c, f)
}
