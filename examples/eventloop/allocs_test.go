package eventloop

import (
	"testing"
	"unsafe"
)

// TestAllocs verifies that Feed allocates only the reason of a Close, and that
// a connection is small.
func TestAllocs(t *testing.T) {
	if size := unsafe.Sizeof(Conn{}); size > 256 {
		t.Errorf("a Conn has %d bytes", size)
	}
	var in, out [1000]byte
	frames := wireFrame(nil, true, 0x81, "text")
	frames = wireFrame(frames, true, 0x89, "ping")
	frames = wireFrame(frames, true, 0x88, closePayload(1000, ""))
	deliver := func(out, chunk []byte, text, final bool) []byte { return out }
	if n := testing.AllocsPerRun(100, func() {
		var c Conn
		o := c.Feed(out[:0], in[:copy(in[:], frames[:20])], deliver)
		o = c.Feed(o, in[:copy(in[:], frames[20:])], deliver)
		if !c.Over() || len(o) != 10 {
			t.Fatalf("% x", o)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
