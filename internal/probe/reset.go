//go:build !plan9

package probe

import (
	"errors"
	"syscall"
)

// IsReset reports whether err says that the peer reset TCP.
func IsReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }
