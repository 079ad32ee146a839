//go:build (amd64 || arm64) && gc && !purego

package kernel

import (
	"fmt"
	"slices"
	"testing"
)

// lookupError reports whether b is an error after the three bytes p3, p2 and
// p1 by the Keiser–Lemire lookup, as CHECK of AVX2 and NEON computes it.
func lookupError(p3, p2, p1, b byte) bool {
	e := prevHigh[p1>>4] & prevLow[p1&15] & currHigh[b>>4]
	if p2 >= 0xE0 || p3 >= 0xF0 {
		e ^= twoConts
	}
	return e != 0
}

// TestTables proves the tables of the vector backends. A backend validates each
// byte by itself and the three bytes before it. So the test tries all windows of
// four bytes: every byte after every three bytes that occur together, in every
// state of the input before them.
//
// A byte that is never part of UTF-8 (C0, C1, F5–FF) is an error at the byte
// after it; the comparison takes that into account.
//
// Shows: U01 U02 U03 U04
func TestTables(t *testing.T) {
	a := grammarOf()
	dead := a.Dead()
	never := func(b byte) bool { return b == 0xC0 || b == 0xC1 || b >= 0xF5 }
	for b := range 256 {
		refused := !slices.ContainsFunc(a.Next, func(next [256]int) bool { return next[b] != dead })
		if refused != never(byte(b)) {
			t.Fatalf("%#x is part of UTF-8: %v", b, !refused)
		}
	}

	// The three bytes before are one of each kind. Two bytes are of one kind if
	// neither the grammar nor the tables distinguish them.
	kinds := map[string]byte{}
	for b := range 256 {
		var column []int
		for s := range a.Next {
			column = append(column, a.Next[s][b])
		}
		kinds[fmt.Sprint(column, prevHigh[b>>4], prevLow[b&15], b >= 0xE0, b >= 0xF0, rangeKind(byte(b)))] = byte(b)
	}
	windows := 0
	states := map[string]int{}
	for state := range a.Next {
		for _, p3 := range kinds {
			for _, p2 := range kinds {
				for _, p1 := range kinds {
					before := a.Run(state, p3, p2, p1)
					if never(p1) && state != dead && a.Run(state, p3, p2) == 0 {
						before = dead // p1 is reported now, whatever b is
					} else if before == dead {
						continue // was reported before
					} else {
						// The three bytes alone must determine the state.
						key := string([]byte{p3, p2, p1})
						if was, ok := states[key]; ok && was != before {
							t.Fatalf("after % x the input is in one of two states", key)
						}
						states[key] = before
					}
					for i := range 256 {
						windows++
						b := byte(i)
						want := a.Next[before][b] == dead
						if never(b) {
							want = before != 0 // itself, b is reported later
						}
						if lookup, ranges := lookupError(p3, p2, p1, b), rangeError(p3, p2, p1, b); lookup != want || ranges != want {
							t.Fatalf("%#x after % x: error by lookup: %v, by range tables: %v, by the grammar: %v",
								b, []byte{p3, p2, p1}, lookup, ranges, want)
						}
					}
				}
			}
		}
	}
	t.Logf("%d kinds of bytes, %d windows", len(kinds), windows)
}
