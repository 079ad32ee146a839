package stack

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/closeevent"
	"github.com/closeframe/closeframe/internal/vectors"
)

const (
	e1002 = closecode.ProtocolError
	e1007 = closecode.InvalidFramePayloadData
	e1009 = closecode.MessageTooBig
)

// rules lists inputs from a peer and the expected results. Each rule is tested
// with a server and with a client.
var rules = []struct {
	name string
	in   []wireFrame
	want []wireFrame    // messages
	code closecode.Code // that we close with; 0 if we send no Close
	ev   closeevent.Event
}{
	// Messages, RFC 6455 §5.4, §5.6. Without a Close the end is 1006.
	{"empty text", []wireFrame{text("")}, []wireFrame{text("")}, 0, lost},
	{"empty binary", []wireFrame{bin("")}, []wireFrame{bin("")}, 0, lost},
	{"125 bytes", []wireFrame{text(strings.Repeat("*", 125))}, []wireFrame{text(strings.Repeat("*", 125))}, 0, lost},
	{"126 bytes", []wireFrame{bin(strings.Repeat("\xfe", 126))}, []wireFrame{bin(strings.Repeat("\xfe", 126))}, 0, lost},
	{"65535 bytes", []wireFrame{bin(strings.Repeat("\xfe", 65535))}, []wireFrame{bin(strings.Repeat("\xfe", 65535))}, 0, lost},
	{"65536 bytes", []wireFrame{text(strings.Repeat("é", 32768))}, []wireFrame{text(strings.Repeat("é", 32768))}, 0, lost},
	{"two messages", []wireFrame{text("a"), bin("b")}, []wireFrame{text("a"), bin("b")}, 0, lost},
	{"two fragments", []wireFrame{textPart("a"), last("b")}, []wireFrame{text("ab")}, 0, lost},
	{"empty fragments", []wireFrame{binPart(""), part(""), last("")}, []wireFrame{bin("")}, 0, lost},
	{"fragments within a character", []wireFrame{textPart("\xe2"), part("\x82"), last("\xac")}, []wireFrame{text("€")}, 0, lost},
	{"control frames within a message", []wireFrame{textPart("a"), ping("x"), part("b"), pong(""), last("c")}, []wireFrame{text("abc")}, 0, lost},
	{"length of 64 bits", []wireFrame{{first: 0x82, payload: strings.Repeat("x", 1<<16), length: "\x7f\x00\x00\x00\x00\x00\x01\x00\x00"}},
		[]wireFrame{bin(strings.Repeat("x", 1<<16))}, 0, lost},

	// Order of fragments, §5.4.
	{"continuation of nothing", []wireFrame{last("a")}, nil, e1002, lost},
	{"continuation of nothing, not final", []wireFrame{part("a")}, nil, e1002, lost},
	{"continuation of a complete message", []wireFrame{text("a"), last("b")}, []wireFrame{text("a")}, e1002, lost},
	{"message in a message", []wireFrame{textPart("a"), text("b")}, nil, e1002, lost},
	{"fragment in a message", []wireFrame{binPart("a"), binPart("b")}, nil, e1002, lost},

	// Headers, §5.1, §5.2.
	{"RSV1", []wireFrame{{first: 0xc1}}, nil, e1002, lost},
	{"RSV2", []wireFrame{{first: 0xa2}}, nil, e1002, lost},
	{"RSV3", []wireFrame{{first: 0x91}}, nil, e1002, lost},
	{"RSV1 on Ping", []wireFrame{{first: 0xc9}}, nil, e1002, lost},
	{"RSV2 on Close", []wireFrame{{first: 0xa8}}, nil, e1002, lost},
	{"RSV3 on a continuation", []wireFrame{textPart(""), {first: 0x90}}, nil, e1002, lost},
	{"opcode 3", []wireFrame{{first: 0x83}}, nil, e1002, lost},
	{"opcode 4", []wireFrame{{first: 0x84}}, nil, e1002, lost},
	{"opcode 5", []wireFrame{{first: 0x85}}, nil, e1002, lost},
	{"opcode 6", []wireFrame{{first: 0x86}}, nil, e1002, lost},
	{"opcode 7", []wireFrame{{first: 0x87}}, nil, e1002, lost},
	{"opcode 11", []wireFrame{{first: 0x8b}}, nil, e1002, lost},
	{"opcode 12", []wireFrame{{first: 0x8c}}, nil, e1002, lost},
	{"opcode 13", []wireFrame{{first: 0x8d}}, nil, e1002, lost},
	{"opcode 14", []wireFrame{{first: 0x8e}}, nil, e1002, lost},
	{"opcode 15", []wireFrame{{first: 0x8f}}, nil, e1002, lost},
	{"mask of the other role", []wireFrame{{first: 0x81, unlike: true}}, nil, e1002, lost},
	{"mask of the other role, Ping", []wireFrame{{first: 0x89, unlike: true}}, nil, e1002, lost},
	{"mask of the other role, Close", []wireFrame{{first: 0x88, unlike: true}}, nil, e1002, lost},
	{"125 in 16 bits", []wireFrame{{first: 0x82, length: "\x7e\x00\x7d"}}, nil, e1002, lost},
	{"0 in 64 bits", []wireFrame{{first: 0x82, length: "\x7f\x00\x00\x00\x00\x00\x00\x00\x00"}}, nil, e1002, lost},
	{"65535 in 64 bits", []wireFrame{{first: 0x82, length: "\x7f\x00\x00\x00\x00\x00\x00\xff\xff"}}, nil, e1002, lost},
	{"length of 2^63", []wireFrame{{first: 0x82, length: "\x7f\x80\x00\x00\x00\x00\x00\x00\x00"}}, nil, e1002, lost},
	{"length of 2^64-1", []wireFrame{{first: 0x82, length: "\x7f\xff\xff\xff\xff\xff\xff\xff\xff"}}, nil, e1002, lost},

	// The limit, §10.4; it is 1 MiB here.
	{"message of 2^63-1", []wireFrame{{first: 0x82, length: "\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"}}, nil, e1009, lost},
	{"message of the limit", []wireFrame{bin(strings.Repeat("x", 1<<20))}, []wireFrame{bin(strings.Repeat("x", 1<<20))}, 0, lost},
	{"message over the limit", []wireFrame{{first: 0x82, length: "\x7f\x00\x00\x00\x00\x00\x10\x00\x01"}}, nil, e1009, lost},
	{"fragments of the limit", []wireFrame{binPart(strings.Repeat("x", 1<<20)), last("")}, []wireFrame{bin(strings.Repeat("x", 1<<20))}, 0, lost},
	{"fragments over the limit", []wireFrame{binPart(strings.Repeat("x", 1<<20-1)), last("xx")}, nil, e1009, lost},

	// Control frames, §5.5.
	{"fragmented Ping", []wireFrame{{first: 0x09}}, nil, e1002, lost},
	{"fragmented Pong", []wireFrame{{first: 0x0a}}, nil, e1002, lost},
	{"fragmented Close", []wireFrame{{first: 0x08}}, nil, e1002, lost},
	{"Ping of 126 bytes", []wireFrame{ping(strings.Repeat("\xfe", 126))}, nil, e1002, lost},
	{"Pong of 126 bytes", []wireFrame{pong(strings.Repeat("\xfe", 126))}, nil, e1002, lost},
	{"Close of 126 bytes", []wireFrame{closing(1000, strings.Repeat("x", 124))}, nil, e1002, lost},
	{"Ping of 65536 bytes", []wireFrame{ping(strings.Repeat("\xfe", 65536))}, nil, e1002, lost},
	{"Pongs nobody asked for", []wireFrame{pong(""), pong("x"), text("a")}, []wireFrame{text("a")}, 0, lost},

	// Text, §8.1.
	{"text not UTF-8", []wireFrame{text("a\xff")}, nil, e1007, lost},
	{"text with an end missing", []wireFrame{text("a\xe2\x82")}, nil, e1007, lost},
	{"fragment not UTF-8", []wireFrame{textPart("a"), part("\xc0\xaf"), last("b")}, nil, e1007, lost},
	{"fragments with an end missing", []wireFrame{textPart("\xf0"), part("\x9f"), last("\x98")}, nil, e1007, lost},
	{"character from two messages", []wireFrame{text("\xc3"), text("\xa9")}, nil, e1007, lost},
	{"binary between", []wireFrame{bin("\xff"), text("é")}, []wireFrame{bin("\xff"), text("é")}, 0, lost},

	// Close, §5.5.1, §7.1.
	{"Close", []wireFrame{closing(1000, "bye")}, nil, 1000, clean(1000, "bye")},
	{"Close without a code", []wireFrame{closing(1005, "")}, nil, 1005, clean(1005, "")},
	{"Close with 123 bytes", []wireFrame{closing(4999, strings.Repeat("é", 61)+"e")}, nil, 4999, clean(4999, strings.Repeat("é", 61)+"e")},
	{"Close with 1 byte", []wireFrame{{first: 0x88, payload: "\x03"}}, nil, e1002, lost},
	{"Close with 1005", []wireFrame{{first: 0x88, payload: "\x03\xed"}}, nil, e1002, lost},
	{"Close with a reason not UTF-8", []wireFrame{closing(1000, "\xff")}, nil, e1007, lost},
	{"Close in 16 bits", []wireFrame{{first: 0x88, payload: "\x03\xe8", length: "\x7e\x00\x02"}}, nil, e1002, lost},
	{"Close in a message", []wireFrame{textPart("a"), closing(1001, "")}, nil, 1001, clean(1001, "")},
	{"Close in a character", []wireFrame{textPart("\xe2"), closing(1001, "")}, nil, 1001, clean(1001, "")},
	{"two Closes", []wireFrame{closing(1000, "a"), closing(1001, "b")}, nil, 1000, clean(1000, "a")},
	{"Close, then a message", []wireFrame{closing(1000, "a"), text("b")}, nil, 1000, clean(1000, "a")},
	{"Close, then a Ping", []wireFrame{closing(1000, "a"), ping("b")}, nil, 1000, clean(1000, "a")},
	{"Close, then a fault", []wireFrame{closing(1000, "a"), {first: 0xff}}, nil, 1000, clean(1000, "a")},
	{"message, then Close", []wireFrame{text("m"), closing(3000, "")}, []wireFrame{text("m")}, 3000, clean(3000, "")},
	{"fault, then Close", []wireFrame{{first: 0xff}, closing(1000, "")}, nil, e1002, lost},
	{"fault in text, then Close", []wireFrame{text("\xff"), closing(1000, "")}, nil, e1007, lost},
	{"nothing", nil, nil, 0, lost},
}

