package main

import (
	"net/http"
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"github.com/closeframe/closeframe/examples/echo/internal/echotest"
)

// TestConformance plays every scenario of closeframe probe against the server. It
// is not strict: closeconn.Close ignores a faulty frame before the client's Close.
func TestConformance(t *testing.T) {
	closetest.Handler(t, http.HandlerFunc(serve), closetest.Trigger("close"))
}

// TestEcho verifies the answers to frames that arrive with the opening handshake.
func TestEcho(t *testing.T) { echotest.Echo(t, serve, "\x01\x01\xc3\x8a\x00\x80\x01\xa9", 1<<16-1) }

// TestRefuse verifies that a request that is not an opening handshake is refused.
func TestRefuse(t *testing.T) { echotest.Refuse(t, serve) }
