package peers

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	gwslib "github.com/lxzan/gws"
)

var gws = &Peer{
	Name: "lxzan/gws", Language: "Go", Source: "github.com/lxzan/gws",
	Version: module("github.com/lxzan/gws"), File: "gws.go",
	Note: `Used with its default options but for compression: UTF-8 is not checked unless CheckUtf8Enabled is set. After its own Close frame it closes TCP without waiting for the answer.`,
	Server: serveGo(func(w http.ResponseWriter, r *http.Request) (Event, error) {
		h := &gwsHandler{}
		c, err := gwslib.NewUpgrader(h, &gwslib.ServerOption{PermessageDeflate: gwslib.PermessageDeflate{Enabled: true}}).Upgrade(w, r)
		if err != nil {
			return Event{}, err
		}
		c.ReadLoop()
		return h.Event, h.err
	}),
	Client: dialGo(func(_ context.Context, url string) (Event, error) {
		h := &gwsHandler{}
		c, _, err := gwslib.NewClient(h, &gwslib.ClientOption{Addr: url, PermessageDeflate: gwslib.PermessageDeflate{Enabled: true}})
		if err != nil {
			return Event{}, fmt.Errorf("%w: %w", errDial, err)
		}
		c.ReadLoop()
		return h.Event, h.err
	}),
	Tells: CodeAndReason, TellsOwn: true,
	Trigger: "close 1000 bye",
}

type gwsHandler struct {
	gwslib.BuiltinEventHandler
	Event
	err error
}

func (h *gwsHandler) OnMessage(c *gwslib.Conn, m *gwslib.Message) {
	defer m.Close()
	do, code, reason := parse(m.Data.String())
	switch do {
	case closeCode:
		c.WriteClose(uint16(code), []byte(reason))
	case closeEmpty:
		h.Unsupported = "a Close without a code"
		c.WriteClose(1000, nil)
	case drop:
		c.NetConn().Close()
	default:
		c.WriteMessage(m.Opcode, m.Bytes())
	}
}

func (h *gwsHandler) OnClose(_ *gwslib.Conn, err error) {
	h.err = err
	if e, ok := errors.AsType[*gwslib.CloseError](err); ok {
		h.Code, h.Reason = int(e.Code), string(e.Reason)
	}
}
