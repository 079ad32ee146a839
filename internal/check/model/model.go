// Package model is a second, simple implementation of closeevent.Handshake for
// tests to compare with. It shares no code with it: it reads the valid
// codes from the registry, builds frames byte by byte, and stores the frames themselves instead
// of flags.
package model

import "unicode/utf8"

// A Kind is a kind of event of an endpoint.
type Kind uint8

// The kinds, named after the methods of closeevent.Handshake.
const (
	Close Kind = iota
	Receive
	Fail
	WriteFailed
	TransportClosed
	Relay
)

// An Event is one call. Code and Reason are for Close, Receive and Relay, Code
// is for Fail, and Lost is for Relay.
type Event struct {
	Kind   Kind
	Code   uint16
	Reason string
	Lost   uint16
}

// A Frame is the contents of a Close frame.
type Frame struct {
	Code   uint16
	Reason string
}

// A Model is one endpoint. The zero Model is a server's.
type Model struct {
	Client bool
	Key    [4]byte

	Sent     [1]Frame // the Close frames sent, at most one
	NSent    int
	Received Frame // the first Close frame that was not ignored
	Came     bool
	First    bool // it arrived before ours was sent
	Lost     bool // ours was not delivered
	Failed   bool
	Gone     bool
}

// Apply applies e. It returns the bytes to write, and whether the arguments of
// a Close are rejected.
func (m *Model) Apply(e Event) (written []byte, refused bool) {
	switch e.Kind {
	case Close:
		if !Sendable(e.Code, e.Reason) {
			return nil, true
		}
		if m.State() == "open" {
			written = m.send(e.Code, e.Reason)
		}
	case Receive:
		if m.Gone || m.Failed || m.Came {
			break
		}
		if !Sendable(e.Code, "") || e.Code == 1005 && e.Reason != "" || len(e.Reason) > 123 {
			return m.Apply(Event{Kind: Fail, Code: 1002})
		}
		if !utf8.ValidString(e.Reason) {
			return m.Apply(Event{Kind: Fail, Code: 1007})
		}
		m.Came, m.Received = true, Frame{e.Code, e.Reason}
		m.First = m.NSent == 0 || m.Lost
		if m.NSent == 0 {
			written = m.send(e.Code, "")
		}
	case Fail:
		if m.Gone || m.Failed || m.complete() {
			break
		}
		if m.NSent == 0 && Sendable(e.Code, "") {
			written = m.send(e.Code, "")
		}
		m.Failed = true
	case Relay:
		if m.State() != "open" {
			break
		}
		switch {
		case e.Code == 1005:
			return m.Apply(Event{Kind: Close, Code: 1005})
		case Sendable(e.Code, ""):
			reason := e.Reason
			for !Sendable(e.Code, reason) {
				reason = reason[:len(reason)-1]
			}
			return m.Apply(Event{Kind: Close, Code: e.Code, Reason: reason})
		case Sendable(e.Lost, ""):
			return m.Apply(Event{Kind: Close, Code: e.Lost})
		}
		m.Failed = true
	case WriteFailed:
		if m.NSent == 1 && !m.Gone {
			m.Lost = true
		}
	case TransportClosed:
		m.Gone = true
	}
	return written, false
}

// complete reports whether the closing handshake is complete.
func (m *Model) complete() bool { return m.NSent == 1 && !m.Lost && m.Came }

// State returns the state's name.
func (m *Model) State() string {
	if m.Gone {
		return "closed"
	}
	if m.NSent == 0 && !m.Came && !m.Failed {
		return "open"
	}
	return "closing"
}

// ShouldCloseTransport reports whether to close the transport.
func (m *Model) ShouldCloseTransport() bool {
	return !m.Gone && (m.Failed || m.Lost || m.complete() && !m.Client)
}

// PeerFirst reports whether the peer closed first.
func (m *Model) PeerFirst() bool { return m.Came && m.First }

// Cause returns the expected name of the cause.
func (m *Model) Cause() string {
	switch {
	case m.complete():
		return "clean"
	case m.Failed:
		return "failed"
	case m.Lost:
		return "undelivered"
	case m.NSent == 1 && !m.Came:
		return "unanswered"
	}
	return "lost"
}

// End returns the expected result of TransportClosed.
func (m *Model) End() (code uint16, reason string, wasClean bool) {
	if !m.Came {
		return 1006, "", false
	}
	return m.Received.Code, m.Received.Reason, m.complete()
}

// send sends the one Close frame and returns its bytes.
func (m *Model) send(code uint16, reason string) []byte {
	m.Sent[m.NSent] = Frame{code, reason}
	m.NSent++
	payload := append([]byte{byte(code >> 8), byte(code)}, reason...)
	if code == 1005 {
		payload = nil
	}
	if !m.Client {
		return append([]byte{0x88, byte(len(payload))}, payload...)
	}
	b := append([]byte{0x88, 0x80 + byte(len(payload))}, m.Key[:]...)
	for i, c := range payload {
		b = append(b, c^m.Key[i%4])
	}
	return b
}

// Sendable reports whether a Close frame may have the code and the reason. 1005
// means no code.
func Sendable(code uint16, reason string) bool {
	if code == 1005 {
		return reason == ""
	}
	return SendableCode(int(code)) && len(reason) <= 123 && utf8.ValidString(reason)
}
