package browser

import "syscall"

// attributes puts the processes of a browser into their own process group, and
// makes the browser end with the thread that started it.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
