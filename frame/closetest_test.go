package frame_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closetest"
	"github.com/closeframe/closeframe/frame"
)

// TestConformance runs the conformance kit of this module as any other
// implementation would, once for each way in which an endpoint uses the
// package. internal/check/proof changes this package in many ways and counts
// the changes that only this test detects.
func TestConformance(t *testing.T) {
	opts := []closetest.Option{
		closetest.Answer(func(err error) int {
			var e frame.Error
			errors.As(err, &e)
			return int(e.Code())
		}),
		closetest.Fault(func(err error) string {
			var e frame.Error
			errors.As(err, &e)
			return faults[e]
		}),
	}
	t.Run("ParsePayload", func(t *testing.T) {
		closetest.Payloads(t, func(p []byte) (int, string, error) {
			c, err := frame.ParsePayload(p)
			return int(c.Code), string(c.Reason), err
		}, opts...)
	})
	t.Run("Parse", func(t *testing.T) {
		closetest.ClientFrames(t, func(b []byte) (int, string, error) {
			c, n, err := frame.Parse(b)
			return checkSize(t, b, n, c, err)
		}, opts...)
	})
	t.Run("ParseMasked", func(t *testing.T) {
		closetest.ServerFrames(t, func(b []byte) (int, string, error) {
			c, n, err := frame.ParseMasked(nil, b)
			return checkSize(t, b, n, c, err)
		}, opts...)
	})
	// A blocking reader does not know how long a frame is before it has its
	// header, and has one buffer.
	t.Run("Size", func(t *testing.T) {
		var buf [frame.MaxSize]byte
		opts := append(opts, closetest.Known("Size does not know the role, and finds a fault of the length first",
			"frame/*/direction-1", "frame/*/direction-1-zeros", "frame/*/direction-12[67]*"))
		closetest.ClientFrames(t, func(b []byte) (int, string, error) {
			b, err := readFrame(buf[:], bytes.NewReader(b))
			if err != nil {
				return 0, "", err
			}
			c, _, err := frame.Parse(b)
			return int(c.Code), string(c.Reason), err
		}, opts...)
		closetest.ServerFrames(t, func(b []byte) (int, string, error) {
			b, err := readFrame(buf[:], bytes.NewReader(b))
			if err != nil {
				return 0, "", err
			}
			c, _, err := frame.ParseMasked(b[min(len(b), 6):][:0], b) // in place
			return int(c.Code), string(c.Reason), err
		}, opts...)
	})
	// A buffer that has other bytes in it gets the payload after them, with room
	// for it or without.
	for _, room := range []int{0, frame.MaxPayload} {
		before := []byte("before")
		buf := append(make([]byte, 0, len(before)+room), before...)
		t.Run("ParseMasked, appended", func(t *testing.T) {
			closetest.ServerFrames(t, func(b []byte) (int, string, error) {
				c, _, err := frame.ParseMasked(buf, b)
				if err == nil && c.Code != closecode.NoStatusRcvd && room > 0 {
					appended, err := frame.ParsePayload(buf[len(buf):][:2+len(c.Reason)])
					if err != nil || appended.Code != c.Code || string(appended.Reason) != string(c.Reason) {
						t.Errorf("appended %v, %v, want %v", appended, err, c)
					}
				}
				return int(c.Code), string(c.Reason), err
			}, opts...)
		})
		t.Run("AppendPayload", func(t *testing.T) {
			closetest.Encoder(t, func(code int, reason string) ([]byte, error) {
				b, err := frame.AppendPayload(buf, closecode.Code(code), reason)
				return after(t, before, b, err), err
			})
		})
		t.Run("Append", func(t *testing.T) {
			closetest.Encoder(t, func(code int, reason string) ([]byte, error) {
				b, err := frame.Append(buf, closecode.Code(code), reason)
				return payload(t, after(t, before, b, err), 0x00, 2), err
			})
		})
		t.Run("AppendMasked", func(t *testing.T) {
			closetest.Encoder(t, func(code int, reason string) ([]byte, error) {
				key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
				b, err := frame.AppendMasked(buf, key, closecode.Code(code), reason)
				p := payload(t, after(t, before, b, err), 0x80, 6)
				pos := 0
				for chunk := range slices.Chunk(p, 7) {
					pos = frame.Mask(chunk, key, pos)
				}
				return p, err
			})
		})
	}
}

// faults has the name in testdata/README.md of each error.
var faults = map[frame.Error]string{
	frame.ErrIncomplete:   "incomplete",
	frame.ErrNotClose:     "not_close",
	frame.ErrReservedBits: "reserved_bits",
	frame.ErrFragmented:   "fragmented",
	frame.ErrMasked:       "masked",
	frame.ErrUnmasked:     "unmasked",
	frame.ErrTooLong:      "too_long",
	frame.ErrShort:        "short",
	frame.ErrInvalidCode:  "invalid_code",
	frame.ErrInvalidUTF8:  "invalid_utf8",
}

// checkSize verifies that a parser and Size agree on the size of a frame.
func checkSize(t *testing.T, b []byte, n int, c frame.Close, err error) (int, string, error) {
	if size, _ := frame.Size(b); err == nil && n != size {
		t.Errorf("% x: the parser has size %d, Size %d", b, n, size)
	}
	return int(c.Code), string(c.Reason), err
}

// readFrame reads a Close frame into buf.
func readFrame(buf []byte, r io.Reader) ([]byte, error) {
	header := buf[:2]
	read, _ := io.ReadFull(r, header)
	n, err := frame.Size(header[:read])
	if err != nil {
		return nil, err
	}
	b := buf[:n]
	if _, err := io.ReadFull(r, b[len(header):]); err != nil {
		return nil, frame.ErrIncomplete
	}
	return b, nil
}

// after returns what was appended to before.
func after(t *testing.T, before, b []byte, err error) []byte {
	appended, ok := bytes.CutPrefix(b, before)
	if !ok || err != nil && len(appended) > 0 {
		t.Errorf("% x, %v: want % x and what is appended to it", b, err, before)
	}
	return bytes.Clone(appended)
}

// payload returns what follows a header of n bytes.
func payload(t *testing.T, b []byte, mask byte, n int) []byte {
	if len(b) == 0 { // there was an error
		return nil
	}
	if len(b) < n || b[0] != 0x88 || b[1] != mask|byte(len(b)-n) {
		t.Errorf("% x is not a Close frame", b)
		return nil
	}
	return b[n:]
}
