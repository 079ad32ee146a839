package frame_test

import (
	"errors"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closetest"
	"github.com/closeframe/closeframe/frame"
)

// TestConformance runs the conformance kit of this module as any other
// implementation would. internal/check/proof changes this package in many ways
// and counts the changes that only this test detects.
func TestConformance(t *testing.T) {
	answer := closetest.Answer(func(err error) int {
		var e frame.Error
		errors.As(err, &e)
		return int(e.Code())
	})
	closetest.Payloads(t, func(p []byte) (int, string, error) {
		c, err := frame.ParsePayload(p)
		return int(c.Code), string(c.Reason), err
	}, answer)
	closetest.ClientFrames(t, func(b []byte) (int, string, error) {
		c, _, err := frame.Parse(b)
		return int(c.Code), string(c.Reason), err
	}, answer)
	closetest.ServerFrames(t, func(b []byte) (int, string, error) {
		c, _, err := frame.ParseMasked(nil, b)
		return int(c.Code), string(c.Reason), err
	}, answer)
	closetest.Encoder(t, func(code int, reason string) ([]byte, error) {
		return frame.AppendPayload(nil, closecode.Code(code), reason)
	})
	t.Run("Append", func(t *testing.T) {
		closetest.Encoder(t, func(code int, reason string) ([]byte, error) {
			b, err := frame.Append(nil, closecode.Code(code), reason)
			if err != nil {
				return nil, err
			}
			return payload(t, b, 0x00, 2), nil
		})
	})
	t.Run("AppendMasked", func(t *testing.T) {
		closetest.Encoder(t, func(code int, reason string) ([]byte, error) {
			key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
			b, err := frame.AppendMasked(nil, key, closecode.Code(code), reason)
			if err != nil {
				return nil, err
			}
			return masked(payload(t, b, 0x80, 6), key), nil
		})
	})
}

// payload returns the bytes after a header of n bytes.
func payload(t *testing.T, b []byte, mask byte, n int) []byte {
	if len(b) < n || b[0] != 0x88 || b[1] != mask|byte(len(b)-n) {
		t.Errorf("% x is not a Close frame", b)
		return nil
	}
	return b[n:]
}
