package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// measure prints the time and memory for reading a capture with tshark alone,
// which prints a line for each packet, and with closeframe autopsy.
func measure(name, closeframe string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d MiB\n", name, info.Size()>>20)
	if err := measureCommand("tshark alone", exec.Command("tshark", "-r", name)); err != nil {
		return err
	}
	return measureCommand("autopsy", exec.Command(closeframe, "autopsy", name))
}

// measureCommand prints the time that a command and its children take, the
// memory of the command, and that of the largest process.
func measureCommand(label string, cmd *exec.Cmd) error {
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	own := 0
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			if err != nil {
				return fmt.Errorf("%s: %w", label, err)
			}
			usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
			fmt.Printf("%s: %.0f s, %.0f s of CPU; memory %d MiB, largest process %d MiB\n", label, time.Since(start).Seconds(),
				(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), own>>10, usage.Maxrss>>10)
			return nil
		case <-tick.C:
			own = max(own, peak(cmd.Process.Pid))
		}
	}
}

// peak returns the largest resident size of a process so far, in KiB.
func peak(pid int) int {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if v, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(v), " kB"))
			return n
		}
	}
	return 0
}
