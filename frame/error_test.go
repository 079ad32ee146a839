package frame_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
)

// TestErrors verifies the text and the code of all 256 values of Error.
func TestErrors(t *testing.T) {
	faults := []struct {
		err   frame.Error
		value uint8
		code  closecode.Code
		text  string
	}{
		{frame.ErrIncomplete, 1, 0, "frame: incomplete Close frame"},
		{frame.ErrNotClose, 2, 0, "frame: not a Close frame"},
		{frame.ErrReservedBits, 3, 1002, "frame: reserved bit set in a Close frame"},
		{frame.ErrFragmented, 4, 1002, "frame: fragmented Close frame"},
		{frame.ErrMasked, 5, 1002, "frame: masked Close frame from a server"},
		{frame.ErrUnmasked, 6, 1002, "frame: unmasked Close frame from a client"},
		{frame.ErrTooLong, 7, 1002, "frame: Close payload longer than 125 bytes"},
		{frame.ErrShort, 8, 1002, "frame: Close payload of one byte"},
		{frame.ErrInvalidCode, 9, 1002, "frame: status code must not be sent in a Close frame"},
		{frame.ErrInvalidUTF8, 10, 1007, "frame: close reason is not valid UTF-8"},
	}
	seen := map[string]bool{}
	for i := range 256 {
		e := frame.Error(i)
		code, text := closecode.ProtocolError, fmt.Sprintf("frame: unknown error %d", i)
		for _, f := range faults {
			if int(f.value) == i {
				if e != f.err {
					t.Errorf("%d is not %v", i, f.err)
				}
				code, text = f.code, f.text
			}
		}
		if got := e.Code(); got != code {
			t.Errorf("Error(%d).Code() = %d, want %d", i, got, code)
		}
		if got := e.Error(); got != text {
			t.Errorf("Error(%d).Error() = %q, want %q", i, got, text)
		}
		if seen[e.Error()] || !strings.HasPrefix(e.Error(), "frame: ") {
			t.Errorf("Error(%d).Error() = %q", i, e.Error())
		}
		seen[e.Error()] = true

		if as, ok := errors.AsType[frame.Error](fmt.Errorf("reading: %w", e)); !ok || as != e {
			t.Errorf("Error(%d), wrapped, is found as %v, %v", i, as, ok)
		}
	}
	if n := unsafe.Sizeof(frame.Error(0)); n != 1 {
		t.Errorf("an Error has %d bytes", n)
	}
}

// TestErrorsCompare verifies that the errors returned are constants, which a
// switch can tell apart and errors.Is finds when wrapped.
func TestErrorsCompare(t *testing.T) {
	for i := range 123 {
		p := append([]byte("\x03\xe8"), strings.Repeat("x", 123)...)
		p[2+i] = 0xff
		_, err := frame.ParsePayload(p)
		switch err {
		case frame.ErrInvalidUTF8:
		default:
			t.Errorf("invalid byte at %d: %v", i, err)
		}
		if !errors.Is(fmt.Errorf("reading: %w", err), frame.ErrInvalidUTF8) {
			t.Errorf("invalid byte at %d: errors.Is does not find %v", i, err)
		}
	}
}

// TestLimits verifies the two constants.
func TestLimits(t *testing.T) {
	if frame.MaxPayload != 125 || frame.MaxSize != 131 {
		t.Errorf("MaxPayload is %d, MaxSize %d", frame.MaxPayload, frame.MaxSize)
	}
}
