package frame_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/testdata"
)

// TestCaptures verifies the results for Close frames that other libraries sent.
// The expected values were derived without this package.
func TestCaptures(t *testing.T) {
	errs := map[string]error{
		"":              nil,
		"reserved_bits": frame.ErrReservedBits,
		"fragmented":    frame.ErrFragmented,
		"masked":        frame.ErrMasked,
		"unmasked":      frame.ErrUnmasked,
		"too_long":      frame.ErrTooLong,
		"short":         frame.ErrShort,
		"invalid_code":  frame.ErrInvalidCode,
		"invalid_utf8":  frame.ErrInvalidUTF8,
	}
	files, err := fs.Glob(testdata.Files, "captures/*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		data, err := testdata.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Source, Sender string
			Frames         []struct {
				Scenario, Bytes string
				Code            closecode.Code
				Reason          string `json:"reason_bytes"`
				Error           string
			}
		}
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatal(err)
		}
		if len(file.Frames) == 0 || file.Source == "" {
			t.Errorf("%s: no frames, or no source", name)
		}
		for _, f := range file.Frames {
			b, err := hex.DecodeString(f.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			want, ok := errs[f.Error]
			if !ok {
				t.Fatalf("%s: error %q", name, f.Error)
			}
			var (
				c frame.Close
				n int
			)
			if file.Sender == "server" {
				c, n, err = frame.Parse(b)
			} else {
				c, n, err = frame.ParseMasked(nil, b)
			}
			if !errors.Is(err, want) || c.Code != f.Code || hex.EncodeToString(c.Reason) != f.Reason || err == nil && n != len(b) {
				t.Errorf("%s, %s: %x: %v %x, %d, %v; want %v %s, %q", name, f.Scenario, b, c.Code, c.Reason, n, err, f.Code, f.Reason, f.Error)
			}
		}
	}
}
