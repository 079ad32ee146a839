package paste

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// TestSamples verifies that the samples of each recognizer are read as their
// bytes, by this recognizer among others, and by nothing else in another way.
func TestSamples(t *testing.T) {
	for i, f := range recognizers {
		if len(f.samples) == 0 {
			t.Errorf("recognizer %d has no samples", i)
		}
		for _, s := range f.samples {
			got, err := Read([]byte(s.text), Options{})
			if err != nil || hex.EncodeToString(got.Bytes()) != s.hex {
				t.Errorf("%q: %x, %v, want %s", s.text, got.Bytes(), err, s.hex)
			}
			own := false
			var r result
			f.read(decodeText([]byte(s.text)), Options{}, &r)
			for _, x := range r.readings {
				own = own || hex.EncodeToString(x.Bytes()) == s.hex
			}
			if !own {
				t.Errorf("%q: recognizer %d does not read it", s.text, i)
			}
		}
	}
}

// TestDeep verifies that brackets that would take quadratic time to read are
// refused.
func TestDeep(t *testing.T) {
	text := "[" + strings.Repeat("?[ ", 4096) + "x"
	var bad *Error
	if _, err := Read([]byte(text), Options{}); !errors.As(err, &bad) || bad.Kind != "deep" {
		t.Errorf("%v, want deep", err)
	}
}
