package paste

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	// packRE matches a call of pack in PHP, Perl, Python and Lua, and packedRE one
	// in Ruby.
	packRE   = regexp.MustCompile(`^(?:struct\.|string\.)?pack(?:\(\s*|\s+)(?:"([^"]*)"|'([^']*)')\s*,\s*([^()\[\]]*?)\s*(?:\)|$)`)
	packedRE = regexp.MustCompile(`^\[([^()\[\]]*)\]\.pack\(?\s*(?:"([^"]*)"|'([^']*)')\s*\)?`)
	// orderRE matches a number in network byte order in Python.
	orderRE = regexp.MustCompile(`^(?:\(?(` + numeral + `)\)?)\.to_bytes\(\s*(?:length=)?2\s*,\s*(?:byteorder=)?["']big["']\s*\)`)
)

// packAt returns the bytes of the call that packs numbers and starts at the
// start of s, and its length. n is 0 if there is none. ok is false if the
// meaning of the call is unknown.
func packAt(s string) (data []byte, n int, ok bool) {
	const most = 4096
	if s == "" || strings.IndexByte("ps[(&$0123456789", s[0]) < 0 {
		return nil, 0, false
	}
	clipped := len(s) > most
	s = s[:min(len(s), most)]
	var format, args string
	if m := find(orderRE, s, strings.Contains(s[:min(len(s), 32)], ".to_bytes(")); m != nil {
		format, args, n = "n", m[1], len(m[0])
	} else if m := packRE.FindStringSubmatch(s); m != nil {
		format, args, n = m[1]+m[2], m[3], len(m[0])
	} else if m := packedRE.FindStringSubmatch(s); m != nil {
		format, args, n = m[2]+m[3], m[1], len(m[0])
	} else {
		return nil, 0, false
	}
	if clipped && n == most {
		return nil, 0, false
	}
	values := strings.Split(args, ",")
	big, last := false, byte(0)
	take := func(letter byte) bool {
		if len(values) == 0 {
			return false
		}
		v := strings.TrimSpace(values[0])
		values = values[1:]
		size := 8
		switch {
		case letter == 'n', letter == 'H' && big, letter == 'h' && big:
			size = 16
		case strings.IndexByte("CcBb", letter) < 0:
			return false
		}
		x, err := strconv.ParseUint(v, 0, size)
		if err != nil {
			return false
		}
		if size == 16 {
			data = append(data, byte(x>>8))
		}
		data = append(data, byte(x))
		return true
	}
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case (c == '!' || c == '>') && i == 0:
			big = true
		case c == ' ':
		case c == '*' && last != 0:
			for len(values) > 0 {
				if !take(last) {
					return nil, n, false
				}
			}
		case isDigit(c) && c != '0' && last != 0 && !big: // a count after the letter
			for k := byte('1'); k < c; k++ {
				if !take(last) {
					return nil, n, false
				}
			}
		case isDigit(c) && c != '0' && big && i+1 < len(format): // Python's count before the letter
			for k := byte('1'); k < c; k++ {
				if !take(format[i+1]) {
					return nil, n, false
				}
			}
		default:
			if last = c; !take(c) {
				return nil, n, false
			}
		}
	}
	return data, n, len(values) == 0
}
