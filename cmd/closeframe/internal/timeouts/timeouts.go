// Package timeouts has the limits that proxies, load balancers, platforms and
// libraries set for WebSocket connections by default: how long a connection may
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
	Setting string `json:"setting"`          // what the product calls it
	Change  string `json:"change,omitempty"` // how to change it, as an example; "" if it is fixed
	Range   string `json:"range,omitempty"`  // the values allowed, in seconds
	Source  string `json:"source"`           // URL
	Read    string `json:"read"`             // date
}

// A Kind is what a limit limits.
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

// Limits returns all limits, the shortest first.
var Limits = sync.OnceValue(func() []Limit {
	var list []Limit
	if err := json.Unmarshal(limitsJSON, &list); err != nil {
		panic(err) // embedded, and tested
	}
	return list
})

// Match returns the limits that a connection may have met that ended after d.
// A timer does not fire early, but clocks differ: up to one second early is a
// match. It may fire late, since some timers are coarse: up to 5 %, and at
// least two seconds.
func Match(d time.Duration) (list []Limit) {
	for _, l := range Limits() {
		want := l.Duration()
		if d >= want-time.Second && d <= want+max(2*time.Second, want/20) {
			list = append(list, l)
		}
	}
	return list
}

// Nearest returns the longest limit below d and the shortest above it, where
// there are such.
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
