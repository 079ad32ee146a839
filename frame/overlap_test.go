package frame_test

import (
	"bytes"
	"testing"

	"github.com/closeframe/closeframe/frame"
)

// maskedFrame returns a masked Close frame with a payload of size bytes, valid
// unless size is 1.
func maskedFrame(size int) []byte {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	payload := append([]byte{0x03, 0xe9}, bytes.Repeat([]byte("é~"), 41)...)[:size]
	for i := size - 1; i > 1 && payload[i] >= 0x80; i-- {
		payload[i] = '.' // do not cut a character
	}
	return append([]byte{0x88, 0x80 | byte(size), key[0], key[1], key[2], key[3]}, masked(payload, key)...)
}

// TestOverlap verifies, for every length and every distance between dst and b,
// that ParseMasked panics if they overlap beyond the seventh byte of b, and
// otherwise returns the same result as with a separate dst.
func TestOverlap(t *testing.T) {
	const margin = 140 // bytes before and after the frame
	for size := range frame.MaxPayload + 1 {
		if size == 1 {
			continue
		}
		f := maskedFrame(size)
		want, n, err := frame.ParseMasked(nil, f)
		if err != nil || n != len(f) {
			t.Fatalf("%d bytes: %v", size, err)
		}
		for d := -margin; d <= margin; d++ {
			memory := make([]byte, margin+len(f)+2*margin)
			b := memory[margin : margin+len(f)]
			copy(b, f)
			start := margin + d // where writing starts
			disjoint := start+size <= margin || start >= margin+len(f)
			allowed := size == 0 || disjoint || d >= 0 && d <= 6
			panicked := func() (panicked bool) {
				defer func() { panicked = recover() != nil }()
				c, n, err := frame.ParseMasked(memory[start:start], b)
				if err != nil || n != len(f) || c.Code != want.Code || !bytes.Equal(c.Reason, want.Reason) {
					t.Errorf("%d bytes, distance %d: got %v %q, %d, %v; want %v %q", size, d, c.Code, c.Reason, n, err, want.Code, want.Reason)
				}
				return
			}()
			if panicked == allowed {
				t.Errorf("%d bytes, distance %d: panicked %v, allowed %v", size, d, panicked, allowed)
			}
			if panicked && !bytes.Equal(b, f) {
				t.Errorf("%d bytes, distance %d: wrote before the panic", size, d)
			}
		}
	}
}

// TestOverlapWithoutPayload verifies that there is no panic and no write if
// there is no payload to unmask: for incomplete frames and invalid headers.
func TestOverlapWithoutPayload(t *testing.T) {
	whole := maskedFrame(20)
	for _, f := range [][]byte{
		whole[:0], whole[:1], whole[:5], whole[:8], whole[:25], // incomplete
		{0x88, 0x80, 1, 2, 3, 4},                         // empty
		{0x88, 0x81, 1, 2, 3, 4, 5},                      // short
		{0x81, 0x82, 1, 2, 3, 4, 5, 6},                   // not a Close frame
		{0x88, 0x02, 1, 2, 3, 4, 5, 6},                   // unmasked
		append([]byte{0x88, 0xfe}, make([]byte, 128)...), // too long
	} {
		for d := range 20 {
			memory := make([]byte, 300)
			copy(memory, f)
			before := bytes.Clone(memory)
			frame.ParseMasked(memory[d:d], memory[:len(f):len(f)])
			if !bytes.Equal(memory, before) {
				t.Errorf("% x, distance %d: memory was changed", f, d)
			}
		}
	}
}

// TestOverlapReallocated verifies that a dst without capacity does not count as
// an overlap: the payload is written to new memory.
func TestOverlapReallocated(t *testing.T) {
	b := maskedFrame(20)
	before := bytes.Clone(b)
	if _, _, err := frame.ParseMasked(b[10:10:29], b); err != nil || !bytes.Equal(b, before) {
		t.Errorf("got %v, and b is % x", err, b)
	}
}
