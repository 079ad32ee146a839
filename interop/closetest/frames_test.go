package closetest

import (
	"errors"
	"io"
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"github.com/closeframe/closeframe/interop/peers/parsers"
)

// frames tests what a library makes of the frame that a connection begins with.
// No library offers its parser of frames, so each gets a connection.
func frames(t *testing.T, library string, opts ...closetest.Option) {
	t.Helper()
	parse := func(read func([]byte) parsers.Outcome) func([]byte) (int, string, error) {
		return func(b []byte) (int, string, error) {
			o := read(b)
			switch {
			case o.Kind == parsers.Incomplete:
				return 0, "", io.ErrUnexpectedEOF
			case o.Kind != parsers.Taken:
				return 0, "", errors.New(string(o.Kind))
			}
			return o.Code, o.Reason, nil
		}
	}
	for _, p := range parsers.All {
		if p.Peer == library {
			closetest.ServerFrames(t, parse(p.Server), opts...)
			closetest.ClientFrames(t, parse(p.Client), opts...)
			return
		}
	}
	t.Fatalf("no parser of %s", library)
}