// Shows: R02 R04 R06 R07 R08 R10 R11 R13 R14 R18 R22 R23 R33 R35 R37 R38 R39 R52 R53 R56
func TestRules(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		for _, tt := range rules {
			t.Run(tt.name, func(t *testing.T) {
				in := wire(!client, tt.in...)
				check := func(how string, chunks ...[]byte) {
					t.Helper()
					o := run(t, client, Config{MaxMessage: 1 << 20}, false, chunks...)
					if !slices.Equal(o.messages, tt.want) {
						t.Errorf("%s: messages %v, want %v", how, o.messages, tt.want)
					}
					if code, reason := closeOf(o.sent); code != tt.code || reason != "" {
						t.Errorf("%s: closed with %d %q, want %d", how, code, reason, tt.code)
					}
					if o.event != tt.ev {
						t.Errorf("%s: ended with %v, want %v", how, o.event, tt.ev)
					}
				}
				check("whole", bytes.Clone(in))
				if len(in) > 1000 {
					check("cut", bytes.Clone(in[:len(in)/2]), bytes.Clone(in[len(in)/2:]))
					return
				}
				bytewise := make([][]byte, len(in))
				for i := range in {
					bytewise[i] = []byte{in[i]}
					check("cut", bytes.Clone(in[:i]), bytes.Clone(in[i:]))
				}
				check("byte by byte", bytewise...)
			})
		}
	})
}

