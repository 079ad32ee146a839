package frame_test

import (
	"testing"

	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/vectors"
	"github.com/closeframe/closeframe/utf8check"
)

// TestSize verifies Size for all inputs of up to two bytes, from the layout of
// the header in RFC 6455 §5.2.
func TestSize(t *testing.T) {
	want := func(b []byte) (int, error) {
		switch {
		case len(b) == 0:
			return 0, frame.ErrIncomplete
		case b[0]&0x0f != 8:
			return 0, frame.ErrNotClose
		case b[0]&0x70 != 0:
			return 0, frame.ErrReservedBits
		case b[0]&0x80 == 0:
			return 0, frame.ErrFragmented
		case len(b) == 1:
			return 0, frame.ErrIncomplete
		}
		length := int(b[1] & 0x7f)
		switch {
		case length == 1:
			return 0, frame.ErrShort
		case length > 125:
			return 0, frame.ErrTooLong
		case b[1]&0x80 != 0:
			return 2 + 4 + length, nil
		}
		return 2 + length, nil
	}
	check := func(b []byte) {
		n, err := frame.Size(b)
		if wantN, wantErr := want(b); n != wantN || err != wantErr {
			t.Errorf("Size(% x) = %d, %v; want %d, %v", b, n, err, wantN, wantErr)
		}
	}
	check(nil)
	for i := range 256 {
		check([]byte{byte(i)})
		for j := range 256 {
			check([]byte{byte(i), byte(j)})
			check([]byte{byte(i), byte(j), 0xff})
		}
	}
}

// TestSizeVectors verifies that Size agrees with the parsers: it returns the
// size of every valid frame, and the same error for every invalid first pair of
// bytes, except for the mask direction.
func TestSizeVectors(t *testing.T) {
	for _, v := range vectors.Frames() {
		n, err := frame.Size(v.Bytes)
		switch v.Error {
		case "":
			if n != v.N || err != nil {
				t.Errorf("%s: Size = %d, %v; want %d", v.ID, n, err, v.N)
			}
		case vectors.NotClose, vectors.ReservedBits, vectors.Fragmented, vectors.TooLong, vectors.Short:
			if n != 0 || nameOf(err) != v.Error {
				t.Errorf("%s: Size = %d, %v; want %s", v.ID, n, err, v.Error)
			}
		}
	}
}

// TestOffsets verifies that the offset of a vector with an invalid reason is
// the result of utf8check.IndexInvalid.
func TestOffsets(t *testing.T) {
	check := func(id, fault string, reason []byte, offset int) {
		want := -1
		if fault == vectors.InvalidUTF8 {
			want = utf8check.IndexInvalid(reason)
		}
		if offset != want {
			t.Errorf("%s: offset %d, want %d", id, offset, want)
		}
	}
	for _, v := range vectors.Payloads() {
		check(v.ID, v.Error, v.Bytes[min(2, len(v.Bytes)):], v.Offset)
	}
	for _, v := range vectors.Frames() {
		var reason []byte
		if v.Error == vectors.InvalidUTF8 {
			n, err := frame.Size(v.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			reason = v.Bytes[4:n]
			if v.Role == vectors.Server {
				reason = masked(v.Bytes[6:n], [4]byte(v.Bytes[2:]))[2:]
			}
		}
		check(v.ID, v.Error, reason, v.Offset)
	}
	for _, v := range vectors.Encodings() {
		check(v.ID, v.Error, v.Reason, v.Offset)
	}
}
