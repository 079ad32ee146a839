package closecode

import "strconv"

// A naming holds the names of one code: in the registry, in this package, and
// in the former table of MDN. An empty string means that there is no name.
type naming struct {
	code       Code
	registered string // Name
	ident      string // the constant of this package
	mdn        string // MDN's CLOSE_* name
}

// Registered names are spelled as in the registry. The exception is "Bad
// Gateway", the name that implementations use: the registry describes 1014 only
// in a sentence.
var names = [...]naming{
	{NormalClosure, "Normal Closure", "NormalClosure", "CLOSE_NORMAL"},
	{GoingAway, "Going Away", "GoingAway", "CLOSE_GOING_AWAY"},
	{ProtocolError, "Protocol error", "ProtocolError", "CLOSE_PROTOCOL_ERROR"},
	{UnsupportedData, "Unsupported Data", "UnsupportedData", "CLOSE_UNSUPPORTED"},
	{1004, "Reserved", "", ""},
	{NoStatusRcvd, "No Status Rcvd", "NoStatusRcvd", "CLOSE_NO_STATUS"},
	{AbnormalClosure, "Abnormal Closure", "AbnormalClosure", "CLOSE_ABNORMAL"},
	{InvalidFramePayloadData, "Invalid frame payload data", "InvalidFramePayloadData", ""},
	{PolicyViolation, "Policy Violation", "PolicyViolation", ""},
	{MessageTooBig, "Message Too Big", "MessageTooBig", "CLOSE_TOO_LARGE"},
	{MandatoryExtension, "Mandatory Ext.", "MandatoryExtension", ""},
	{InternalError, "Internal Error", "InternalError", ""},
	{ServiceRestart, "Service Restart", "ServiceRestart", ""},
	{TryAgainLater, "Try Again Later", "TryAgainLater", ""},
	{BadGateway, "Bad Gateway", "BadGateway", ""},
	{TLSHandshake, "TLS handshake", "TLSHandshake", ""},
	{Unauthorized, "Unauthorized", "Unauthorized", ""},
	{Forbidden, "Forbidden", "Forbidden", ""},
	{Timeout, "Timeout", "Timeout", ""},
}

// Name returns the registered name of c, spelled as in the registry, such as
// "Going Away" or "Protocol error". It returns "" for codes without a name. The
// name of 1004 is "Reserved" (RFC 6455 §11.7).
func (c Code) Name() string {
	if d := int(c) - 1000; 0 <= d && d < 16 {
		return names[d].registered // the first 16 entries are 1000 to 1015
	}
	switch c {
	case Unauthorized:
		return "Unauthorized"
	case Forbidden:
		return "Forbidden"
	case Timeout:
		return "Timeout"
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
