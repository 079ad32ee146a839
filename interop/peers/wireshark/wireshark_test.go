// Package wireshark verifies that Debian's tshark parses the Close frames of
// package frame.
package wireshark

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/vectors"
)

// A sent is a frame that tshark must find.
type sent struct {
	masked bool
	code   closecode.Code
	reason string
}

// A capture is a pcap file of one TCP connection over IPv4.
type capture struct {
	buf bytes.Buffer
	seq [2]uint32 // of client and server
}

func newCapture() *capture {
	c := &capture{seq: [2]uint32{1000, 2000}}
	h := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	h = binary.LittleEndian.AppendUint16(h, 2)
	h = binary.LittleEndian.AppendUint16(h, 4)
	h = append(h, make([]byte, 8)...)
	h = binary.LittleEndian.AppendUint32(h, 65535)
	h = binary.LittleEndian.AppendUint32(h, 101) // packets begin with the IP header
	c.buf.Write(h)
	c.segment(0, 0x02, nil) // SYN
	c.seq[0]++
	c.segment(1, 0x12, nil) // SYN, ACK
	c.seq[1]++
	c.segment(0, 0x10, nil)
	return c
}

// segment adds a TCP segment from side 0, the client, or 1, the server.
func (c *capture) segment(from int, flags byte, data []byte) {
	ports := [2]uint16{40000, 80}
	tcp := binary.BigEndian.AppendUint16(nil, ports[from])
	tcp = binary.BigEndian.AppendUint16(tcp, ports[1-from])
	tcp = binary.BigEndian.AppendUint32(tcp, c.seq[from])
	tcp = binary.BigEndian.AppendUint32(tcp, c.seq[1-from])
	tcp = append(tcp, 5<<4, flags, 0xff, 0xff, 0, 0, 0, 0)
	tcp = append(tcp, data...)
	ip := []byte{0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0, 127, 0, 0, byte(1 + from), 127, 0, 0, byte(2 - from)}
	binary.BigEndian.PutUint16(ip[2:], uint16(len(ip)+len(tcp)))
	h := binary.LittleEndian.AppendUint32(nil, 0)
	h = binary.LittleEndian.AppendUint32(h, 0)
	h = binary.LittleEndian.AppendUint32(h, uint32(len(ip)+len(tcp)))
	h = binary.LittleEndian.AppendUint32(h, uint32(len(ip)+len(tcp)))
	c.buf.Write(h)
	c.buf.Write(ip)
	c.buf.Write(tcp)
	c.seq[from] += uint32(len(data))
}

func TestTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("missing: tshark (Debian); peers/install installs it")
	}
	c := newCapture()
	c.segment(0, 0x18, []byte("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"))
	c.segment(1, 0x18, []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"))

	var want []sent
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	add := func(code closecode.Code, reason string) {
		t.Helper()
		key[0]++ // any key will do
		masked, err := frame.AppendMasked(nil, key, code, reason)
		if err != nil {
			t.Fatal(err)
		}
		c.segment(0, 0x18, masked)
		plain, err := frame.Append(nil, code, reason)
		if err != nil {
			t.Fatal(err)
		}
		c.segment(1, 0x18, plain)
		want = append(want, sent{true, code, reason}, sent{false, code, reason})
	}
	sendable := 0
	for i := range 65536 {
		code := closecode.Code(i)
		if !code.Valid() {
			if _, err := frame.Append(nil, code, ""); err == nil && code != closecode.NoStatusRcvd {
				t.Fatalf("%d can be sent, but is not valid", i)
			}
			continue
		}
		sendable++
		add(code, "")
	}
	if sendable != 4+8+2000 {
		t.Fatalf("%d codes can be sent", sendable)
	}
	add(closecode.NoStatusRcvd, "")
	seen := map[string]bool{}
	for _, v := range vectors.Payloads() {
		if v.Error == "" && v.Reason != "" && !seen[v.Reason] {
			seen[v.Reason] = true
			add(4000, v.Reason)
		}
	}

	name := filepath.Join(t.TempDir(), "close.pcap")
	if err := os.WriteFile(name, c.buf.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tshark, "-n", "-r", name, "-Y", "websocket", "-T", "jsonraw")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &stderr)
	}
	var packets []struct {
		Source struct {
			Layers map[string]json.RawMessage
		} `json:"_source"`
	}
	if err := json.Unmarshal(out, &packets); err != nil {
		t.Fatal(err)
	}
	if len(packets) != len(want) {
		t.Fatalf("tshark finds %d frames, want %d", len(packets), len(want))
	}
	for i, p := range packets {
		var ws map[string]json.RawMessage
		if err := json.Unmarshal(p.Source.Layers["websocket"], &ws); err != nil {
			t.Fatalf("frame %d: %v: %s", i, err, p.Source.Layers)
		}
		got := sent{masked: number(t, ws["websocket.mask_raw"]) == 1, code: closecode.NoStatusRcvd}
		if fin, op := number(t, ws["websocket.fin_raw"]), number(t, ws["websocket.opcode_raw"]); fin != 1 || op != 8 {
			t.Errorf("frame %d: FIN %d, opcode %d", i, fin, op)
		}
		if raw := find(p.Source.Layers["websocket"], "websocket.payload.close.status_code_raw"); raw != nil {
			got.code = closecode.Code(number(t, raw))
		}
		if raw := find(p.Source.Layers["websocket"], "websocket.payload.close.reason_raw"); raw != nil {
			b, err := hex.DecodeString(text(t, raw))
			if err != nil {
				t.Fatal(err)
			}
			got.reason = string(b)
		}
		if got != want[i] {
			t.Errorf("frame %d: tshark reads %+v, want %+v", i, got, want[i])
		}
	}
	t.Logf("tshark reads %d frames: %d codes, %d reasons, masked and not", len(packets), sendable, len(seen))
}

// find returns the value of a name at any depth of an object, or nil.
func find(object json.RawMessage, name string) json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(object, &m) != nil {
		return nil
	}
	if v, ok := m[name]; ok {
		return v
	}
	for _, v := range m {
		if found := find(v, name); found != nil {
			return found
		}
	}
	return nil
}

// text returns the first element of the output of jsonraw for a field: its
// bytes in hexadecimal, or the bits of the field.
func text(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var v []any
	if err := json.Unmarshal(raw, &v); err != nil || len(v) == 0 {
		t.Fatalf("%v: %s", err, raw)
	}
	return fmt.Sprint(v[0])
}

func number(t *testing.T, raw json.RawMessage) int {
	t.Helper()
	var n int
	if _, err := fmt.Sscanf(text(t, raw), "%x", &n); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return n
}
