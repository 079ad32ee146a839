//go:build unix && !linux

package browser

import "syscall"

// attributes puts the processes of a browser into their own process group.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
