//go:build planted

package newcomer

import (
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"github.com/closeframe/closeframe/frame"
)

// parseClose accepts half a status code, as more than one library does.
func parseClose(p []byte) (int, string, error) {
	if len(p) == 1 {
		return 1005, "", nil // the fault
	}
	c, err := frame.ParsePayload(p)
	return int(c.Code), string(c.Reason), err
}

func TestClose(t *testing.T) { closetest.Payloads(t, parseClose) }
