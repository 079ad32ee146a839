package wsutil

import (
	"errors"
	"io"

	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
	"github.com/gobwas/ws"
)

// ErrInvalidUTF8 is the error of a UTF8Reader.
var ErrInvalidUTF8 = errors.New("invalid utf8")

// refuse answers the payload of a Close frame that is invalid, and returns what is
// wrong with it.
func (c ControlHandler) refuse(payload []byte) error {
	_, err := frame.ParsePayload(payload)
	if err == nil {
		return nil
	}
	answer := ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusCode(err.(frame.Error).Code()), ""))
	if c.State.ClientSide() {
		ws.MaskFrameInPlace(answer)
	}
	if err := ws.WriteFrame(c.Dst, answer); err != nil {
		return err
	}
	return err
}

// UTF8Reader reads from Source and validates what it reads.
type UTF8Reader struct {
	Source io.Reader

	text     utf8check.Stream
	accepted int
	invalid  bool
}

// NewUTF8Reader returns a UTF8Reader for r.
func NewUTF8Reader(r io.Reader) *UTF8Reader { return &UTF8Reader{Source: r} }

// Reset makes u read from r.
func (u *UTF8Reader) Reset(r io.Reader) { *u = UTF8Reader{Source: r} }

// Read reads from Source. If that is not UTF-8, n is Accepted.
func (u *UTF8Reader) Read(p []byte) (n int, err error) {
	n, err = u.Source.Read(p)
	before := u.text
	u.invalid = !u.text.Next(p[:n])
	// Find the end of the last character.
	for u.accepted = n; u.accepted > 0; u.accepted-- {
		text := before
		if text.Next(p[:u.accepted]) && text.Complete() {
			break
		}
	}
	if u.invalid {
		return u.accepted, ErrInvalidUTF8
	}
	return n, err
}

// Valid reports whether everything read is valid UTF-8.
func (u *UTF8Reader) Valid() bool { return !u.invalid && u.text.Complete() }

// Accepted returns how many bytes of the last Read are whole characters.
func (u *UTF8Reader) Accepted() int { return u.accepted }
