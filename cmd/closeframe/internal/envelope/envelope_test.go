package envelope

import (
	"encoding/hex"
	"strings"
	"testing"
)

// unhex returns the bytes of hexadecimal digits and spaces.
func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The headers of packets from port 8080 of 192.0.2.10 to port 50000 of
// 192.0.2.20, and from 2001:db8::20 to 2001:db8::10, that carry 88 02 03 e8.
const (
	mac   = "0200 5e00 0002 0200 5e00 0001"
	ipv4  = "4500 002c 3c1f 4000 4006 0000 c000 020a c000 0214"
	ipv6  = "6000 0000 0018 0640 2001 0db8 0000 0000 0000 0000 0000 0020 2001 0db8 0000 0000 0000 0000 0000 0010"
	tcp   = "1f90 c350 0000 0064 0000 00c8 5018 01f6 0000 0000"
	close = "8802 03e8"
)

const (
	flow4 = "TCP 192.0.2.10:8080 → 192.0.2.20:50000"
	flow6 = "TCP [2001:db8::20]:8080 → [2001:db8::10]:50000"
)

// TestLayers verifies that the headers of each layer are removed.
func TestLayers(t *testing.T) {
	tests := []struct{ name, packet, layers string }{
		{"IPv4", ipv4 + tcp, "IPv4, " + flow4},
		{"Ethernet", mac + "0800" + ipv4 + tcp, "Ethernet, IPv4, " + flow4},
		{"VLAN", mac + "8100 0064 0800" + ipv4 + tcp, "Ethernet, VLAN, IPv4, " + flow4},
		{"two VLAN tags", mac + "88a8 0001 8100 0064 86dd" + ipv6 + tcp, "Ethernet, VLAN, IPv6, " + flow6},
		{"Linux cooked", "0000 0304 0006 0000 0000 0000 0000 0800" + ipv4 + tcp, "Linux cooked, IPv4, " + flow4},
		{"Linux cooked v2", "0800 0000 0000 0001 0001 0406 0000 0000 0000 0000" + ipv4 + tcp, "Linux cooked v2, IPv4, " + flow4},
		{"loopback of macOS, IPv4", "0200 0000" + ipv4 + tcp, "loopback, IPv4, " + flow4},
		{"loopback of macOS, IPv6", "1e00 0000" + ipv6 + tcp, "loopback, IPv6, " + flow6},
		{"loopback of OpenBSD", "0000 0018" + ipv6 + tcp, "loopback, IPv6, " + flow6},
		{"PPP", "ff03 0021" + ipv4 + tcp, "PPP, IPv4, " + flow4},
		// Options make the header 24 bytes long: IHL is 6, the total length 48.
		{"IPv4 options", "4600 0030 3c1f 4000 4006 0000 c000 020a c000 0214 9404 0000" + tcp, "IPv4, " + flow4},
		// A hop-by-hop header, then a destination options header of 16 bytes.
		{"IPv6 extension headers", strings.Replace(ipv6, "0018 0640", "0030 0040", 1) + "3c00 0104 0000 0000" +
			"0601 0104 0000 0000 0104 0000 0000 0000" + tcp, "IPv6, " + flow6},
		{"IPv6 fragment header", strings.Replace(ipv6, "0018 0640", "0020 2c40", 1) + "0600 0000 0000 0001" + tcp, "IPv6, " + flow6},
		// NOP, NOP and a timestamp: the data offset is 8.
		{"TCP options", strings.Replace(ipv4, "002c", "0038", 1) + strings.Replace(tcp, "5018", "8018", 1) + "0101 080a 0012 4f80 0012 4f6e",
			"IPv4, " + flow4},
	}
	for _, test := range tests {
		b := unhex(t, test.packet+close)
		c := Open([]Chunk{{Data: b}})
		if c.Packets != 1 || c.Headers != len(b)-4 || len(c.Streams) != 1 {
			t.Errorf("%s: %+v", test.name, c)
			continue
		}
		if s := c.Streams[0]; s.Layers != test.layers || hex.EncodeToString(s.Data) != "880203e8" {
			t.Errorf("%s: %x in %q, want 880203e8 in %q", test.name, s.Data, s.Layers, test.layers)
		}
		if f := c.Fits(false); f != Complete {
			t.Errorf("%s: fit %d", test.name, f)
		}
	}
}

// TestPadding verifies that the padding of a short Ethernet frame is skipped,
// which needs a correct checksum of the IP header.
func TestPadding(t *testing.T) {
	// The words of the header add up to 2856f, 2 + 856f is 8571, and its
	// complement is 7a8e (RFC 1071).
	b := unhex(t, mac+"0800"+strings.Replace(ipv4, "4006 0000", "4006 7a8e", 1)+tcp+close+"0000")
	c := Open([]Chunk{{Data: b}})
	if len(c.Streams) != 1 || hex.EncodeToString(c.Streams[0].Data) != "880203e8" {
		t.Errorf("%+v", c)
	}
}