// TestEnd verifies that the transport may end after any byte.
//
// Shows: R32 R33 R42
func TestEnd(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		in := wire(!client, textPart("Grü"), ping("p"), last("ße"), bin("x"), closing(1001, "leaving"))
		size := len(in) - len(wire(!client, closing(1001, "leaving")))
		for n := range len(in) + 1 {
			o := run(t, client, Config{}, false, bytes.Clone(in[:n]))
			want, code := lost, closecode.Code(0)
			if n == len(in) {
				want, code = clean(1001, "leaving"), 1001
			}
			if got, _ := closeOf(o.sent); o.event != want || got != code {
				t.Errorf("after %d bytes: ended with %v, closed with %d; want %v, %d", n, o.event, got, want, code)
			}
			if n >= size && len(o.messages) != 2 {
				t.Errorf("after %d bytes: messages %v", n, o.messages)
			}
		}
	})
}

// TestFailFast verifies that a fault is detected at the byte that causes it,
// without further bytes and without the end of the transport.
//
// Shows: R23 R38 R52
func TestFailFast(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		for _, tt := range []struct {
			name string
			in   []wireFrame
			keep int // bytes of the last frame after its header
			code closecode.Code
		}{
			{"first byte", []wireFrame{{first: 0xf1, payload: "xxxx"}}, -100, e1002},
			{"text in a frame", []wireFrame{text("Hello \xf4\x90\x80\x80 world")}, 8, e1007},
			{"text in a fragment", []wireFrame{textPart("Hello "), last("\xed\xa0\x80 world")}, 2, e1007},
			{"announced length", []wireFrame{textPart("Hello "), {first: 0x80, payload: "xx", length: "\x7f\x00\x00\x00\x01\x00\x00\x00\x00"}}, -4, e1009},
		} {
			t.Run(tt.name, func(t *testing.T) {
				in := wire(!client, tt.in...)
				n := len(in) - len(tt.in[len(tt.in)-1].payload) + tt.keep
				if client && tt.keep < 0 {
					n = len(in) - len(tt.in[len(tt.in)-1].payload) // the frames that a client receives have no masking key
				}
				if tt.keep == -100 {
					n = 1
				}
				peer, conn := tcpPair(t)
				c := testConn(conn, client, Config{})
				peer.Write(in[:n])
				go func() {
					got := readAll(t, peer)
					frames, err := unwire(got, client)
					if code, _ := closeOf(frames); code != tt.code || err != nil {
						t.Errorf("got %v, %v, want %d", frames, err, tt.code)
					}
					peer.Close()
				}()
				if _, _, err := c.Read(nil); !endedWith(err, lost) {
					t.Errorf("Read: %v", err)
				}
			})
		}
	})
}

