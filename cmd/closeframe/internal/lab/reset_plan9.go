package lab

import "strings"

// isReset reports whether the peer reset TCP.
func isReset(err error) bool { return strings.Contains(err.Error(), "reset") }
