package closecode

import "strconv"

// Name returns the registered name of c, spelled as in the registry, such as
// "Going Away" or "Protocol error". It returns "" for codes without a name. The
// name of 1004 is "Reserved" (RFC 6455 §11.7).
func (c Code) Name() string {
	if d := c - first; d <= last-first {
		return names[d].registered
	}
	for i := int(last-first) + 1; i < len(names); i++ {
		if names[i].code == c {
			return names[i].registered
		}
	}
	return ""
}

// String returns c for logs: the decimal number, then its name, or in
// parentheses its class if it has no name, as in "1001 Going Away" and "4001
// (private)".
func (c Code) String() string {
	n := strconv.Itoa(int(c))
	if name := c.Name(); name != "" {
		return n + " " + name
	}
	return n + " (" + c.Class().String() + ")"
}

// Lookup returns the code with the given name and reports whether there is one
// (RFC 6455 §11.7). A name is a decimal number from 1 to 65535 without sign,
// spaces or leading zeros, or one of the following in any mixture of upper and
// lower case ASCII letters:
//
//   - the registered names, as [Code.Name] returns them: "Going Away",
//   - the names of this package's constants: "GoingAway",
//   - MDN's names: CLOSE_NORMAL, CLOSE_GOING_AWAY, CLOSE_PROTOCOL_ERROR,
//     CLOSE_UNSUPPORTED, CLOSE_NO_STATUS, CLOSE_ABNORMAL, CLOSE_TOO_LARGE.
//
// Where other libraries use a name for another code, the registry wins:
// "UnsupportedData" is 1003, although some libraries use it for 1007, and
// CLOSE_TOO_LARGE is 1009, although a draft of the protocol had it at 1004.
//
// Any number in the range is accepted, whether or not it may be sent.
func Lookup(name string) (Code, bool) {
	if name == "" {
		return 0, false
	}
	if '1' <= name[0] && name[0] <= '9' {
		return number(name)
	}
	for i := range names {
		n := &names[i]
		if equalFold(name, n.registered) || equalFold(name, n.ident) || equalFold(name, n.mdn) {
			return n.code, true
		}
	}
	return 0, false
}

// number parses decimal digits. The parsers of strconv would allocate their
// errors.
func number(s string) (Code, bool) {
	if len(s) > len("65535") {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		d := s[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + int(d)
	}
	if n > 65535 {
		return 0, false
	}
	return Code(n), true
}

// equalFold reports whether s and t are equal, ignoring the case of ASCII
// letters. Unlike strings.EqualFold it does not fold other letters, such as
// U+017F (long s), to ASCII letters.
func equalFold(s, t string) bool {
	if len(s) != len(t) {
		return false
	}
	for i := range len(s) {
		if lower(s[i]) != lower(t[i]) {
			return false
		}
	}
	return true
}

// lower returns b in lower case if it is an ASCII letter, and b otherwise.
func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + ('a' - 'A')
	}
	return b
}
