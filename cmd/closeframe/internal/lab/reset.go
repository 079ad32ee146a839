//go:build !plan9

package lab

import (
	"errors"
	"syscall"
)

// isReset reports whether the peer reset TCP.
func isReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }
