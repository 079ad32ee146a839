package browser

import "syscall"

// attributes gives a browser, which is a family of processes, a group of its
// own, and has it end with the thread that started it.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
