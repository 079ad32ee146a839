package frame_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unsafe"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
)

// TestErrors is for what each of the 256 values of Error is.
func TestErrors(t *testing.T) {
	faults := []struct {
		err   frame.Error
		value uint8
		code  closecode.Code
		text  string
	}{
		{frame.ErrNotClose, 1, 0, "frame: not a Close frame"},
		{frame.ErrReservedBits, 2, 1002, "frame: Close frame with a reserved bit set"},
		{frame.ErrFragmented, 3, 1002, "frame: fragmented Close frame"},
		{frame.ErrMasked, 4, 1002, "frame: masked Close frame from a server"},
		{frame.ErrUnmasked, 5, 1002, "frame: unmasked Close frame from a client"},
		{frame.ErrTooLong, 6, 1002, "frame: Close payload longer than 125 bytes"},
		{frame.ErrShort, 7, 1002, "frame: Close payload of one byte"},
		{frame.ErrInvalidCode, 8, 1002, "frame: status code not allowed in a Close frame"},
		{frame.ErrInvalidUTF8, 0xff, 1007, "frame: close reason is not UTF-8"},
	}
	seen := map[string]bool{}
	for i := range 256 {
		e := frame.Error(i)
		code, text, offset := closecode.ProtocolError, fmt.Sprintf("frame: unknown error %d", i), -1
		if i >= 0x80 {
			code, offset = closecode.InvalidFramePayloadData, i-0x80
			text = fmt.Sprintf("frame: close reason is not UTF-8 at byte %d", offset)
		}
		for _, f := range faults {
			if int(f.value) == i {
				if e != f.err {
					t.Errorf("%d is not %v", i, f.err)
				}
				code, text, offset = f.code, f.text, -1
			}
		}
		if got := e.Code(); got != code {
			t.Errorf("Error(%d).Code() = %d, want %d", i, got, code)
		}
		if got := e.Offset(); got != offset {
			t.Errorf("Error(%d).Offset() = %d, want %d", i, got, offset)
		}
		if got := e.Error(); got != text {
			t.Errorf("Error(%d).Error() = %q, want %q", i, got, text)
		}
		if seen[e.Error()] || !strings.HasPrefix(e.Error(), "frame: ") {
			t.Errorf("Error(%d).Error() = %q", i, e.Error())
		}
		seen[e.Error()] = true

		// An error is itself; and an invalid reason is ErrInvalidUTF8, which
		// is none of the invalid reasons.
		for j := range 256 {
			want := i == j || i >= 0x80 && j == 0xff
			if got := errors.Is(e, frame.Error(j)); got != want {
				t.Errorf("errors.Is(Error(%d), Error(%d)) = %v", i, j, got)
			}
		}
		if errors.Is(e, io.ErrUnexpectedEOF) || e.Is(nil) {
			t.Errorf("Error(%d) is another error", i)
		}
		if as, ok := errors.AsType[frame.Error](fmt.Errorf("reading: %w", e)); !ok || as != e {
			t.Errorf("Error(%d), wrapped, is found as %v, %v", i, as, ok)
		}
	}
	if n := unsafe.Sizeof(frame.Error(0)); n != 1 {
		t.Errorf("an Error has %d bytes", n)
	}
}

// TestOffsets is for the error saying where, at every place of a reason.
func TestOffsets(t *testing.T) {
	for i := range 123 {
		p := append([]byte("\x03\xe8"), strings.Repeat("x", 123)...)
		p[2+i] = 0xff
		_, err := frame.ParsePayload(p)
		if err == error(frame.ErrInvalidUTF8) || !errors.Is(err, frame.ErrInvalidUTF8) || err.(frame.Error).Offset() != i {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// TestLimits is for the two constants.
func TestLimits(t *testing.T) {
	if frame.MaxPayload != 125 || frame.MaxSize != 131 {
		t.Errorf("MaxPayload is %d, MaxSize %d", frame.MaxPayload, frame.MaxSize)
	}
}
