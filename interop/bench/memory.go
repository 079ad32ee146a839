package main

import (
	"runtime"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// A load is the memory of a number of open connections.
type load struct {
	Library     string  `json:"library"`
	Note        string  `json:"note,omitempty"`
	Connections int     `json:"connections"`
	Bytes       float64 `json:"bytes_per_connection"`
}

// A keeper keeps connections open.
type keeper struct {
	name, note string

	// open returns a function that opens n connections and keeps them as long
	// as it is reachable. Its own memory, n pointers, is not counted.
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

// keep opens connections without a transport.
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

// memory measures the memory of connections, from one to the maximum number.
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

// live returns the number of bytes in use on the heap and on stacks.
func live() float64 {
	// The contents of a sync.Pool are freed by the second collection, and an
	// object with a finalizer by the collection after it has run.
	for range 3 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}
