package main

import (
	"bufio"
	"encoding/binary"
	"os"
	"strings"
	"time"

	"github.com/closeframe/closeframe/frame"
)

// A largeConn is a connection of the large capture.
type largeConn struct {
	ports [2]uint16
	seq   [2]uint32
	sent  int
}

// writeLarge writes a capture of about size bytes for measurements: a hundred
// connections at a time, each with 1,000 messages of 1,000 bytes from either
// side, closed by the server with 1001.
func writeLarge(name string, size int64) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	header := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	header = binary.LittleEndian.AppendUint16(header, 2)
	header = binary.LittleEndian.AppendUint16(header, 4)
	header = append(header, make([]byte, 8)...)
	header = binary.LittleEndian.AppendUint32(header, 262144)
	header = binary.LittleEndian.AppendUint32(header, 1) // Ethernet
	w.Write(header)
	written := int64(len(header))
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	segment := func(c *largeConn, from int, flags byte, data []byte) {
		now = now.Add(20 * time.Microsecond)
		n := 14 + 20 + 20 + len(data)
		b := make([]byte, 16, 16+n)
		binary.LittleEndian.PutUint32(b, uint32(now.Unix()))
		binary.LittleEndian.PutUint32(b[4:], uint32(now.Nanosecond()/1000))
		binary.LittleEndian.PutUint32(b[8:], uint32(n))
		binary.LittleEndian.PutUint32(b[12:], uint32(n))
		b = append(b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0)
		ip := []byte{0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0, 127, 0, 0, byte(1 + from), 127, 0, 0, byte(2 - from)}
		binary.BigEndian.PutUint16(ip[2:], uint16(n-14))
		b = append(b, ip...)
		b = binary.BigEndian.AppendUint16(b, c.ports[from])
		b = binary.BigEndian.AppendUint16(b, c.ports[1-from])
		b = binary.BigEndian.AppendUint32(b, c.seq[from])
		b = binary.BigEndian.AppendUint32(b, c.seq[1-from])
		b = append(b, 5<<4, flags, 0xff, 0xff, 0, 0, 0, 0)
		b = append(b, data...)
		w.Write(b)
		written += int64(len(b))
		c.seq[from] += uint32(len(data))
		if flags&3 != 0 { // SYN, FIN
			c.seq[from]++
		}
	}
	const syn, fin, ack = 2, 1, 16
	message := strings.Repeat("m", 1000)
	server := append([]byte{0x81, 126, 1000 >> 8, 1000 & 255}, message...)
	client := append([]byte{0x81, 0x80 | 126, 1000 >> 8, 1000 & 255, 0, 0, 0, 0}, message...)
	port := uint16(20000)
	var live [100]*largeConn
	for i := 0; ; i = (i + 1) % len(live) {
		c := live[i]
		switch {
		case c == nil && written >= size:
			open := false
			for _, c := range live {
				open = open || c != nil
			}
			if !open {
				return w.Flush()
			}
		case c == nil:
			port++
			c = &largeConn{ports: [2]uint16{port, 80}, seq: [2]uint32{1, 1}}
			live[i] = c
			segment(c, 0, syn, nil)
			segment(c, 1, syn|ack, nil)
			segment(c, 0, ack, []byte("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
				"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"))
			segment(c, 1, ack, []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
				"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"))
		case c.sent < 1000:
			c.sent++
			segment(c, 0, ack, client)
			segment(c, 1, ack, server)
		default:
			b, _ := frame.Append(nil, 1001, "end")
			segment(c, 1, ack, b)
			b, _ = frame.AppendMasked(nil, [4]byte{1, 2, 3, 4}, 1001, "")
			segment(c, 0, ack, b)
			segment(c, 1, fin|ack, nil)
			segment(c, 0, fin|ack, nil)
			live[i] = nil
		}
	}
}
