package websocket

import (
	"errors"
	"time"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/utf8check"
)

func maskBytes(key [4]byte, pos int, b []byte) int { return frame.Mask(b, key, pos) }

func isValidReceivedCloseCode(code int) bool {
	return code == int(uint16(code)) && closecode.Code(code).Valid()
}

// FormatCloseMessage returns the payload of a Close frame. It is empty if the code
// must not be sent.
func FormatCloseMessage(closeCode int, text string) []byte {
	p, err := frame.AppendPayload([]byte{}, closecode.Code(closeCode), utf8check.Truncate(text))
	if err != nil || closeCode != int(uint16(closeCode)) {
		return []byte{}
	}
	return p
}

// refuse answers the payload of a Close frame that is invalid, and returns what is
// wrong with it.
func (c *Conn) refuse(payload []byte) error {
	_, err := frame.ParsePayload(payload)
	if err == nil {
		return nil
	}
	c.WriteControl(CloseMessage, FormatCloseMessage(int(err.(frame.Error).Code()), ""), time.Now().Add(writeWait))
	return errors.New("websocket: " + err.Error())
}
