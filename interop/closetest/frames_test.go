package closetest

import (
	"errors"
	"io"
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"github.com/closeframe/closeframe/interop/peers/parsers"
)

// frames tests how a library handles the first frame of a connection. No
// library exports its frame parser, so each vector needs a connection.
func frames(t *testing.T, library string, opts ...closetest.Option) {
	t.Helper()
	parse := func(read func([]byte) parsers.Outcome) func([]byte) (int, string, error) {
		return func(b []byte) (int, string, error) {
			o := read(b)
			switch {
			case o.Kind == parsers.Incomplete && len(b) > 0 && b[0]&0x0f != 8:
				return 0, "", errors.New("the frame of another type was read")
			case o.Kind == parsers.Incomplete:
				return 0, "", io.ErrUnexpectedEOF
			case o.Kind != parsers.Taken:
				return 0, "", errors.New(string(o.Kind))
			}
			return o.Code, o.Reason, nil
		}
	}
	opts = append(opts, closetest.Fault(func(err error) string {
		if err == io.ErrUnexpectedEOF {
			return "incomplete"
		}
		return ""
	}))
	for _, p := range parsers.All {
		if p.Peer == library {
			closetest.ServerFrames(t, parse(p.Server), opts...)
			closetest.ClientFrames(t, parse(p.Client), opts...)
			return
		}
	}
	t.Fatalf("no parser of %s", library)
}

// encoder tests the payload that a library sends for a code and a reason.
func encoder(t *testing.T, library string, opts ...closetest.Option) {
	t.Helper()
	encode, ok := parsers.Encoders[library]
	if !ok {
		t.Fatalf("no encoder of %s", library)
	}
	closetest.Encoder(t, encode, opts...)
}

// Checks that encoders leave to their users.
var (
	sendsAnyCode = closetest.Known("§7.4: sends codes that must not be sent", "encode/code-[05]*", "encode/code-1", "encode/code-1-reason",
		"encode/code-499", "encode/code-499-reason", "encode/code-999*", "encode/code-100[46]*", "encode/code-101[5-7]*", "encode/code-1507*",
		"encode/code-1999*", "encode/code-2*", "encode/code-35267*", "encode/code-65535*", "encode/code-and-text-invalid")
	sends1005     = closetest.Known("§7.4.1: sends 1005", "encode/code-1005*")
	drops1005     = closetest.Known("drops a reason without a code, which closeframe refuses", "encode/code-1005-*", "encode/too-long-1005")
	sendsAnyText  = closetest.Known("§5.5.1: sends reasons that are not UTF-8", "encode/*/*")
	cutsLongTexts = closetest.Known("§5.5: cuts reasons of more than 123 bytes", "encode/*i*-12[456]", "encode/*i*-256", "encode/*i*-1000", "encode/too-long-*")
)
