package browsers

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/internal/vectors"
	"github.com/closeframe/closeframe/interop/browsers/browser"
)

var recordCaptures = flag.Bool("captures", false, "write the captures of TestAutopsy and the events that the browsers fired to testdata/pcap")

// TestAutopsy captures every ending with each browser, and verifies that
// closeframe autopsy determines from the packets which event the browser fired.
func TestAutopsy(t *testing.T) {
	for _, program := range []string{"tcpdump", "tshark"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skipf("missing: %s; captures/install installs it", program)
		}
	}
	command := filepath.Join(t.TempDir(), "closeframe")
	build := exec.Command("go", "build", "-o", command, "./cmd/closeframe")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, name)
			var cases []testCase
			for _, e := range vectors.Endings() {
				if !e.Slow {
					cases = append(cases, endingCase(t, e))
				}
			}
			stop := capturePort(t, s.port)
			s.mu.Lock()
			first := s.next + 1
			s.mu.Unlock()
			fired, err := s.connect("main", cases)
			if err != nil {
				t.Fatal(err)
			}
			capture := stop()
			events := map[string]closeevent.Event{}
			for i, o := range fired {
				if !cases[i].early() {
					events[fmt.Sprintf("/ws/%d", first+i)] = o.Event
				}
			}
			file := filepath.Join(t.TempDir(), "capture.pcap")
			if err := os.WriteFile(file, capture, 0o666); err != nil {
				t.Fatal(err)
			}
			if *recordCaptures {
				writeCapture(t, name, capture, events)
			}
			cmd := exec.Command(command, "autopsy", "-json", file)
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			var result struct {
				Connections []struct {
					Path    string
					Browser *struct {
						Name  string
						Event closeevent.Event
					}
				}
			}
			if err := json.Unmarshal(out, &result); err != nil {
				t.Fatal(err)
			}
			seen := 0
			for _, c := range result.Connections {
				want, ok := events[c.Path]
				if !ok {
					continue
				}
				seen++
				n := 0
				fmt.Sscanf(c.Path, "/ws/%d", &n)
				id := cases[n-first].id
				if c.Browser == nil && id == tooLong && name == browser.WebKitGTK {
					continue // it accepts the frame, whose content autopsy does not keep
				}
				if c.Browser == nil || c.Browser.Event != want {
					t.Errorf("%s: autopsy says %+v, the browser fired %+v", id, c.Browser, want)
				}
			}
			if seen != len(events) {
				t.Errorf("%d connections in the capture, expected %d", seen, len(events))
			}
		})
	}
}

// tooLong is the ending in which the server answers with a Close frame of more
// than 125 bytes.
const tooLong = "ending/asked/answered-too-long"

// endOfCapture is the payload of the packet that ends a capture.
const endOfCapture = "the end of the capture"

// capturePort starts tcpdump on a TCP port of the loopback interface. stop
// returns all packets that were sent before it was called.
func capturePort(t *testing.T, port int) (stop func() []byte) {
	t.Helper()
	marker, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { marker.Close() })
	filter := fmt.Sprintf("tcp port %d or udp port %d", port, marker.LocalAddr().(*net.UDPAddr).Port)
	// In immediate mode the kernel would reserve the size of the largest packet
	// for each packet, so the buffer would hold only a few.
	cmd := exec.Command("tcpdump", "-i", "lo", "-U", "-B", "65536", "-w", "-", filter)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewReader(stderr)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("tcpdump: %q, %v", line, err)
		}
		if strings.Contains(line, "listening on") {
			break
		}
	}
	got := make(chan []byte, 1)
	go func() { got <- readCapture(stdout) }()
	return func() []byte {
		if _, err := marker.WriteTo([]byte(endOfCapture), marker.LocalAddr()); err != nil {
			t.Fatal(err)
		}
		var capture []byte
		select {
		case capture = <-got:
			if capture == nil {
				t.Fatal("tcpdump ended")
			}
		case <-time.After(time.Minute):
			t.Fatal("tcpdump did not see the end within a minute")
		}
		cmd.Process.Signal(os.Interrupt)
		counts, err := io.ReadAll(lines)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(counts), "\n0 packets dropped by kernel") {
			t.Fatalf("the capture is not complete: %s", counts)
		}
		return capture
	}
}

// readCapture reads a pcap file up to the packet that ends it, and returns what
// precedes that; nil if there is no such packet.
func readCapture(r io.Reader) []byte {
	const headers = 16 + 14 + 20 + 8 // of the record, Ethernet, IPv4 and UDP
	var b []byte
	buf := make([]byte, 1<<16)
	for {
		n, err := r.Read(buf)
		from := max(0, len(b)-len(endOfCapture)) // it may be cut in two
		b = append(b, buf[:n]...)
		if i := bytes.Index(b[from:], []byte(endOfCapture)); i >= 0 {
			return b[:from+i-headers]
		}
		if err != nil {
			return nil
		}
	}
}

func writeCapture(t *testing.T, name string, capture []byte, events map[string]closeevent.Event) {
	t.Helper()
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	z.Write(capture)
	z.Close()
	folder := "../../testdata/pcap"
	if err := os.WriteFile(filepath.Join(folder, "browser-"+name+".pcap.gz"), buf.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(map[string]any{
		"about":  "The CloseEvent that " + name + " fired for each WebSocket connection of the capture browser-" + name + ", by the path of its URL.",
		"events": events,
	}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "browser-"+name+".json"), append(b, '\n'), 0o666); err != nil {
		t.Fatal(err)
	}
}
