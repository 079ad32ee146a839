package autopsy

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/closeframe/closeframe/internal/catalog"
)

// FuzzRead verifies that no output of tshark causes a panic, and that every
// result can be printed as text and JSON.
func FuzzRead(f *testing.F) {
	for _, c := range captureCases(f) {
		b := c.recorded(f)
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := Reader{TLS: true}
		result, err := r.Read(bytes.NewReader(b))
		if err == nil && result.Partial != "" || err != nil && result.Partial != err.Error() && result.Packets > 0 {
			t.Errorf("error %v, but partial is %q", err, result.Partial)
		}
		for _, tag := range catalog.Languages() {
			w := Writer{catalog.In(tag)}
			for _, c := range result.Connections {
				if w.Sentence(c) == "" {
					t.Error("no sentence")
				}
				w.Next(c)
				w.Limits(c)
				for i := range c.Findings {
					w.Finding(&c.Findings[i])
				}
				for i := range c.Timeline {
					w.StepText(&c.Timeline[i])
				}
				for i := range c.Closes {
					w.CloseText(&c.Closes[i])
				}
			}
		}
		if _, err := json.Marshal(result); err != nil {
			t.Error(err)
		}
	})
}
