//go:build !race

package frame_test

import (
	"testing"

	"github.com/closeframe/closeframe/frame"
)

// TestOneAlloc verifies that a full buffer is reallocated only once. With the
// race detector append(b, make([]byte, n)...) allocates twice, otherwise once.
func TestOneAlloc(t *testing.T) {
	reason := "a reason of some length, for there to be something to grow for"
	client, err := frame.AppendMasked(nil, [4]byte{1, 2, 3, 4}, 1000, reason)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		name string
		f    func()
	}{
		{"AppendPayload", func() { sinkBytes, sinkErr = frame.AppendPayload(nil, 1000, reason) }},
		{"Append", func() { sinkBytes, sinkErr = frame.Append(nil, 1000, reason) }},
		{"AppendMasked", func() { sinkBytes, sinkErr = frame.AppendMasked(nil, [4]byte{1, 2, 3, 4}, 1000, reason) }},
		{"ParseMasked", func() { sinkClose, sinkInt, sinkErr = frame.ParseMasked(nil, client) }},
	} {
		if n := testing.AllocsPerRun(10, f.f); n != 1 {
			t.Errorf("%s: %v allocations", f.name, n)
		}
	}
}
