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
}
