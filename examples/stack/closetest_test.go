package stack_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closetest"
	"github.com/closeframe/closeframe/examples/stack"
)

// conformance has a timeout that is shorter than that of a scenario.
var conformance = stack.Config{Timeout: time.Second}

// echo returns messages until the connection ends. The text "close" makes it
// close the connection.
func echo(c *stack.Conn) {
	closing := false
	for {
		op, p, err := c.Read(nil)
		switch {
		case err != nil:
			return
		case string(p) == "close" && !closing:
			closing = true
			go c.Close(1000, "bye") // the loop ends when Read returns an error
		case !closing:
			c.Write(op, p)
		}
	}
}

// TestConformance runs the conformance kit of this module as any other
// implementation would.
func TestConformance(t *testing.T) {
	t.Parallel()
	opts := []closetest.Option{closetest.Trigger("close"), closetest.Strict()}
	closetest.Handler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := stack.Upgrade(w, r, conformance); err == nil {
			echo(c)
		}
	}), opts...)
	closetest.Client(t, func(url string) {
		if c, err := stack.Dial(context.Background(), url, conformance); err == nil {
			echo(c)
		}
	}, opts...)
}
