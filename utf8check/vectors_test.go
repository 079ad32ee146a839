package utf8check

import (
	"testing"

	"github.com/closeframe/closeframe/internal/vectors"
)

// TestVectors compares every function with the vectors, and a Stream that gets
// them byte by byte.
//
// Shows: utf8.json
func TestVectors(t *testing.T) {
	for _, v := range vectors.Texts() {
		if got := Valid(v.Bytes); got != v.Valid {
			t.Errorf("%s: Valid is %v", v.ID, got)
		}
		if got := IndexInvalid(v.Bytes); got != v.Offset {
			t.Errorf("%s: IndexInvalid is %d, want %d", v.ID, got, v.Offset)
		}
		if got := len(Truncate(v.Bytes)); got != v.Truncate {
			t.Errorf("%s: Truncate leaves %d bytes, want %d", v.ID, got, v.Truncate)
		}
		var s Stream
		ok := true
		for i := range v.Bytes {
			ok = s.Next(v.Bytes[i : i+1])
		}
		if ok != (v.Valid || v.Incomplete) || s.Complete() != v.Valid {
			t.Errorf("%s: Next is %v at the end, Complete %v", v.ID, ok, s.Complete())
		}
	}
}
