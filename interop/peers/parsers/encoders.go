package parsers

import (
	"encoding/binary"
	"errors"
	"net/http/httptest"
	"time"

	coder "github.com/coder/websocket"
	"github.com/gobwas/ws"
	"github.com/gorilla/websocket"
	nbio "github.com/lesismal/nbio/nbhttp/websocket"
	"github.com/lxzan/gws"
)

// Encoders maps each library whose users choose the code and the reason of a
// Close frame to a function that returns the payload its server sends for them,
// or nothing if it refuses them.
var Encoders = map[string]func(code int, reason string) ([]byte, error){
	"gorilla/websocket": gorillaEncode,
	"gobwas/ws":         gobwasEncode,
	"coder/websocket":   coderEncode,
	"lxzan/gws":         gwsEncode,
	"lesismal/nbio":     nbioEncode,
}

var errNoClose = errors.New("no Close frame is sent")

// payload returns the payload of the Close frame in b, or err if b is empty.
func payload(b []byte, err error) ([]byte, error) {
	switch {
	case len(b) == 0 && err != nil:
		return nil, err
	case len(b) < 2 || b[0] != 0x88:
		return nil, errNoClose
	case b[1] == 126 && len(b) >= 4:
		b = b[2:]
		return b[2:min(len(b), 2+int(binary.BigEndian.Uint16(b)))], nil
	}
	return b[2:min(len(b), 2+int(b[1]))], nil
}

func gorillaEncode(code int, reason string) ([]byte, error) {
	w := newWire(nil, true)
	c, err := (&websocket.Upgrader{}).Upgrade(hijacker{httptest.NewRecorder(), w}, upgrade(), nil)
	if err != nil {
		return nil, err
	}
	err = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Time{})
	return payload(w.sent(), err)
}

func gobwasEncode(code int, reason string) ([]byte, error) {
	return ws.NewCloseFrameBody(ws.StatusCode(code), reason), nil
}

func coderEncode(code int, reason string) ([]byte, error) {
	w := newWire(nil, true)
	c, err := coder.Accept(hijacker{httptest.NewRecorder(), w}, upgrade(), nil)
	if err != nil {
		return nil, err
	}
	err = c.Close(coder.StatusCode(code), reason) // it sends a Close frame and reads EOF
	return payload(w.sent(), err)
}

func gwsEncode(code int, reason string) ([]byte, error) {
	w := newWire(nil, true)
	c, err := gws.NewUpgrader(&gwsEvents{}, nil).Upgrade(hijacker{httptest.NewRecorder(), w}, upgrade())
	if err != nil {
		return nil, err
	}
	err = c.WriteClose(uint16(code), []byte(reason))
	return payload(w.sent(), err)
}

func nbioEncode(code int, reason string) ([]byte, error) {
	w := newWire(nil, true)
	c := nbio.NewServerConn(nbio.NewUpgrader(), w, "", false, false)
	err := c.WriteClose(code, reason)
	return payload(w.sent(), err)
}
