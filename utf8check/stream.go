package utf8check

import "github.com/closeframe/closeframe/internal/kernel"

// A Stream validates one text message that arrives in chunks: in fragments (RFC
// 6455 §5.4) or in parts of a frame. A chunk may be empty, and may start or end
// in the middle of a character. The zero Stream is ready for the first chunk.
//
// RFC 6455 §8.1: "When an endpoint is to interpret a byte stream as UTF-8 but
// finds that the byte stream is not, in fact, a valid UTF-8 stream, that
// endpoint MUST _Fail the WebSocket Connection_." A Stream detects this as
// early as possible: in the chunk with the first byte that cannot be part of
// valid UTF-8, whatever follows.
//
// A Stream is one byte, keeps no reference to the chunks, and must not be used
// concurrently.
type Stream struct {
	state kernel.State
}

// Next validates p, the next chunk of the message. It reports whether the
// message can still become valid UTF-8 (RFC 6455 §8.1). After a false result,
// Next and NextMasked report false until Reset.
func (s *Stream) Next(p []byte) bool {
	s.state = kernel.Next(s.state, kernel.String(p))
	return s.state != kernel.Invalid
}

// NextMasked unmasks p, the next chunk of the message, in place, and validates
// it in the same pass. pos is the position of p[0] in the frame's payload (RFC
// 6455 §5.3); only pos modulo 4 matters. The result is that of Next for the
// unmasked chunk. If it is false, the content of p is unspecified. If an
// earlier chunk was rejected, p is unchanged.
func (s *Stream) NextMasked(p []byte, key [4]byte, pos int) bool {
	if s.state != kernel.Invalid {
		s.state = kernel.UnmaskNext(s.state, p, kernel.Key(key, pos))
	}
	return s.state != kernel.Invalid
}

// Complete reports whether the chunks so far are valid UTF-8: none was
// rejected, and the last one does not end in the middle of a character. Call it
// at the end of the message, before Reset, because "the whole message MUST
// contain valid UTF-8" (RFC 6455 §5.6).
func (s *Stream) Complete() bool { return s.state == 0 }

// Reset prepares the Stream for another message (RFC 6455 §5.6).
func (s *Stream) Reset() { *s = Stream{} }
