package envelope

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// capture reports whether the chunks are a capture file.
func capture(chunks []Chunk) (Kind, string) {
	if len(chunks) == 0 {
		return "", ""
	}
	b := chunks[0].Data
	if len(b) < 24 {
		return "", ""
	}
	switch binary.BigEndian.Uint32(b) {
	case 0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1:
		return PCAP, "pcap"
	case 0x0a0d0d0a:
		return PCAP, "pcapng"
	}
	return "", ""
}

// foreign returns the protocol of the stream if it is not WebSocket.
func foreign(s *Stream) (Kind, string) {
	b := s.Data
	for _, h := range s.Heads {
		if h.hixie {
			return Hixie76, h.Start
		}
	}
	if detail, ok := tlsRecord(b); ok {
		return TLS, detail
	}
	if bytes.HasPrefix(b, []byte("PRI * HTTP/2.0")) {
		return HTTP2, "connection preface"
	}
	if detail, ok := http2Frame(b); ok {
		return HTTP2, detail
	}
	if detail, ok := hixie(b); ok {
		return Hixie76, detail
	}
	return "", ""
}

var recordTypes = [...]string{"change_cipher_spec", "alert", "handshake", "application_data"}

// tlsRecord reports whether b begins with the header of a TLS record. Its
// content type would be a reserved opcode in a frame.
func tlsRecord(b []byte) (string, bool) {
	if len(b) < 5 || b[0] < 20 || b[0] > 23 || b[1] != 3 || b[2] > 4 {
		return "", false
	}
	n := int(binary.BigEndian.Uint16(b[3:]))
	if n == 0 || n > 1<<14+2048 {
		return "", false
	}
	return fmt.Sprintf("%s, %d", recordTypes[b[0]-20], n), true
}

var http2Types = [...]string{"DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE", "CONTINUATION"}

// http2Frame reports whether all of b is HTTP/2 frames.
func http2Frame(b []byte) (string, bool) {
	detail := ""
	for len(b) > 0 {
		if len(b) < 9 {
			return "", false
		}
		n := int(b[0])<<16 | int(b[1])<<8 | int(b[2])
		kind := int(b[3])
		stream := binary.BigEndian.Uint32(b[5:])
		if kind >= len(http2Types) || stream>>31 != 0 || n > len(b)-9 {
			return "", false
		}
		switch kind {
		case 4: // SETTINGS
			if stream != 0 || n%6 != 0 {
				return "", false
			}
		case 6: // PING
			if stream != 0 || n != 8 {
				return "", false
			}
		case 7: // GOAWAY
			if stream != 0 || n < 8 {
				return "", false
			}
		case 3, 8: // RST_STREAM, WINDOW_UPDATE
			if n != 4 {
				return "", false
			}
		default:
			if stream == 0 {
				return "", false
			}
		}
		if detail == "" {
			detail = http2Types[kind]
		}
		b = b[9+n:]
	}
	return detail, detail != ""
}

// hixie reports whether all of b is frames of draft-hixie-76: 00 text ff, and
// ff 00 at the end.
func hixie(b []byte) (string, bool) {
	detail := ""
	for len(b) > 0 {
		switch {
		case len(b) >= 2 && b[0] == 0xff && b[1] == 0:
			detail = "closing frame ff 00"
			b = b[2:]
		case b[0] == 0:
			n := bytes.IndexByte(b, 0xff)
			if n < 2 || b[1] < ' ' { // a continuation frame of RFC 6455 is likelier
				return "", false
			}
			if detail == "" {
				detail = "text frame"
			}
			b = b[n+1:]
		default:
			return "", false
		}
	}
	return detail, detail != ""
}
