package closetest

import (
	"net/http"
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"github.com/lxzan/gws"
)

type gwsEcho struct{ gws.BuiltinEventHandler }

func (gwsEcho) OnMessage(c *gws.Conn, m *gws.Message) {
	defer m.Close()
	if m.Data.String() == "close" {
		c.WriteClose(1000, []byte("bye"))
	} else {
		c.WriteMessage(m.Opcode, m.Bytes())
	}
}

func TestGWS(t *testing.T) {
	t.Parallel()
	opts := []closetest.Option{
		closetest.Trigger("close"),
		closetest.Known("§8.1: checks UTF-8 only if CheckUtf8Enabled is set", "frame/*/*/middle", "frame/*/autobahn-7.5.1"),
		closetest.Known("IANA: does not know 1014", "frame/*/code-1014*"),
	}
	frames(t, "lxzan/gws", opts...)
	encoder(t, "lxzan/gws", sendsAnyCode, sends1005, sendsAnyText, cutsLongTexts)
	closetest.Handler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := gws.NewUpgrader(gwsEcho{}, &gws.ServerOption{CheckUtf8Enabled: true}).Upgrade(w, r); err == nil {
			c.ReadLoop()
		}
	}), opts...)
	closetest.Client(t, func(url string) {
		if c, _, err := gws.NewClient(gwsEcho{}, &gws.ClientOption{Addr: url, CheckUtf8Enabled: true}); err == nil {
			c.ReadLoop()
		}
	}, opts...)
}
