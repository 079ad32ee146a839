package closecode

import "strconv"

// A Class is one of the ranges into which RFC 6455 §7.4 divides the 65,536
// codes. Every Code is in exactly one of them.
type Class uint8

// The classes. Only codes of the classes Standard, Registered and Private may
// be sent.
const (
	Unused     Class = iota // 0–999: "not used" (RFC 6455 §7.4.2)
	Standard                // 1000–1999: defined, may be sent (§7.4.1)
	Local                   // 1005, 1006, 1015: reported, never sent (§7.4.1)
	Reserved                // 1000–1999, the others: for the protocol's future (§7.4.2)
	Extension               // 2000–2999: for WebSocket extensions (§7.4.2)
	Registered              // 3000–3999: libraries and frameworks, IANA, first come first served (§7.4.2, §11.7)
	Private                 // 4000–4999: applications, by agreement among themselves (§7.4.2)
	OutOfRange              // 5000–65535: a status code is "an integer number between 1000 and 4999" (§11.7)
)

// Class returns the class that c belongs to (RFC 6455 §7.4.1, §7.4.2).
func (c Code) Class() Class {
	switch {
	case c < 1000:
		return Unused
	case c <= last && sendable&(1<<(c-first)) != 0:
		return Standard
	case c <= last && local&(1<<(c-first)) != 0:
		return Local
	case c < 2000:
		return Reserved
	case c < 3000:
		return Extension
	case c < 4000:
		return Registered
	case c < 5000:
		return Private
	}
	return OutOfRange
}

// String returns the class in lower case, as in "out of range", for logs.
func (c Class) String() string {
	switch c {
	case Unused:
		return "unused"
	case Standard:
		return "standard"
	case Local:
		return "local"
	case Reserved:
		return "reserved"
	case Extension:
		return "extension"
	case Registered:
		return "registered"
	case Private:
		return "private"
	case OutOfRange:
		return "out of range"
	}
	return "Class(" + strconv.Itoa(int(c)) + ")"
}
