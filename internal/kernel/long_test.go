package kernel

import (
	"runtime"
	"testing"
)

// TestLongToEndOfObject verifies that XOR of several chunks makes no pointer
// past the end of the object. With -race, or -d=checkptr, such a pointer ends
// the program.
func TestLongToEndOfObject(t *testing.T) {
	for _, size := range []int{maxChunk + 8192, 2 * maxChunk, 3*maxChunk + 1<<16} {
		for range 4 {
			b := make([]byte, size) // fills its span to the last byte
			XOR(b, 0x01020304)
			runtime.GC()
			for i, c := range b {
				if want := byte(4 - i&3); c != want {
					t.Fatalf("byte %d of %d is %#x, want %#x", i, size, c, want)
				}
			}
		}
	}
}
