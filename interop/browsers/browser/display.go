package browser

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// A display is an X server without a screen, for a browser that needs a window.
type display struct {
	cmd    *exec.Cmd
	number string
}

// startDisplay starts an X server with a free number. If the system supports
// it, the server ends with the thread that started it.
func startDisplay() (*display, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	cmd.SysProcAttr = attributes()
	err = cmd.Start()
	w.Close()
	if err != nil {
		return nil, fmt.Errorf("%w (interop/browsers/install installs it)", err)
	}
	d := &display{cmd: cmd}
	line, err := bufio.NewReader(r).ReadString('\n') // once it accepts connections
	if err != nil {
		d.stop()
		return nil, fmt.Errorf("no display from Xvfb: %w", err)
	}
	d.number = strings.TrimSpace(line)
	return d, nil
}

// env returns the environment variable that names d.
func (d *display) env() string { return "DISPLAY=:" + d.number }

// stop ends the server and waits until it has removed its files.
func (d *display) stop() {
	d.cmd.Process.Signal(syscall.SIGTERM)
	d.cmd.Wait()
}
