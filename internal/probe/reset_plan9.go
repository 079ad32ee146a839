package probe

import "strings"

// IsReset reports whether err says that the peer reset TCP.
func IsReset(err error) bool { return strings.Contains(err.Error(), "reset") }
