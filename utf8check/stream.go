package utf8check

import "github.com/closeframe/closeframe/internal/kernel"

// A Stream checks one text message that comes in pieces: in fragments (RFC 6455 §5.4), or in what one read
// gives of a frame. Pieces may be cut anywhere, in the middle of a character too, and may be empty. The zero
// Stream is ready for the first piece.
//
// RFC 6455 §8.1: "When an endpoint is to interpret a byte stream as UTF-8 but finds that the byte stream is not, in fact, a
// valid UTF-8 stream, that endpoint MUST _Fail the WebSocket Connection_." A Stream finds it as early as it can be found:
// in the piece that holds the first byte that no later byte can mend.
//
// A Stream is one byte, holds no reference to the pieces, and is not safe for concurrent use.
type Stream struct {
	state kernel.State
}

// Next checks the next piece of the message. It reports whether the message can still become well-formed UTF-8 (RFC 6455
// §8.1). After it has reported false, Next and NextMasked report false until Reset.
func (s *Stream) Next(p []byte) bool {
	s.state = kernel.Next(s.state, kernel.String(p))
	return s.state != kernel.Invalid
}

// NextMasked unmasks p, the next piece of the message, in place and checks it in the same pass. Its first byte is at
// position pos of the frame's payload (RFC 6455 §5.3); only pos modulo 4 counts. It reports what Next does. If it reports false, what p
// then holds is unspecified; but if an earlier piece had failed already, p is left as it was.
func (s *Stream) NextMasked(p []byte, key [4]byte, pos int) bool {
	if s.state != kernel.Invalid {
		s.state = kernel.UnmaskNext(s.state, p, kernel.Key(key, pos))
	}
	return s.state != kernel.Invalid
}

// Complete reports whether the pieces so far are well-formed UTF-8 as they stand: none has failed, and the last one does not
// end in the middle of a character: "the whole message MUST contain valid UTF-8" (RFC 6455 §5.6). It is to be asked
// at the message's end, before Reset.
func (s *Stream) Complete() bool { return s.state == 0 }

// Reset makes the Stream ready for another message: each is judged by itself (RFC 6455 §5.6).
func (s *Stream) Reset() { *s = Stream{} }
