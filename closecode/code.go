// Package closecode defines the status codes of WebSocket Close frames: which
// of the 65,536 may be sent, which class each belongs to, its registered name,
// and whether reconnecting after it can help.
//
// Only [Code.String] allocates. The package has no state, and its functions may
// be called concurrently.
package closecode

// A Code is the status code of a Close frame: the two-byte unsigned integer in
// network byte order at the start of the payload (RFC 6455 §5.5.1, §7.4).
//
// The zero Code means that there is no status code. It is never sent or
// registered.
type Code uint16

// Status codes as registered with IANA.
// See: https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number
//
// Codes marked "local" are never sent: an endpoint reports them to its own
// application (RFC 6455 §7.4.1).
const (
	NormalClosure           Code = 1000 // RFC 6455 §7.4.1
	GoingAway               Code = 1001 // RFC 6455 §7.4.1
	ProtocolError           Code = 1002 // RFC 6455 §7.4.1
	UnsupportedData         Code = 1003 // RFC 6455 §7.4.1
	_                       Code = 1004 // RFC 6455 §7.4.1 (Reserved)
	NoStatusRcvd            Code = 1005 // RFC 6455 §7.4.1, local: the Close frame had no code
	AbnormalClosure         Code = 1006 // RFC 6455 §7.4.1, local: there was no Close frame
	InvalidFramePayloadData Code = 1007 // RFC 6455 §7.4.1
	PolicyViolation         Code = 1008 // RFC 6455 §7.4.1
	MessageTooBig           Code = 1009 // RFC 6455 §7.4.1
	MandatoryExtension      Code = 1010 // RFC 6455 §7.4.1, sent by clients
	InternalError           Code = 1011 // RFC 6455 §7.4.1, erratum 3227: clients may send it too
	ServiceRestart          Code = 1012 // hybi list, msg09670
	TryAgainLater           Code = 1013 // hybi list, msg09670
	BadGateway              Code = 1014 // hybi list, msg10748
	TLSHandshake            Code = 1015 // RFC 6455 §7.4.1, local: the TLS handshake failed

	Unauthorized Code = 3000 // IANA, first come first served: like HTTP 401
	Forbidden    Code = 3003 // IANA, first come first served: like HTTP 403
	Timeout      Code = 3008 // IANA, first come first served: like HTTP 408
)

// The codes below 2000 with an entry in names are first to last.
const (
	first = NormalClosure
	last  = TLSHandshake
)

// sendable has bit n set if first+n is defined and may appear in a Close frame.
// Its gaps are 1004, which has no meaning, and the codes in local.
const sendable = 1<<(NormalClosure-first) |
	1<<(GoingAway-first) |
	1<<(ProtocolError-first) |
	1<<(UnsupportedData-first) |
	1<<(InvalidFramePayloadData-first) |
	1<<(PolicyViolation-first) |
	1<<(MessageTooBig-first) |
	1<<(MandatoryExtension-first) |
	1<<(InternalError-first) |
	1<<(ServiceRestart-first) |
	1<<(TryAgainLater-first) |
	1<<(BadGateway-first)

// local has bit n set if first+n "is a reserved value and MUST NOT be set as a
// status code in a Close control frame by an endpoint" (RFC 6455 §7.4.1).
const local = 1<<(NoStatusRcvd-first) |
	1<<(AbnormalClosure-first) |
	1<<(TLSHandshake-first)

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
// in a sentence. The codes first to last come first, in order and without gaps.
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

// Valid reports whether c may appear in a Close frame, sent or received:
// whether it is one of 1000–1003, 1007–1014 and 3000–4999.
//
// It follows the strict reading of RFC 6455 §7.4 and the registry. Codes for
// extensions (2000–2999) and codes registered later are invalid until a release
// of this module adds them. A proxy that must relay unknown codes forwards the
// payload without parsing it.
func (c Code) Valid() bool {
	// "Status codes in the range 3000-3999 are reserved for use by libraries,
	// frameworks, and applications. […] Status codes in the range 4000-4999
	// are reserved for private use" (§7.4.2).
	return c-3000 < 2000 || c-first <= last-first && sendable&(1<<(c-first)) != 0
}

// Scriptable reports whether a script may pass c to the close method of a
// browser's WebSocket: whether it is 1000 or one of 3000–4999. For any other
// code the method throws an InvalidAccessError (WHATWG WebSockets Standard, the
// close(code, reason) method).
func (c Code) Scriptable() bool {
	return c == NormalClosure || c-3000 < 2000
}
