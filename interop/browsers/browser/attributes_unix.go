//go:build unix && !linux

package browser

import "syscall"

// attributes gives a browser, which is a family of processes, a group of its own.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
