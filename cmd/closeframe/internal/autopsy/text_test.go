package autopsy

import (
	"testing"

	"github.com/closeframe/closeframe/internal/catalog"
)

// TestSeconds verifies the unit of a time.
func TestSeconds(t *testing.T) {
	for s, want := range map[float64]string{
		0: "0 s", 0.000039: "39 µs", 0.013046: "13 ms", 0.5: "500 ms", 5: "5 s", 60.0021: "60.0 s",
	} {
		if got := (Writer{catalog.In("en")}).seconds(s); got != want {
			t.Errorf("%v is %q, want %q", s, got, want)
		}
	}
}
