package main

import (
	"runtime"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// A load is how much memory so many open connections take.
type load struct {
	Contender   string  `json:"contender"`
	Note        string  `json:"note,omitempty"`
	Connections int     `json:"connections"`
	Bytes       float64 `json:"bytes_per_connection"`
}

// A keeper keeps connections open.
type keeper struct {
	name, note string

	// open returns what opens n connections and keeps them until it is dropped
	// itself. What open makes is not counted: room for n pointers.
	open func(n int) func()
}

const (
	smallest        = "smallest allocation"
	mostConnections = 1_000_000
)

var keepers = []keeper{
	{ours, "a Handshake on the heap", keep(func() *closeevent.Handshake { return new(closeevent.Handshake) })},
	{ours + " with a reason", "a Handshake that has received 123 bytes of reason", keep(received)},
	{smallest, "eight bytes on the heap", keep(func() *uint64 { return new(uint64) })},
}

// received returns a Handshake that has received a Close frame.
func received() *closeevent.Handshake {
	var reason [utf8check.MaxReason]byte
	var answer [frame.MaxSize]byte
	h := new(closeevent.Handshake)
	h.Receive(answer[:0], frame.Close{Code: closecode.NormalClosure, Reason: reason[:]})
	return h
}

// keep opens connections that know nothing of what is below them.
func keep[T any](open func() T) func(n int) func() {
	return func(n int) func() {
		room := make([]T, n)
		return func() {
			for i := range room {
				room[i] = open()
			}
		}
	}
}

// memory measures what connections take, from one to as many as there may be.
func memory(short bool) (all []load) {
	for _, k := range keepers {
		for n := 1; n <= mostConnections && !(short && n > 100); n *= 10 {
			fill := k.open(n)
			before := live()
			fill()
			after := live()
			runtime.KeepAlive(fill)
			all = append(all, load{k.name, k.note, n, (after - before) / float64(n)})
		}
	}
	return all
}

// live returns how many bytes are in use, on the heap and on stacks.
func live() float64 {
	// What a pool holds goes with the second collection, and what has a finalizer
	// with the one after it has run.
	for range 3 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}
