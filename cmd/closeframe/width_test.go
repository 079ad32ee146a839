package main

import (
	"strings"
	"testing"

	"github.com/closeframe/closeframe/cmd/closeframe/internal/dissect"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/paste"
	"github.com/closeframe/closeframe/internal/catalog"
)

// TestDecodeWidths verifies the output of decode for the narrowest and the
// widest terminal that it adapts to: every line fits, and a wide terminal is
// used.
func TestDecodeWidths(t *testing.T) {
	inputs := []string{
		"88 13 03 e9 73 65 72 76 65 72 20 67 6f 69 6e 67 20 64 6f 77 6e",
		"888d37fa213d5258458c444f179d4e5459",
		"887d0fa0" + strings.Repeat("61", 123),
		"8900 8103616263 880203e8 810161",
		"88 02 03 ed",
		"817f8000000000000000",
		"2024-11-29T17:06:40.123Z host app[123] DEBUG websocket.protocol: connection 7: rx: 88 05 03 e9 62 79 65",
	}
	for _, tag := range []string{"en", "zh-Hans"} {
		for _, size := range []struct {
			columns int
			file    string
		}{{minScreen, ".60.txt"}, {maxScreen, ".120.txt"}} {
			var b strings.Builder
			widest := 0
			l := catalog.In(tag)
			for _, in := range inputs {
				r, err := paste.Read([]byte(in), paste.Options{})
				if err != nil {
					t.Fatalf("%s: %v", in, err)
				}
				p := renderer{w: &b, l: l, columns: size.columns}
				p.decoded(decode(r, dissect.Options{Lang: l.Tag()}, l))
				b.WriteString("\n")
			}
			for line := range strings.Lines(b.String()) {
				n := columns(strings.TrimSuffix(line, "\n"))
				widest = max(widest, n)
				if n > size.columns {
					t.Errorf("%s: a line of %d columns, want at most %d: %q", tag, n, size.columns, line)
				}
			}
			if widest < size.columns*3/4 {
				t.Errorf("%s: the widest line has %d of %d columns", tag, widest, size.columns)
			}
			golden(t, "decode."+strings.TrimSuffix(tag, "-Hans")+size.file, b.String())
		}
	}
}
