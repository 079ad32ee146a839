package closetest

import (
	"bytes"
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"github.com/gobwas/ws"
)

// FuzzGobwas verifies that gobwas/ws encodes an accepted payload to the same
// bytes.
func FuzzGobwas(f *testing.F) {
	closetest.Seed(f, closetest.Payload)
	f.Fuzz(func(t *testing.T, p []byte) {
		code, reason, err := parseGobwas(p)
		if len(p) > ws.MaxControlFramePayloadSize || err != nil {
			return
		}
		if again := ws.NewCloseFrameBody(ws.StatusCode(code), reason); !bytes.Equal(again, p) {
			t.Errorf("% x is code %d, reason %q, which make % x", p, code, reason, again)
		}
	})
}
