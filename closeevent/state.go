package closeevent

// A State is the state of a connection while it closes (RFC 6455 §7.1.3,
// §7.1.4). A Handshake passes through the states in order and never returns to
// an earlier one.
type State uint8

const (
	// Open: no Close frame has been sent or received. Data frames may be sent
	// in this state only (RFC 6455 §6.1).
	Open State = iota

	// Closing: a Close frame has been sent or received (RFC 6455 §7.1.3), or
	// the connection has been failed (§7.1.7).
	Closing

	// Closed: the transport is closed (RFC 6455 §7.1.4).
	Closed
)

// String returns the state in lower case, as in "closing".
func (s State) String() string {
	switch s {
	case Open:
		return "open"
	case Closing:
		return "closing"
	case Closed:
		return "closed"
	}
	return "unknown"
}
