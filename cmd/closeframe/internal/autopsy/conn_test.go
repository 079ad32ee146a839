package autopsy

import (
	"strings"
	"testing"
)

// A talk makes the packets of a TCP connection.
type talk struct {
	t    *tcpConn
	held int
	now  int64
	seq  [2]uint32
}

// send sends a segment from side 0, the client, or 1, a millisecond after the
// one before.
func (k *talk) send(from, flags int, data string) {
	ports := [2]int{40000, 80}
	k.now += 1e6
	p := packet{time: k.now, src: "192.0.2.1", dst: "192.0.2.1", sport: ports[from], dport: ports[1-from], flags: flags,
		seq: k.seq[from], ack: k.seq[1-from], length: len(data), payload: []byte(data)}
	if k.t == nil {
		k.t = newTCPConn(&p, &k.held)
	}
	k.t.packet(&p)
	k.seq[from] += uint32(len(data))
	if flags&(flagSYN|flagFIN) != 0 {
		k.seq[from]++
	}
}

func (k *talk) text(from int, data string) { k.send(from, flagACK, data) }

func (k *talk) begin() {
	k.send(0, flagSYN, "")
	k.send(1, flagSYN|flagACK, "")
}

// again sends the last segment with data again, after d milliseconds.
func (k *talk) again(from int, data string, d int64) {
	k.now += d * 1e6
	k.seq[from] -= uint32(len(data))
	k.send(from, flagACK, data)
}

func (k *talk) close() {
	k.text(1, "\x88\x02\x03\xe8")
	k.text(0, "\x88\x82\x00\x00\x00\x00\x03\xe8")
	k.send(1, flagFIN|flagACK, "")
	k.send(0, flagFIN|flagACK, "")
}

const (
	request = "GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
	masked = "\x81\x82\x00\x00\x00\x00hi"
)

// TestConn verifies the cause of connections whose packets are made here.
func TestConn(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cause Cause // "": no WebSocket connection
		rule  string
		limit string
		talk  func(k *talk)
	}{
		{"interim response and answer in one segment", Clean, "complete", "", func(k *talk) {
			k.begin()
			k.text(0, request)
			k.text(1, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"+answer+"\x81\x02hi")
			k.close()
		}},
		{"POST before the opening handshake", Clean, "complete", "", func(k *talk) {
			k.begin()
			k.text(0, "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n")
			k.text(0, "a=b")
			k.text(1, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			k.text(0, request)
			k.text(1, answer)
			k.close()
		}},
		{"PROXY protocol, version 1", Clean, "complete", "", func(k *talk) {
			k.begin()
			k.text(0, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"+request)
			k.text(1, answer)
			k.close()
		}},
		{"PROXY protocol, version 2, in a segment of its own", Clean, "complete", "", func(k *talk) {
			k.begin()
			k.text(0, "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c"+strings.Repeat("a", 12))
			k.text(0, request)
			k.text(1, answer)
			k.close()
		}},
		{"request in the SYN", Clean, "complete", "", func(k *talk) {
			k.send(0, flagSYN, request)
			k.send(1, flagSYN|flagACK, "")
			k.text(1, answer)
			k.close()
		}},
		{"only the client's packets", Unknown, "", "one-way", func(k *talk) {
			k.send(0, flagSYN, "")
			k.seq[1]++
			k.text(0, request)
			k.text(0, masked)
			k.send(0, flagRST, "")
		}},
		{"one chance frame of another protocol", "", "", "", func(k *talk) {
			for range 5 {
				k.text(0, "SSH: no frame here")
			}
			k.text(0, masked)
			k.text(0, "SSH: no frame here")
			k.send(0, flagFIN|flagACK, "")
		}},
		{"another protocol, which begins like a frame", "", "", "", func(k *talk) {
			k.text(0, masked)
			k.text(0, "SSH: no frame here")
			k.send(0, flagFIN|flagACK, "")
		}},
		{"only a Close frame and its answer", Clean, "complete", "middle resync", func(k *talk) { k.close() }},
		{"each packet twice", Lost, "reset-unread-maybe", "", func(k *talk) {
			k.begin()
			k.text(0, request)
			k.text(1, answer)
			for range 4 {
				k.text(1, "\x81\x02hi")
				k.again(1, "\x81\x02hi", 0)
			}
			k.send(1, flagRST, "")
		}},
		{"three repetitions without an answer", Open, "peer-vanished", "", func(k *talk) {
			k.begin()
			k.text(0, request)
			k.text(1, answer)
			k.text(1, "\x81\x02hi")
			for range 3 {
				k.again(1, "\x81\x02hi", 300)
			}
		}},
		{"repetitions that were answered", Lost, "fin-without-close", "", func(k *talk) {
			k.begin()
			k.text(0, request)
			k.text(1, answer)
			for range 3 {
				k.text(1, "\x81\x02hi")
				k.again(1, "\x81\x02hi", 300)
				k.text(0, "")
			}
			k.send(1, flagFIN|flagACK, "")
		}},
	} {
		var k talk
		tt.talk(&k)
		list := k.t.results(false)
		if tt.cause == "" {
			if len(list) > 0 {
				t.Errorf("%s: a WebSocket connection, %s", tt.name, list[0].Cause)
			}
			continue
		}
		if len(list) != 1 {
			t.Errorf("%s: %d connections, expected 1", tt.name, len(list))
			continue
		}
		c := list[0]
		c.applyRules()
		rule := ""
		if len(c.Findings) > 0 {
			rule = c.Findings[0].Rule
		}
		if c.Cause != tt.cause || rule != tt.rule || tt.limit != "" && strings.Join(c.Limits, " ") != tt.limit {
			t.Errorf("%s: cause %s, rule %q, limits %q; expected %s, %q, %q", tt.name, c.Cause, rule, c.Limits, tt.cause, tt.rule, tt.limit)
		}
	}
}
