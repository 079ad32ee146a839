package dissect

// The kinds of ill-formed UTF-8 (RFC 3629 §3, §4).
const (
	stray     = iota // 80–bf with no lead byte before it
	overlong         // overlong form: c0, c1, e0 80, f0 80
	surrogate        // U+D800–U+DFFF: ed a0
	beyond           // above U+10FFFF: f4 90, f5–f7
	never            // f8–ff
	broken           // another byte instead of a continuation byte
	cut              // the end instead of a continuation byte
	utf8Kinds
)

// utf8Names are the names of the kinds in the catalog.
var utf8Names = [utf8Kinds]string{"stray", "overlong", "surrogate", "beyond", "never", "broken", "cut"}

// illFormed returns the kind and the length of the ill-formed sequence at the
// start of p, which must not be valid UTF-8.
func illFormed(p []byte) (n, kind int) {
	var need int
	switch c := p[0]; {
	case c < 0xc0:
		return 1, stray
	case c < 0xe0:
		need = 2
	case c < 0xf0:
		need = 3
	case c < 0xf8:
		need = 4
	default:
		return 1, never
	}
	n = 1
	for n < need && n < len(p) && p[n]&0xc0 == 0x80 {
		n++
	}
	switch c := p[0]; {
	case c < 0xc2:
		return n, overlong
	case c > 0xf4:
		return n, beyond
	case n > 1 && (c == 0xe0 && p[1] < 0xa0 || c == 0xf0 && p[1] < 0x90):
		return n, overlong
	case n > 1 && c == 0xed && p[1] >= 0xa0:
		return n, surrogate
	case n > 1 && c == 0xf4 && p[1] >= 0x90:
		return n, beyond
	case n == len(p):
		return n, cut
	}
	return n, broken
}
