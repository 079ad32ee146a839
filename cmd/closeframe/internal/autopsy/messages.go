package autopsy

import "github.com/closeframe/closeframe/utf8check"

// messages checks what closetap does not check: the order of fragments and the
// UTF-8 of text messages. It reports the first violation.
type messages struct {
	inside bool // a message has started
	unsure bool // it is unknown whether one has
	text   bool // of text, and not compressed
	utf8   utf8check.Stream
	key    [4]byte
	pos    int
	fault  string
}

func (m *messages) fail(name string) {
	if m.fault == "" {
		m.fault = name
	}
}

// header checks the header at the start of raw. extensions reports whether
// extensions were negotiated, so that RSV bits may be set.
func (m *messages) header(h frameHeader, raw []byte, extensions bool) {
	if h.rsv != 0 && !extensions {
		m.fail("reserved_bits")
	}
	if h.masked {
		copy(m.key[:], raw[h.size-4:h.size])
	} else {
		m.key = [4]byte{}
	}
	m.pos = 0
	switch {
	case h.opcode > 10 || h.opcode > 2 && h.opcode < 8:
		m.fail("reserved_opcode")
	case h.control():
		if !h.fin {
			m.fail("fragmented")
		}
	case h.opcode == 0:
		if !m.inside && !m.unsure {
			m.fail("continuation")
		}
	default:
		if m.inside {
			m.fail("interleaved")
		}
		m.inside = true
		m.text = h.opcode == 1 && h.rsv == 0
		m.utf8.Reset()
	}
}

// payload checks bytes of the payload of a data frame.
func (m *messages) payload(p []byte) {
	if m.text && !m.utf8.NextMasked(p, m.key, m.pos) {
		m.fail("invalid_text")
	}
	m.pos = (m.pos + len(p)) & 3
}

// complete records that the data frame with the given header is complete.
func (m *messages) complete(h frameHeader) {
	if h.control() || !h.fin {
		return
	}
	if m.text && !m.utf8.Complete() {
		m.fail("invalid_text")
	}
	m.inside, m.text, m.unsure = false, false, false
}

// gap records that bytes are missing in the capture, so that the message
// cannot be checked.
func (m *messages) gap() { m.text = false }

// resume records that frames may be missing before the next one.
func (m *messages) resume() { m.inside, m.text, m.unsure = false, false, true }
