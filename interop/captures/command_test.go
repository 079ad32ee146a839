package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Exit statuses of the command.
const (
	exitOK = iota
	exitInvalid
	exitUsage
)

// TestAutopsy verifies that the command runs tshark on captures in every
// format, from a file and from standard input, and with each kind of filter.
func TestAutopsy(t *testing.T) {
	command := filepath.Join(t.TempDir(), "closeframe")
	build := exec.Command("go", "build", "-o", command, "./cmd/closeframe")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	const folder = "../../testdata/pcap/"
	pcapng, err := os.ReadFile(folder + "tls-secrets.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(pcapng)
	z.Close()
	zipped := filepath.Join(t.TempDir(), "capture.pcapng.gz")
	if err := os.WriteFile(zipped, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	const secret = "the server closed with\n1001 Going Away"
	for _, tt := range []struct {
		args           []string
		stdin          string
		status         int
		stdout, stderr string // part of the output
	}{
		{[]string{folder + "tls-secrets.pcapng"}, "", exitOK, secret, ""},
		{[]string{zipped}, "", exitOK, secret, ""},
		{[]string{"-"}, string(pcapng), exitOK, secret, ""},
		{[]string{"-"}, b.String(), exitOK, secret, ""},
		{[]string{"-"}, string(pcapng[:len(pcapng)-40]), exitInvalid, "/secure", "the answer is partial"},
		{[]string{"-"}, "no capture", exitUsage, "", "tshark: "},
		{[]string{"-r", "tcp.stream == 2", folder + "restart.pcap"}, "", exitOK, "1012", ""},
		{[]string{"-r", "websocket.opcode == 8 && tcp.stream in {1, 3}", folder + "restart.pcap"}, "", exitOK, "2 connections\n", ""},
		{[]string{"-r", "http.request.uri == \"/none\"", folder + "restart.pcap"}, "", exitInvalid, "", "no WebSocket connection"},
		{[]string{"-r", "websocket ==", folder + "restart.pcap"}, "", exitUsage, "", "tshark: "},
		{[]string{"-r", "websocket", "-"}, string(pcapng), exitUsage, "", "give a file instead of standard input"},
		{[]string{"-memory", "1", folder + "reset.pcap"}, "", exitUsage, "", "memory limit of 1 MiB, which -memory raises: tshark: "},
		{[]string{"-timeout", "1ms", folder + "reset.pcap"}, "", exitUsage, "", "the time limit of 1ms has passed; -timeout raises it\n"},
		{[]string{"-r", "websocket", "-print-tshark"}, "", exitUsage, "", "two runs of tshark"},
	} {
		cmd := exec.Command(command, append([]string{"autopsy", "-lang", "en"}, tt.args...)...)
		cmd.Stdin = strings.NewReader(tt.stdin)
		var stdout, stderr strings.Builder
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
			t.Fatal(err)
		}
		status := cmd.ProcessState.ExitCode()
		if status != tt.status || !strings.Contains(stdout.String(), tt.stdout) || !strings.Contains(stderr.String(), tt.stderr) || tt.stderr == "" && stderr.Len() > 0 {
			t.Errorf("autopsy %q: status %d, want %d\n%s%s", tt.args, status, tt.status, &stdout, &stderr)
		}
	}
}
