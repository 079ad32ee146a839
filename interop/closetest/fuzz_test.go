package closetest

import (
	"bytes"
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"github.com/gobwas/ws"
)

// FuzzGobwas verifies that gobwas/ws makes the payload again that it accepted.
func FuzzGobwas(f *testing.F) {
	closetest.Seed(f, closetest.Payload)
	f.Fuzz(func(t *testing.T, p []byte) {
		code, reason := ws.ParseCloseFrameData(p)
		if len(p) > ws.MaxControlFramePayloadSize || ws.CheckCloseFrameData(code, reason) != nil {
			return
		}
		if again := ws.NewCloseFrameBody(code, reason); !bytes.Equal(again, p) {
			t.Errorf("% x is code %d, reason %q, which make % x", p, code, reason, again)
		}
	})
}
