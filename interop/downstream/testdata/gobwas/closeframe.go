package ws

import (
	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

// Cipher masks or unmasks payload.
func Cipher(payload []byte, mask [4]byte, offset int) { frame.Mask(payload, mask, offset) }

// CheckCloseFrameData returns the library's error for a code or reason that a
// Close frame must not have.
func CheckCloseFrameData(code StatusCode, reason string) error {
	switch {
	case !closecode.Code(code).Valid():
		return ErrProtocolStatusCodeUnknown
	case !utf8check.Valid(reason):
		return ErrProtocolInvalidUTF8
	}
	return nil
}

// NewCloseFrameBody returns the payload of a Close frame. It is empty if the code
// must not be sent.
func NewCloseFrameBody(code StatusCode, reason string) []byte {
	p, _ := frame.AppendPayload(nil, closecode.Code(code), utf8check.Truncate(reason))
	return p
}
