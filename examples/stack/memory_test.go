package stack

import (
	"runtime"
	"testing"
)

// TestAnnouncedLength verifies that an announced length allocates no memory before the
// bytes arrive.
//
// Shows: R52
func TestAnnouncedLength(t *testing.T) {
	in := wire(true, wireFrame{first: 0x82, length: "\x7f\x00\x00\x00\x00\x7f\xff\xff\xff"})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const runs = 100
	for range runs {
		testConn(&script{chunks: [][]byte{in}}, false, Config{MaxMessage: 1<<31 - 1}).Read(nil)
	}
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) / runs; n > 64<<10 {
		t.Errorf("a header of 14 bytes takes %d bytes", n)
	}
}
