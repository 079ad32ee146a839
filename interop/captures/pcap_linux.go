package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A packet is a record of a pcap file: its header of 16 bytes and the packet.
type packet struct {
	header [16]byte
	data   []byte
}

// A trace is a pcap file: its header of 24 bytes and its records.
type trace struct {
	header  [24]byte
	packets []packet
}

func (t *trace) bytes() []byte {
	b := append([]byte(nil), t.header[:]...)
	for _, p := range t.packets {
		b = append(append(b, p.header[:]...), p.data...)
	}
	return b
}

// The link layer on the loopback interface is Ethernet. tcp returns the packet
// from its TCP header on, or nil if it is not TCP.
func (p packet) tcp() []byte {
	const ethernet = 14
	switch d := p.data; {
	case len(d) < ethernet+20:
	case d[12] == 0x08 && d[13] == 0x00 && d[ethernet+9] == 6:
		return d[ethernet+int(d[ethernet]&0xf)*4:]
	case d[12] == 0x86 && d[13] == 0xdd && d[ethernet+6] == 6 && len(d) >= ethernet+40:
		return d[ethernet+40:]
	}
	return nil
}

func (p packet) ports() (from, to int) {
	t := p.tcp()
	if len(t) < 4 {
		return 0, 0
	}
	return int(binary.BigEndian.Uint16(t)), int(binary.BigEndian.Uint16(t[2:]))
}

// payload returns the TCP payload.
func (p packet) payload() []byte {
	t := p.tcp()
	if len(t) < 20 || len(t) < int(t[12]>>4)*4 {
		return nil
	}
	return t[int(t[12]>>4)*4:]
}

// A recorder is a running tcpdump.
type recorder struct {
	cmd    *exec.Cmd
	stderr *bufio.Reader
	done   chan error
	trace  trace
}

// marker is the unused UDP port whose packet ends a recording.
const marker = 9

// record starts tcpdump on the loopback interface; it records TCP, and the
// marker.
func record(snap int) (*recorder, error) {
	args := []string{"-i", "lo", "-U", "--immediate-mode", "-w", "-", "-B", "8192"}
	if snap > 0 {
		args = append(args, "-s", fmt.Sprint(snap))
	}
	r := &recorder{done: make(chan error, 1)}
	r.cmd = exec.Command("tcpdump", append(args, "tcp or udp port "+fmt.Sprint(marker))...)
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	r.stderr = bufio.NewReader(stderr)
	for {
		line, err := r.stderr.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("tcpdump: %q: %w", line, err)
		}
		if strings.Contains(line, "listening on") {
			break
		}
	}
	go io.Copy(io.Discard, r.stderr)
	go func() { r.done <- r.read(bufio.NewReader(stdout)) }()
	return r, nil
}

// read reads records up to the marker.
func (r *recorder) read(in io.Reader) error {
	if _, err := io.ReadFull(in, r.trace.header[:]); err != nil {
		return err
	}
	for {
		var p packet
		if _, err := io.ReadFull(in, p.header[:]); err != nil {
			return err
		}
		p.data = make([]byte, binary.LittleEndian.Uint32(p.header[8:]))
		if _, err := io.ReadFull(in, p.data); err != nil {
			return err
		}
		if p.tcp() == nil {
			return nil
		}
		r.trace.packets = append(r.trace.packets, p)
	}
}

// stop returns the packets recorded before the call.
func (r *recorder) stop() (*trace, error) {
	c, err := net.Dial("udp", fmt.Sprintf("127.0.0.1:%d", marker))
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if _, err := c.Write([]byte("end")); err != nil {
		return nil, err
	}
	select {
	case err = <-r.done:
	case <-time.After(10 * time.Second):
		err = errors.New("tcpdump did not see the marker")
	}
	r.cmd.Process.Signal(unix.SIGTERM)
	r.cmd.Wait()
	return &r.trace, err
}

// writePcapng writes a pcap file and TLS secrets as one pcapng file, which
// Wireshark and tshark decrypt by themselves.
func writePcapng(file string, capture, keylog []byte) error {
	dir, err := os.MkdirTemp("", "captures")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	in, keys := filepath.Join(dir, "in.pcap"), filepath.Join(dir, "keys.txt")
	if err := errors.Join(os.WriteFile(in, capture, 0o666), os.WriteFile(keys, keylog, 0o666)); err != nil {
		return err
	}
	out, err := exec.Command("editcap", "-F", "pcapng", "--inject-secrets", "tls,"+keys, in, file).CombinedOutput()
	if err != nil {
		return fmt.Errorf("editcap: %w: %s", err, out)
	}
	return nil
}

// keep keeps the packets for which f is true.
func (t *trace) keep(f func(i int, p packet) bool) {
	var kept []packet
	for i, p := range t.packets {
		if f(i, p) {
			kept = append(kept, p)
		}
	}
	t.packets = kept
}

// find returns the index of the first packet whose payload contains b.
func (t *trace) find(b string) int {
	for i, p := range t.packets {
		if bytes.Contains(p.payload(), []byte(b)) {
			return i
		}
	}
	panic("no packet with " + b)
}
