// Package timeouts lists the default limits of proxies, load balancers,
// platforms and libraries for WebSocket connections: how long a connection may
// be idle, or last.
package timeouts

import (
	_ "embed"
	"encoding/json"
	"sync"
	"time"
)

// A Limit is one default limit.
type Limit struct {
	ID      string `json:"id"`
	Product string `json:"product"`
	Kind    Kind   `json:"kind"`
	Seconds int    `json:"seconds"`
	Setting string `json:"setting"`          // the product's name for it
	Change  string `json:"change,omitempty"` // an example of how to change it; "" if it is fixed
	Range   string `json:"range,omitempty"`  // the values allowed, in seconds
	Source  string `json:"source"`           // URL
	Read    string `json:"read"`             // date
}

// A Kind is the kind of time that a limit applies to.
type Kind string

// The kinds of limits.
const (
	Idle      Kind = "idle"      // the time without a byte in either direction
	Lifetime  Kind = "lifetime"  // the time since the connection was opened
	Heartbeat Kind = "heartbeat" // the time without the answer to a ping
)

// Duration returns the limit.
func (l *Limit) Duration() time.Duration { return time.Duration(l.Seconds) * time.Second }

//go:embed limits.json
var limitsJSON []byte

// Limits returns all limits, sorted from the shortest.
var Limits = sync.OnceValue(func() []Limit {
	var list []Limit
	if err := json.Unmarshal(limitsJSON, &list); err != nil {
		panic(err) // embedded and tested
	}
	return list
})

// Match returns the limits that may have ended a connection after d. A match
// may be up to one second early, because clocks differ, and late by up to two
// seconds or 5 %, whichever is more, because some timers are coarse.
func Match(d time.Duration) (list []Limit) {
	for _, l := range Limits() {
		want := l.Duration()
		if d >= want-time.Second && d <= want+max(2*time.Second, want/20) {
			list = append(list, l)
		}
	}
	return list
}

// Nearest returns the longest limit below d and the shortest limit above it, if
// any.
func Nearest(d time.Duration) (below, above *Limit) {
	list := Limits()
	for i := range list {
		switch l := &list[i]; {
		case l.Duration() <= d:
			below = l
		case above == nil:
			above = l
		}
	}
	return below, above
}
