package model

import (
	"errors"
	"fmt"

	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/vectors"
)

// Told returns the results of a parser of package frame as a Verdict.
func Told(c frame.Close, n int, err error) Verdict {
	v := Verdict{Code: int(c.Code), Reason: string(c.Reason), N: n, Fault: Fault(err)}
	if e, ok := errors.AsType[frame.Error](err); ok {
		v.Answer = int(e.Code())
	}
	return v
}

// Fault returns the name of err in the vectors.
func Fault(err error) string {
	if err == nil {
		return ""
	}
	switch err {
	case frame.ErrIncomplete:
		return vectors.Incomplete
	case frame.ErrNotClose:
		return vectors.NotClose
	case frame.ErrReservedBits:
		return vectors.ReservedBits
	case frame.ErrFragmented:
		return vectors.Fragmented
	case frame.ErrMasked:
		return vectors.Masked
	case frame.ErrUnmasked:
		return vectors.Unmasked
	case frame.ErrTooLong:
		return vectors.TooLong
	case frame.ErrShort:
		return vectors.Short
	case frame.ErrInvalidCode:
		return vectors.InvalidCode
	case frame.ErrInvalidUTF8:
		return vectors.InvalidUTF8
	}
	return fmt.Sprintf("%T %v", err, err)
}