// TestSegments verifies that segments are sorted by their sequence numbers, that
// retransmitted data is used once, and that gaps are reported.
func TestSegments(t *testing.T) {
	segment := func(size, seq, payload string) Chunk {
		return Chunk{Data: unhex(t, strings.Replace(ipv4, "002c", size, 1)+strings.Replace(tcp, "0000 0064", seq, 1)+payload)}
	}
	first, second := segment("002a", "0000 0064", "8805"), segment("002d", "0000 0066", "03e9 6279 65")
	late := segment("0029", "0000 006a", "65") // byte 6 of the stream
	tests := []struct {
		name              string
		chunks            []Chunk
		data              string
		repeated, missing int
	}{
		{"in order", []Chunk{first, second}, "880503e9627965", 0, 0},
		{"swapped", []Chunk{second, first}, "880503e9627965", 0, 0},
		{"sent again", []Chunk{first, second, first}, "880503e9627965", 2, 0},
		{"lost", []Chunk{first, late}, "880565", 0, 4},
	}
	for _, test := range tests {
		c := Open(test.chunks)
		if len(c.Streams) != 1 || hex.EncodeToString(c.Streams[0].Data) != test.data || c.Repeated != test.repeated || c.Missing != test.missing {
			t.Errorf("%s: %+v, want %s, %d repeated, %d missing", test.name, c, test.data, test.repeated, test.missing)
		}
	}
}

// TestNotTCP verifies that packets without TCP data are recognized.
func TestNotTCP(t *testing.T) {
	udp := strings.Replace(strings.Replace(ipv4, "4006", "4011", 1), "002c", "0020", 1)
	for name, s := range map[string]string{
		"UDP":        udp + "1f90 c350 000c 0000" + close,
		"no payload": strings.Replace(ipv4, "002c", "0028", 1) + tcp,
	} {
		if c := Open([]Chunk{{Data: unhex(t, s)}}); c.Foreign != NotTCP || c.Packets != 1 {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// TestHTTP verifies that the heads of the opening handshake are removed.
func TestHTTP(t *testing.T) {
	request := "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n\r\n"
	response := "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Protocol: chat\r\n" +
		"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
	c := Open([]Chunk{{Data: []byte(request + "\x88\x82\x37\xfa\x21\x3d\x34\x12"), Side: 1}, {Data: []byte(response), Side: 2}, {Data: []byte("\x88\x02\x03\xe8"), Side: 2}})
	if len(c.Streams) != 2 || c.Foreign != "" || c.Fits(false) != Complete {
		t.Fatalf("%+v", c)
	}
	for i, want := range []struct{ summary, data string }{
		{"GET /chat", "888237fa213d3412"},
		{"HTTP/1.1 101, subprotocol chat, extensions permessage-deflate", "880203e8"},
	} {
		s := c.Streams[i]
		if len(s.Heads) != 1 || s.Heads[0].Summary() != want.summary || hex.EncodeToString(s.Data) != want.data {
			t.Errorf("%+v, want %+v", s, want)
		}
	}
	if n := c.Streams[1].Chunk(0); n != 2 {
		t.Errorf("the frame is in chunk %d, want 2", n)
	}
}

// TestForeign verifies that other protocols are named and are not decoded as
// frames.
func TestForeign(t *testing.T) {
	tests := []struct {
		name, data string
		kind       Kind
		detail     string
	}{
		{"alert", "\x15\x03\x03\x00\x02\x01\x00", TLS, "alert, 2"},
		{"ClientHello", "\x16\x03\x01\x00\xc8\x01\x00\x00\xc4", TLS, "handshake, 200"},
		{"application data", "\x17\x03\x03\x00\x1a\x00", TLS, "application_data, 26"},
		{"preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP2, "connection preface"},
		{"SETTINGS", "\x00\x00\x00\x04\x00\x00\x00\x00\x00", HTTP2, "SETTINGS"},
		{"GOAWAY", "\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00", HTTP2, "GOAWAY"},
		{"closing frame", "\xff\x00", Hixie76, "closing frame ff 00"},
		{"text frame", "\x00bye\xff", Hixie76, "text frame"},
		{"text and closing frame", "\x00bye\xff\xff\x00", Hixie76, "closing frame ff 00"},
		{"opening handshake of hixie-76", "GET /demo HTTP/1.1\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n\r\n^n:ds[4U", Hixie76, "GET /demo"},
		{"refused", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", HTTP, "HTTP/1.1 400"},
		{"pcap", "\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + strings.Repeat("\x00", 16), PCAP, "pcap"},
		{"pcapng", "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a" + strings.Repeat("\x00", 16), PCAP, "pcapng"},
	}
	for _, test := range tests {
		c := Open([]Chunk{{Data: []byte(test.data)}})
		if c.Foreign != test.kind || c.Detail != test.detail {
			t.Errorf("%s: %q, %q, want %q, %q", test.name, c.Foreign, c.Detail, test.kind, test.detail)
		}
	}
	for _, frames := range []string{"\x88\x02\x03\xe8", "\x81\x02hi\x88\x00", "\x00\x02hi", "\x88\x82\x37\xfa\x21\x3d\x34\x12"} {
		if c := Open([]Chunk{{Data: []byte(frames)}}); c.Foreign != "" || c.Packets != 0 {
			t.Errorf("% x: %+v", frames, c)
		}
	}
}

// TestFits verifies how well bytes fit frames and payloads.
func TestFits(t *testing.T) {
	tests := []struct {
		data    string
		payload bool
		fit     Fit
	}{
		{"880203e8", false, Complete},
		{"810268698800", false, Complete},
		{"880203ed", false, Faulty},        // 1005 must not be sent
		{"880203e8880203", false, Partial}, // the second Close is cut off
		{"8805", false, Partial},
		{"81026869", false, Frames},
		{"0b0203e8", false, None}, // opcode 11 is reserved
		{"03e8", true, Complete},
		{"", true, Complete},
		{"03ed", true, Frames},
		{"03", true, None},
	}
	for _, test := range tests {
		c := Open([]Chunk{{Data: unhex(t, test.data)}})
		if got := c.Fits(test.payload); got != test.fit {
			t.Errorf("%s, payload %t: fit %d, want %d", test.data, test.payload, got, test.fit)
		}
	}
}
