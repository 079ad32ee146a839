package closeevent

import "github.com/closeframe/closeframe/closecode"

// A Snapshot is the state of a Handshake as a value that tests can copy,
// compare and use as a map key.
type Snapshot struct {
	reason     string
	key        [4]byte
	code, sent closecode.Code
	past       facts
}

// Snapshot returns the state of h.
func (h *Handshake) Snapshot() Snapshot {
	return Snapshot{h.reason, h.key, h.code, h.sent, h.past}
}

// Handshake returns a Handshake with the state s.
func (s Snapshot) Handshake() Handshake {
	return Handshake{reason: s.reason, key: s.key, code: s.code, sent: s.sent, past: s.past}
}

// Do lets f change s as if it were a Handshake.
func (s *Snapshot) Do(f func(h *Handshake)) {
	h := s.Handshake()
	f(&h)
	*s = h.Snapshot()
}
