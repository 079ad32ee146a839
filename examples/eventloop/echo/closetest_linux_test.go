package main

import (
	"testing"
	"time"

	"github.com/closeframe/closeframe/closetest"
)

// TestConformance runs this module's conformance kit against the epoll server.
func TestConformance(t *testing.T) {
	t.Parallel()
	addr, _ := start(t, 2*time.Second)
	closetest.Server(t, "ws://"+addr+"/", closetest.Trigger("close"), closetest.Strict())
}
