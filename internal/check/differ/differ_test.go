package differ

import (
	"sync/atomic"
	"testing"
)

// TestRun compares some frames of one seed. The frames must cover exactly the
// classes of Classes.
func TestRun(t *testing.T) {
	n := int64(8 * block)
	if testing.Short() {
		n = block
	}
	var done atomic.Int64
	count, err := Run(1, n, 2, &done)
	if err != nil {
		t.Fatal(err)
	}
	if count.Frames != n || done.Load() != n {
		t.Errorf("%d frames, %d done, want %d", count.Frames, done.Load(), n)
	}
	all := map[Class]bool{}
	for _, class := range Classes() {
		all[class] = true
		if count.Classes[class] == 0 {
			t.Errorf("no frame of the class %v", class)
		}
	}
	for class, n := range count.Classes {
		if !all[class] {
			t.Errorf("%d frames of the class %v", n, class)
		}
	}
}

// TestSeed verifies that the frames depend on the seed only, not on the number of
// goroutines.
func TestSeed(t *testing.T) {
	classes := func(seed uint64, goroutines int) map[Class]int64 {
		var done atomic.Int64
		count, err := Run(seed, block+1, goroutines, &done)
		if err != nil {
			t.Fatal(err)
		}
		return count.Classes
	}
	one, two, other := classes(1, 1), classes(1, 2), classes(2, 2)
	same := 0
	for class, n := range one {
		if two[class] != n {
			t.Errorf("%v: %d frames with one goroutine, %d with two", class, n, two[class])
		}
		if other[class] == n {
			same++
		}
	}
	if same == len(one) {
		t.Error("the seed makes no difference")
	}
}
