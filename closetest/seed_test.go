package closetest

import (
	"bytes"
	"slices"
	"testing"
)

// TestSeeds verifies that every kind has vectors and inputs of the corpus.
func TestSeeds(t *testing.T) {
	for _, v := range []struct {
		kind    Kind
		vector  string
		found   string // found by fuzzing
		atLeast int
	}{
		{Payload, "\x03", "\x88\x8c7\xfa!=4\x13FR^\x94F\x1dV\x8d@D", 544 + 10},
		{ServerFrame, "\x88\x82", "\x88\x8f\x01000\x0e0000000\x88000000", 549 + 50},
		{ClientFrame, "\x88\x02\x03\xe8", "\x81\x800000\x81\x800000", 537 + 50},
		{Text, "\xc0\xaf", "", 1016 + 10},
	} {
		list := seeds(v.kind)
		has := func(s string) bool {
			return slices.ContainsFunc(list, func(b []byte) bool { return bytes.HasPrefix(b, []byte(s)) })
		}
		if len(list) < v.atLeast || !has(v.vector) || !has(v.found) {
			t.Errorf("kind %d: %d inputs, has %q: %v, has %q: %v", v.kind, len(list), v.vector, has(v.vector), v.found, has(v.found))
		}
	}
}
