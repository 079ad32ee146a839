package main

import (
	"net/http"
	"testing"

	"github.com/closeframe/closeframe/closetest"
	"github.com/closeframe/closeframe/examples/echo/internal/echotest"
)

// TestConformance plays every scenario of closeframe probe against the server, and
// accepts no WARN.
func TestConformance(t *testing.T) {
	closetest.Handler(t, http.HandlerFunc(serve), closetest.Trigger("close"), closetest.Strict())
}

// TestEcho verifies the answers to frames that arrive with the opening handshake.
func TestEcho(t *testing.T) { echotest.Echo(t, serve, "\x8a\x00\x81\x02é", 1<<20) }

// TestRefuse verifies that a request that is not an opening handshake is refused.
func TestRefuse(t *testing.T) { echotest.Refuse(t, serve) }