// TestVectors verifies how the endpoint answers and what its application is told,
// for every vector.
//
// Shows: payloads.json frames.json utf8.json
func TestVectors(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		check := func(id string, in []byte, fault string, answer, code closecode.Code, reason string) {
			t.Helper()
			o := run(t, client, Config{}, false, in)
			want, sent := clean(code, reason), code
			if fault != "" {
				want, sent = lost, answer
			}
			if got, _ := closeOf(o.sent); o.event != want || got != sent {
				t.Errorf("%s: ended with %v, closed with %d; want %v, %d", id, o.event, got, want, sent)
			}
		}
		n := 0
		for _, v := range vectors.Payloads() {
			if len(v.Bytes) < 1<<16 {
				in := wire(!client, wireFrame{first: 0x88, payload: string(v.Bytes)})
				check(v.ID, in, v.Error, closecode.Code(v.Answer), closecode.Code(v.Code), v.Reason)
				n++
			}
		}
		for _, v := range vectors.Frames() {
			if (v.Role == vectors.Client) == client && v.Error != vectors.NotClose {
				check(v.ID, v.Bytes, v.Error, closecode.Code(v.Answer), closecode.Code(v.Code), v.Reason)
				n++
			}
		}
		for _, v := range vectors.Texts() {
			o := run(t, client, Config{}, false, wire(!client, text(string(v.Bytes))))
			if v.Valid != slices.Equal(o.messages, []wireFrame{text(string(v.Bytes))}) {
				t.Errorf("%s: messages %v", v.ID, o.messages)
			}
			if code, _ := closeOf(o.sent); !v.Valid && code != e1007 {
				t.Errorf("%s: closed with %d", v.ID, code)
			}
			n++
		}
		t.Log(n, "vectors")
	})
}

// TestCodes verifies all 65,536 codes in the Close frame of a peer.
//
// Shows: R47 R50 R51 R54 P04
func TestCodes(t *testing.T) {
	eachRole(t, func(t *testing.T, client bool) {
		for _, row := range vectors.AllCodes() {
			for i := int(row.First); i <= int(row.Last); i++ {
				code := closecode.Code(i)
				o := run(t, client, Config{}, false, wire(!client, wireFrame{first: 0x88, payload: string([]byte{byte(code >> 8), byte(code)}) + "r"}))
				want, answer := lost, e1002
				if row.Valid {
					want, answer = clean(code, "r"), code
				}
				if got, _ := closeOf(o.sent); got != answer || o.event != want {
					t.Fatalf("%d: closed with %d, ended with %v", code, got, o.event)
				}
			}
		}
		t.Logf("%d codes, %d calls", 1<<16, 1<<16)
	})
}
