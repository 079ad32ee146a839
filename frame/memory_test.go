package frame_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/vectors"
)

// fresh returns n bytes with the pattern that untouched expects.
func fresh(n int) []byte { return bytes.Repeat([]byte{0xa5}, n) }

// untouched reports whether b still has the pattern of fresh.
func untouched(b []byte) bool {
	for _, c := range b {
		if c != 0xa5 {
			return false
		}
	}
	return true
}

// TestParseMaskedMemory verifies which bytes of dst and b ParseMasked writes.
func TestParseMaskedMemory(t *testing.T) {
	for _, v := range vectors.Frames() {
		if v.Role != vectors.Server {
			continue
		}
		// The size of the payload, or 0 if it must not be written.
		size := 0
		if v.Error == "" || v.Error == vectors.InvalidCode || v.Error == vectors.InvalidUTF8 {
			size = int(v.Bytes[1] & 127)
		}
		want := result{v.N, v.Code, v.Reason, v.Error, v.Answer}

		// dst does not overlap b.
		for _, before := range []int{0, 3} {
			for _, spare := range []int{0, size - 1, size, size + 1, size + 70, frame.MaxPayload} {
				if spare < 0 {
					continue
				}
				id := fmt.Sprintf("%s, dst of %d+%d", v.ID, before, spare)
				whole := fresh(before + spare)
				b := slices.Clone([]byte(v.Bytes))
				c, n, err := frame.ParseMasked(whole[:before], b)
				check(t, id, c, n, err, want)
				if !bytes.Equal(b, v.Bytes) {
					t.Errorf("%s: b was changed", id)
				}
				written := whole[before:before] // the bytes that may be written
				if spare >= size {
					written = whole[before : before+size]
				}
				if !untouched(whole[:before]) || !untouched(whole[before+len(written):]) {
					t.Errorf("%s: wrote outside of the payload's place: % x", id, whole)
				}
				if len(c.Reason) > 0 && spare >= size && &c.Reason[0] != &written[2] {
					t.Errorf("%s: the reason is not in dst", id)
				}
				if err == nil && spare >= size && v.Code != 1005 && (written[0] != byte(v.Code>>8) || written[1] != byte(v.Code) || string(written[2:]) != v.Reason) {
					t.Errorf("%s: dst is % x", id, written)
				}
			}
		}

		// dst is the payload in b.
		id := v.ID + " in place"
		whole := append(slices.Clone([]byte(v.Bytes)), fresh(6)...)
		b := whole[:len(v.Bytes)]
		c, n, err := frame.ParseMasked(b[6:6], b)
		check(t, id, c, n, err, want)
		if end := 6 + size; len(b) < end || size == 0 {
			if !bytes.Equal(b, v.Bytes) {
				t.Errorf("%s: b was changed", id)
			}
		} else {
			if !bytes.Equal(b[:6], v.Bytes[:6]) || !bytes.Equal(b[end:], v.Bytes[end:]) {
				t.Errorf("%s: wrote outside of the payload's place: % x", id, whole)
			}
			if len(c.Reason) > 0 && &c.Reason[0] != &b[8] {
				t.Errorf("%s: the reason is not in place", id)
			}
		}
		if !untouched(whole[len(b):]) {
			t.Errorf("%s: wrote beyond b", id)
		}
	}
}

// TestReasonIsClipped verifies that appending to a reason does not overwrite
// the bytes after it.
func TestReasonIsClipped(t *testing.T) {
	server := []byte("\x88\x05\x03\xe8bye\x88\x00")
	c, _, err := frame.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	_ = append(c.Reason, "!!"...)
	if string(server[7:]) != "\x88\x00" {
		t.Errorf("the next frame is % x", server[7:])
	}
	c, err = frame.ParsePayload(server[2:7])
	if err != nil {
		t.Fatal(err)
	}
	_ = append(c.Reason, "!!"...)
	if string(server[7:]) != "\x88\x00" {
		t.Errorf("the next frame is % x", server[7:])
	}
	client := []byte("\x88\x82\x00\x00\x00\x00\x03\xe8\x88\x80")
	if c, _, err = frame.ParseMasked(client[6:6], client); err != nil {
		t.Fatal(err)
	}
	_ = append(c.Reason, "!!"...)
	if string(client[8:]) != "\x88\x80" {
		t.Errorf("the next frame is % x", client[8:])
	}
}

// TestRetry verifies that a masked frame that arrives byte by byte in one
// buffer is unmasked only once.
func TestRetry(t *testing.T) {
	for _, v := range vectors.Encodings() {
		if v.Error != "" {
			continue
		}
		var buf [frame.MaxSize]byte
		for i := range v.Masked {
			b := append(buf[:i], v.Masked[i])
			c, n, err := frame.ParseMasked(b[6:6], b)
			if len(b) < len(v.Masked) {
				if nameOf(err) != vectors.Incomplete || n != 0 {
					t.Fatalf("%s: with %d bytes: n %d, %v", v.ID, len(b), n, err)
				}
				continue
			}
			check(t, v.ID, c, n, err, result{len(v.Masked), v.Code, string(v.Reason), "", 0})
		}
	}
}

// TestMask compares Mask with RFC 6455 §5.3 at every length and alignment up to
// the size of several registers, and verifies that it writes only p.
//
// Shows: R01
func TestMask(t *testing.T) {
	key := [4]byte{0x12, 0x9a, 0xf0, 0x37}
	for size := range 300 {
		for start := range 9 {
			for _, pos := range []int{0, 1, 2, 3, 4, 7, 1<<31 - 1, -1, -2, -3, -4, -5} {
				whole := make([]byte, size+start+9)
				for i := range whole {
					whole[i] = byte(i * 7)
				}
				want := slices.Clone(whole)
				for i := range size {
					want[start+i] ^= key[(pos+i)&3]
				}
				p := whole[start : start+size]
				if next := frame.Mask(p, key, pos); next != (pos+size)&3 {
					t.Fatalf("%d bytes from %d: next is %d", size, pos, next)
				}
				if !bytes.Equal(whole, want) {
					t.Fatalf("%d bytes at %d from %d: % x, want % x", size, start, pos, whole, want)
				}
			}
		}
	}
	// Masking in chunks gives the same result.
	whole := []byte(strings.Repeat("masked in pieces ", 20))
	want := masked(whole, key)
	for cut := 1; cut < len(whole); cut++ {
		p := slices.Clone(whole)
		pos := 0
		for i := 0; i < len(p); i += cut {
			pos = frame.Mask(p[i:min(i+cut, len(p))], key, pos)
		}
		if !bytes.Equal(p, want) {
			t.Fatalf("chunks of %d bytes: the result differs", cut)
		}
	}
}
