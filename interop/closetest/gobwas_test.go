package closetest

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

type readWriter struct {
	io.Reader
	io.Writer
}

func parseGobwas(p []byte) (int, string, error) {
	code, reason := ws.ParseCloseFrameData(p)
	return int(code), reason, ws.CheckCloseFrameData(code, reason)
}

func TestGobwas(t *testing.T) {
	t.Parallel()
	echo := func(c net.Conn, r io.Reader, side ws.State) {
		defer c.Close()
		for {
			p, op, err := wsutil.ReadData(readWriter{r, c}, side)
			if err != nil {
				return
			}
			wsutil.WriteMessage(c, side, op, p)
		}
	}
	opts := []closetest.Option{
		closetest.Known("§7.1.5: the code of an empty payload is 0, and invalid", "payload/empty"),
		closetest.Known("closeframe refuses codes that are not defined", "*/code-5*", "*/code-35267*", "*/code-65535*", "*/????-for-a-code",
			"frame/*/code-5*", "frame/*/code-35267*", "frame/*/code-65535*", "frame/*/????-for-a-code"),
		closetest.Known("IANA: does not know 1012 to 1014", "payload/code-101[234]*", "frame/*/code-101[234]*"),
		closetest.Known("§5.5: checked with the header of the frame", "payload/[ace]*-12[456]", "payload/[ace]*-254"),
		closetest.Known("§5.2: accepts a length that is not in the shortest form", "minimal-*", "ping-minimal",
			"frame/*/length-12[67]-for-[02]-and-payload", "frame/client/length-12[67]-for-0"),
	}
	closetest.Payloads(t, parseGobwas, opts...)
	frames(t, "gobwas/ws", opts...)
	encoder(t, "gobwas/ws", sendsAnyCode, sends1005, sendsAnyText, cutsLongTexts)
	closetest.Handler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, rw, _, err := ws.UpgradeHTTP(r, w); err == nil {
			echo(c, rw, ws.StateServerSide)
		}
	}), opts...)
	closetest.Client(t, func(url string) {
		if c, br, _, err := ws.Dial(context.Background(), url); err == nil {
			if br == nil {
				br = bufio.NewReader(c)
			}
			echo(c, br, ws.StateClientSide)
		}
	}, append(opts, closetest.Known("§5.1: answers a faulty Close with a frame that is not masked", "one-byte-*", "failed-then-text", "utf8-*",
		"code-[01]", "code-999", "code-100[456]", "code-1005-reason", "code-101[2-6]", "code-1100", "code-1999", "code-2*"))...)
}
