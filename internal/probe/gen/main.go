// Command gen prints testdata/scenarios.json: what closeframe probe plays.
// The file spells every byte out, for both roles, so that a reader needs no
// framing code; this program holds what it is made from.
//
//	go run ./internal/probe/gen >testdata/scenarios.json
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/closeframe/closeframe/internal/probe"
)

func main() {
	b, err := generate()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Stdout.Write(b)
}

func generate() ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(probe.Set{
		About: "Scenarios of RFC 6455's rules of closing, each played on one connection after the opening handshake. " +
			"Made by internal/probe/gen; the quotations are from the RFCs named.",
		Schema: map[string]string{
			"rules":        "by id: where the rule stands, its level, its words",
			"expectations": "by name: which Close frame of the peer is right, wrong or allowed, and who may end TCP; the first list with a token that fits decides, in this order, and what fits nowhere is wrong",
			"close tokens": "a code in decimal; echo: the code in the scenario's echo (\"empty\": a Close without a code); sendable: any code that may be sent; empty; none: no Close frame; any",
			"end tokens":   "of TCP, seen from the prober: first: the peer ended it before the prober did; after: once the prober had; slow: a server, before the prober, but not within the quiet time of a scenario with hold; late: once the prober had because the time limit was over; reset; open: not even then",
			"of":           "the role of the peer that the scenario is for; both if absent",
			"needs":        "deflate: the peer has to agree to permessage-deflate; trigger: the peer has to be one that starts the closing handshake when it gets a known text message",
			"echo":         "what a peer that takes the frame for a good Close answers",
			"pong":         "due: a Ping is sent that is to be answered; wrong: one that is not",
			"hold":         "the prober lets a quiet time pass after the peer's Close: in it a server is to end TCP, and a client is not to",
			"alive":        "afterwards a new connection has to be served",
			"steps":        "in order: bytes (to_server: as a client sends them, masked with the key 37fa213d; to_client: as a server does), each_byte: in writes of one byte, trigger: the trigger's frame goes before them in the same write; then await close: until the peer's Close is there; then end: fin (half-close) or reset. After the steps, a prober of servers waits for the server to end TCP; a prober of clients ends it as soon as the client's Close is there",
			"always wrong": "a frame of the peer that is masked the wrong way, has reserved bits, an unknown opcode or a length not minimal; a control frame fragmented or over 125 bytes; a Close with 1 byte, a code that must not be sent or a reason that is not UTF-8; a data frame or a second Close after its Close",
		},
		Rules:        rules,
		Expectations: expectations,
		Scenarios:    scenarios(),
	})
	return buf.Bytes(), err
}

var rules = map[string]probe.Rule{
	"R01": {Where: "RFC 6455 §5.1", Level: "MUST", Text: "a client MUST mask all frames that it sends to the server"},
	"R02": {Where: "RFC 6455 §5.1", Level: "MUST", Text: "The server MUST close the connection upon receiving a frame that is not masked. In this case, a server MAY send a Close frame with a status code of 1002 (protocol error)"},
	"R03": {Where: "RFC 6455 §5.1", Level: "MUST NOT", Text: "A server MUST NOT mask any frames that it sends to the client."},
	"R04": {Where: "RFC 6455 §5.1", Level: "MUST", Text: "A client MUST close a connection if it detects a masked frame. In this case, it MAY use the status code 1002 (protocol error)"},
	"R06": {Where: "RFC 6455 §5.2", Level: "MUST", Text: "If a nonzero value is received and none of the negotiated extensions defines the meaning of such a nonzero value, the receiving endpoint MUST _Fail the WebSocket Connection_."},
	"R07": {Where: "RFC 6455 §5.2", Level: "MUST", Text: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_."},
	"R08": {Where: "RFC 6455 §5.2", Level: "MUST", Text: "in all cases, the minimal number of bytes MUST be used to encode the length; […] 64-bit unsigned integer (the most significant bit MUST be 0)"},
	"R10": {Where: "RFC 6455 §5.4", Level: "MUST NOT", Text: "Control frames (see Section 5.5) MAY be injected in the middle of a fragmented message. Control frames themselves MUST NOT be fragmented."},
	"R11": {Where: "RFC 6455 §5.4", Level: "MUST", Text: "An endpoint MUST be capable of handling control frames in the middle of a fragmented message."},
	"R12": {Where: "RFC 6455 §5.4", Level: "MUST NOT", Text: "The fragments of one message MUST NOT be interleaved between the fragments of another message"},
	"R13": {Where: "RFC 6455 §5.5", Level: "MUST", Text: "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."},
	"R14": {Where: "RFC 6455 §5.5.1", Level: "MUST", Text: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer (in network byte order) representing a status code"},
	"R15": {Where: "RFC 6455 §5.5.1", Level: "definition", Text: "Following the 2-byte integer, the body MAY contain UTF-8-encoded data with value /reason/"},
	"R17": {Where: "RFC 6455 §5.5.1", Level: "MUST NOT", Text: "The application MUST NOT send any more data frames after sending a Close frame."},
	"R18": {Where: "RFC 6455 §5.5.1", Level: "MUST", Text: "If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint MUST send a Close frame in response. (When sending a Close frame in response, the endpoint typically echos the status code it received.)"},
	"R20": {Where: "RFC 6455 §5.5.1", Level: "MUST", Text: "After both sending and receiving a Close message, an endpoint considers the WebSocket connection closed and MUST close the underlying TCP connection. The server MUST close the underlying TCP connection immediately; the client SHOULD wait for the server to close the connection but MAY close the connection at any time after sending and receiving a Close message"},
	"R21": {Where: "RFC 6455 §5.5.1", Level: "definition", Text: "If a client and server both send a Close message at the same time, both endpoints will have sent and received a Close message and should consider the WebSocket connection closed and close the underlying TCP connection."},
	"R22": {Where: "RFC 6455 §5.5.2", Level: "MUST", Text: "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response, unless it already received a Close frame."},
	"R23": {Where: "RFC 6455 §8.1", Level: "MUST", Text: "When an endpoint is to interpret a byte stream as UTF-8 but finds that the byte stream is not, in fact, a valid UTF-8 stream, that endpoint MUST _Fail the WebSocket Connection_. This rule applies both during the opening handshake and during subsequent data exchange."},
	"R25": {Where: "RFC 6455 §7.1.1", Level: "SHOULD", Text: "an endpoint SHOULD use a method that cleanly closes the TCP connection, […] discarding any trailing bytes that may have been received"},
	"R26": {Where: "RFC 6455 §7.1.1", Level: "SHOULD", Text: "The underlying TCP connection, in most normal cases, SHOULD be closed first by the server […]. In abnormal cases (such as not having received a TCP Close from the server after a reasonable period of time) a client MAY initiate the TCP Close."},
	"R29": {Where: "RFC 6455 §7.1.2", Level: "MUST", Text: "To _Start the WebSocket Closing Handshake_ with a status code […] an endpoint MUST send a Close control frame"},
	"R32": {Where: "RFC 6455 §7.1.4", Level: "definition", Text: "When the underlying TCP connection is closed, it is said that _The WebSocket Connection is Closed_"},
	"R36": {Where: "RFC 6455 §7.1.7", Level: "MUST", Text: "To _Fail the WebSocket Connection_, the client MUST _Close the WebSocket Connection_"},
	"R37": {Where: "RFC 6455 §7.1.7", Level: "MUST", Text: "to _Fail the WebSocket Connection_, the server MUST _Close the WebSocket Connection_"},
	"R38": {Where: "RFC 6455 §7.1.7", Level: "SHOULD", Text: "the endpoint SHOULD send a Close frame with an appropriate status code (Section 7.4) before proceeding to _Close the WebSocket Connection_. An endpoint MAY omit sending a Close frame if it believes the other side is unlikely to be able to receive and process the Close frame"},
	"R39": {Where: "RFC 6455 §7.1.7", Level: "MUST NOT", Text: "An endpoint MUST NOT continue to attempt to process data (including a responding Close frame) from the remote endpoint after being instructed to _Fail the WebSocket Connection_."},
	"R47": {Where: "RFC 6455 §7.4.1", Level: "MUST NOT", Text: "[1005, 1006 and 1015 are each] a reserved value and MUST NOT be set as a status code in a Close control frame by an endpoint."},
	"R48": {Where: "RFC 6455 §7.4.1", Level: "definition", Text: "[1004 is] Reserved. The specific meaning might be defined in the future."},
	"R51": {Where: "RFC 6455 §7.4.2", Level: "definition", Text: "Status codes in the range 0-999 are not used. Status codes in the range 1000-2999 are reserved for definition by this protocol, its future revisions, and extensions […]. Status codes in the range 3000-3999 are reserved for use by libraries, frameworks, and applications […]. Status codes in the range 4000-4999 are reserved for private use"},
	"R53": {Where: "RFC 6455 §10.7", Level: "MUST", Text: "Incoming data MUST always be validated by both clients and servers."},
	"R54": {Where: "RFC 6455 §11.7", Level: "definition", Text: "The Status Code denotes a reason for a WebSocket connection closure as per Section 7.4 of this document. The status code is an integer number between 1000 and 4999 (inclusive). [1012, 1013 and 1014 are in the registry.]"},
	"R55": {Where: "RFC 6455 §1.4", Level: "non-normative", Text: "After sending a control frame indicating the connection should be closed, a peer does not send any further data; after receiving a control frame indicating the connection should be closed, a peer discards any further data received."},
	"R56": {Where: "RFC 7692 §6", Level: "MUST", Text: "An endpoint MUST NOT set the \"Per-Message Compressed\" bit of control frames […]. An endpoint receiving such a frame MUST _Fail the WebSocket Connection_."},
}

// What ends TCP well. A server is to end it at once; a client "SHOULD wait
// for the server", but may do it.
func ends(rule string) map[probe.Role]probe.Judgment {
	return map[probe.Role]probe.Judgment{
		probe.Server: {Right: []string{"first"}, Allowed: []string{"slow", "reset"}, Rule: rule, MayRule: "R26"},
		probe.Client: {Right: []string{"after"}, Allowed: []string{"first", "reset"}, Rule: rule, MayRule: "R26"},
	}
}

// failEnds is what ends TCP when an endpoint fails the connection: for a
// client that is one of the "abnormal cases" in which it may end TCP.
var failEnds = map[probe.Role]probe.Judgment{
	probe.Server: {Right: []string{"first"}, Allowed: []string{"slow", "reset"}, Rule: "R37", MayRule: "R26"},
	probe.Client: {Right: []string{"first", "after"}, Allowed: []string{"reset"}, Rule: "R36", MayRule: "R25"},
}

// lateEnds is for a frame of which the payload never comes: to fail at its
// header is best, but nothing obliges an endpoint to.
var lateEnds = map[probe.Role]probe.Judgment{
	probe.Server: {Right: []string{"first"}, Allowed: []string{"reset", "late"}, Rule: "R37", MayRule: "R38"},
	probe.Client: {Right: []string{"first", "after"}, Allowed: []string{"reset", "late"}, Rule: "R36", MayRule: "R38"},
}

// lostEnds is for a connection that the prober ended.
var lostEnds = map[probe.Role]probe.Judgment{
	probe.Server: {Right: []string{"first", "after"}, Allowed: []string{"reset"}, Rule: "R32", MayRule: "R25"},
	probe.Client: {Right: []string{"first", "after"}, Allowed: []string{"reset"}, Rule: "R32", MayRule: "R25"},
}

var (
	anySendable = []string{"empty", "sendable"}
	noAnswer    = []string{"none", "empty", "sendable"}
)

var expectations = map[string]probe.Expectation{
	"answered": {
		About: "A good Close is answered with one Close, typically with the same code; then a server ends TCP at once, and a client after the server.",
		Close: probe.Judgment{Right: []string{"echo"}, Wrong: []string{"1002", "1007"}, Allowed: anySendable},
		End:   ends("R20"),
	},
	"refused": {
		About: "A code that must not be sent is a protocol error. To answer as if it were a Close without a code harms nobody.",
		Close: probe.Judgment{Right: []string{"1002"}, Wrong: []string{"echo"}, Allowed: noAnswer, MayRule: "R38"},
		End:   failEnds,
	},
	"unassigned": {
		About: "A code that is reserved for the future is nobody's to send yet; no rule tells a receiver to refuse it.",
		Close: probe.Judgment{Right: []string{"1002"}, Allowed: []string{"echo", "none", "empty", "sendable"}, MayRule: "R51"},
		End:   failEnds,
	},
	"failed 1002": {
		About: "A protocol error: the endpoint fails the connection. It should say so with 1002, but may leave the Close out.",
		Close: probe.Judgment{Right: []string{"1002"}, Wrong: []string{"echo"}, Allowed: noAnswer, MayRule: "R38"},
		End:   failEnds,
	},
	"failed too big": {
		About: "A frame too long for its kind: the endpoint fails the connection, best as soon as it sees the length, with 1002 or 1009.",
		Close: probe.Judgment{Right: []string{"1002", "1009"}, Wrong: []string{"echo"}, Allowed: noAnswer, MayRule: "R38"},
		End:   lateEnds,
	},
	"failed 1007": {
		About: "Text that is not UTF-8: the endpoint fails the connection. It should say so with 1007, but may use another code or leave the Close out.",
		Close: probe.Judgment{Right: []string{"1007"}, Wrong: []string{"echo"}, Allowed: noAnswer, MayRule: "R38"},
		End:   failEnds,
	},
	"lost": {
		About: "The prober ends TCP before a Close is whole: there is nothing to answer, and the peer ends its side too.",
		Close: probe.Judgment{Right: []string{"none", "1002"}, Wrong: []string{"echo"}, Allowed: anySendable, MayRule: "R38"},
		End:   lostEnds,
	},
	"answered, half-closed": {
		About: "A good Close and the end of the prober's side of TCP in one go: the Close is still to be answered.",
		Close: probe.Judgment{Right: []string{"echo"}, Wrong: []string{"1002", "1007"}, Allowed: anySendable},
		End:   lostEnds,
	},
	"started": {
		About: "The peer starts the closing handshake by itself, and ends TCP as its role asks.",
		Close: probe.Judgment{Right: []string{"sendable"}, Allowed: []string{"empty"}, MayRule: "R29"},
		End:   ends("R20"),
	},
	"started, failed": {
		About: "The peer starts the closing handshake; the prober's answer is malformed, or no answer comes. The peer sends no second Close, and ends TCP.",
		Close: probe.Judgment{Right: []string{"sendable"}, Allowed: []string{"empty"}, MayRule: "R29"},
		End:   failEnds,
	},
	"started, no answer": {
		About: "The peer starts the closing handshake; no answer comes. It is best not to wait for ever.",
		Close: probe.Judgment{Right: []string{"sendable"}, Allowed: []string{"empty"}, MayRule: "R29"},
		End: map[probe.Role]probe.Judgment{
			probe.Server: {Right: []string{"first", "late"}, Allowed: []string{"reset"}, Rule: "R26", MayRule: "R25"},
			probe.Client: {Right: []string{"first", "after"}, Allowed: []string{"reset"}, Rule: "R26", MayRule: "R25"},
		},
	},
	"started, lost": {
		About: "The peer starts the closing handshake; the prober ends TCP instead of answering.",
		Close: probe.Judgment{Right: []string{"sendable"}, Allowed: []string{"empty"}, MayRule: "R29"},
		End:   lostEnds,
	},
	"unseen": {
		About: "The prober resets TCP: all there is to see is whether the peer serves the next connection.",
		Close: probe.Judgment{Right: []string{"any", "none"}},
		End:   lostEnds,
	},
}

// key masks everything that goes to a server: the one of RFC 6455 §5.7.
var key = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// A raw is a frame, good or not.
type raw struct {
	b0       byte   // FIN, RSV, opcode
	payload  []byte // what follows the header
	declared int64  // the length in the header; len(payload) if -1
	form     int    // bytes the length takes: 0 (as few as possible), 1, 2 or 8
	flip     bool   // the mask: the wrong way
	zeroKey  bool
}

func (f raw) bytes(toServer bool) []byte {
	n := f.declared
	if n == -1 {
		n = int64(len(f.payload))
	}
	masked := toServer != f.flip
	var m byte
	if masked {
		m = 0x80
	}
	b := []byte{f.b0}
	form := f.form
	if form == 0 {
		switch u := uint64(n); {
		case u < 126:
			form = 1
		case u < 1<<16:
			form = 2
		default:
			form = 8
		}
	}
	switch form {
	case 1:
		b = append(b, m|byte(n))
	case 2:
		b = binary.BigEndian.AppendUint16(append(b, m|126), uint16(n))
	case 8:
		b = binary.BigEndian.AppendUint64(append(b, m|127), uint64(n))
	}
	k := key
	if f.zeroKey {
		k = [4]byte{}
	}
	if masked {
		b = append(b, k[:]...)
		for i, c := range f.payload {
			b = append(b, c^k[i&3])
		}
		return b
	}
	return append(b, f.payload...)
}

func ctl(b0 byte, payload ...byte) raw { return raw{b0: b0, payload: payload, declared: -1} }

// cls is a good Close frame.
func cls(code uint16, reason string) raw {
	return ctl(0x88, append(binary.BigEndian.AppendUint16(nil, code), reason...)...)
}

func text(b0 byte, s string) raw { return ctl(b0, []byte(s)...) }

// send makes a step of frames that go out in one write.
func send(what string, frames ...raw) probe.Step {
	s := probe.Step{What: what}
	for _, f := range frames {
		s.ToServer = append(s.ToServer, f.bytes(true)...)
		s.ToClient = append(s.ToClient, f.bytes(false)...)
	}
	return s
}

// cut makes a step of a frame's first bytes: n as a server gets them, m as a
// client does.
func cut(what string, f raw, n, m int) probe.Step {
	return probe.Step{What: what, ToServer: f.bytes(true)[:n], ToClient: f.bytes(false)[:m]}
}

func ending(s probe.Step, end string) probe.Step {
	s.End = end
	return s
}

var trigger = probe.Step{What: "the trigger", Trigger: true, Await: "close"}

func scenarios() []probe.Scenario {
	var all []probe.Scenario
	add := func(id, title, rule, echo, expect string, steps ...probe.Step) *probe.Scenario {
		all = append(all, probe.Scenario{ID: id, Title: title, Rule: rule, Echo: echo, Expect: expect, Steps: steps})
		return &all[len(all)-1]
	}

	// Codes.
	for _, c := range []uint16{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999} {
		rule, echo := "R51", fmt.Sprint(c)
		if c == 1000 {
			rule = "R18"
		}
		if c >= 1012 && c <= 1014 {
			rule = "R54"
		}
		s := add("code-"+echo, "Close "+echo, rule, echo, "answered", send("Close "+echo, cls(c, "")))
		if c == 1010 {
			s.Of = probe.Server // "this status code is not used by the server" (§7.4.1)
		}
	}
	for _, c := range []uint16{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 65535} {
		echo := fmt.Sprint(c)
		rule, expect := "R51", "unassigned"
		switch {
		case c < 1000:
			expect = "refused"
		case c == 1004:
			rule = "R48"
		case c == 1005 || c == 1006 || c == 1015:
			rule, expect = "R47", "refused"
		case c >= 5000:
			rule, expect = "R54", "refused"
		}
		add("code-"+echo, "Close "+echo, rule, echo, expect, send("Close "+echo, cls(c, "")))
	}
	add("code-1005-reason", "Close 1005 with a reason", "R47", "1005", "refused", send("Close 1005 \"bye\"", cls(1005, "bye")))

	// Sizes.
	add("empty", "Close without a code", "R18", "empty", "answered", send("Close (empty)", ctl(0x88)))
	for _, b := range []byte{0x00, 0x03, 0xff} {
		add(fmt.Sprintf("one-byte-%02x", b), fmt.Sprintf("Close with a payload of one byte, %02x", b), "R14", "empty", "failed 1002",
			send(fmt.Sprintf("Close (1 byte: %02x)", b), ctl(0x88, b)))
	}
	for _, r := range []struct{ id, title, reason string }{
		{"reason-1", "a reason of 1 byte", "x"},
		{"reason-122", "a reason of 122 bytes", strings.Repeat("x", 122)},
		{"reason-123", "a reason of 123 bytes, the longest", strings.Repeat("x", 123)},
		{"reason-123-2", "a reason of 123 bytes in Cyrillic", strings.Repeat("ы", 61) + "."},
		{"reason-123-3", "a reason of 123 bytes in Chinese", strings.Repeat("关", 41)},
		{"reason-123-4", "a reason of 123 bytes of emoji", strings.Repeat("👋", 30) + "关"},
		{"reason-nul", "a reason that is U+0000", "\x00"},
		{"reason-bom", "a reason that begins with U+FEFF", "\ufeffbye"},
		{"reason-80", "a reason that is U+0080, the first of two bytes", "\u0080"},
		{"reason-7ff", "a reason that is U+07FF, the last of two bytes", "\u07ff"},
		{"reason-800", "a reason that is U+0800, the first of three bytes", "\u0800"},
		{"reason-d7ff", "a reason that is U+D7FF, the last before the surrogates", "\ud7ff"},
		{"reason-e000", "a reason that is U+E000, the first after the surrogates", "\ue000"},
		{"reason-fffe", "a reason that is U+FFFE, a noncharacter", "\ufffe"},
		{"reason-ffff", "a reason that is U+FFFF, a noncharacter", "\uffff"},
		{"reason-10000", "a reason that is U+10000, the first of four bytes", "\U00010000"},
		{"reason-10ffff", "a reason that is U+10FFFF, the last", "\U0010ffff"},
	} {
		add(r.id, "Close 1000 with "+r.title, "R15", "1000", "answered", send("Close 1000 and "+r.title, cls(1000, r.reason)))
	}
	for _, n := range []int{126, 127, 128, 256, 1000} {
		add(fmt.Sprintf("long-%d", n), fmt.Sprintf("Close with a payload of %d bytes", n), "R13", "3001", "failed too big",
			send(fmt.Sprintf("Close 3001 and %d bytes of reason", n-2), cls(3001, strings.Repeat("x", n-2))))
	}
	for _, h := range []struct {
		id, title string
		n         int64
		form      int
	}{
		{"huge-126", "126 bytes", 126, 2},
		{"huge-65535", "65,535 bytes", 65535, 2},
		{"huge-65536", "65,536 bytes", 65536, 8},
		{"huge-2-31", "2^31 bytes", 1 << 31, 8},
		{"huge-2-32", "2^32 bytes", 1 << 32, 8},
		{"huge-2-62", "2^62 bytes", 1 << 62, 8},
		{"huge-2-63-1", "2^63-1 bytes", 1<<63 - 1, 8},
	} {
		f := cls(3001, "")
		f.declared, f.form = h.n, h.form
		s := add(h.id, "Close whose header declares "+h.title+", of which two follow", "R13", "3001", "failed too big",
			send("Close that declares "+h.title, f))
		s.Alive = true
	}
	f := cls(3001, "")
	f.declared, f.form = -1<<63, 8
	add("huge-2-63", "Close with the top bit of a 64-bit length set", "R08", "3001", "failed too big", send("Close that declares 2^63 bytes", f)).Alive = true

	// Lengths in more bytes than needed.
	for _, m := range []struct {
		id, title string
		f         raw
		echo      string
	}{
		{"minimal-16", "Close 3001 with its length in 16 bits", cls(3001, ""), "3001"},
		{"minimal-64", "Close 3001 with its length in 64 bits", cls(3001, ""), "3001"},
		{"minimal-16-empty", "Close without a code, its length in 16 bits", ctl(0x88), "empty"},
		{"minimal-16-125", "Close 3001 with a reason of 123 bytes, the length in 16 bits", cls(3001, strings.Repeat("x", 123)), "3001"},
	} {
		m.f.form = 2
		if m.id == "minimal-64" {
			m.f.form = 8
		}
		add(m.id, m.title, "R08", m.echo, "failed 1002", send(m.title, m.f))
	}

	// The header's bits.
	add("fin", "Close with FIN clear", "R13", "3001", "failed 1002", send("Close 3001 with FIN clear", ctl(0x08, 0x0b, 0xb9)))
	add("fin-continued", "Close in two fragments", "R13", "3001", "failed 1002",
		send("Close with FIN clear, then a continuation", ctl(0x08, 0x0b), ctl(0x80, 0xb9)))
	for i, name := range []string{"RSV3", "RSV2", "RSV1"} {
		add(strings.ToLower(name), "Close with "+name+" set", "R06", "3001", "failed 1002",
			send("Close 3001 with "+name+" set", ctl(0x88|0x10<<i, 0x0b, 0xb9)))
	}
	add("rsv-all", "Close with all reserved bits set", "R06", "3001", "failed 1002", send("Close 3001 with RSV1, 2 and 3 set", ctl(0xf8, 0x0b, 0xb9)))
	add("rsv1-deflate", "Close with RSV1 set, permessage-deflate agreed on", "R56", "3001", "failed 1002",
		send("Close 3001 with RSV1 set", ctl(0xc8, 0x0b, 0xb9))).Needs = "deflate"
	add("deflate", "Close, permessage-deflate agreed on", "R18", "1000", "answered", send("Close 1000", cls(1000, ""))).Needs = "deflate"
	for _, op := range []byte{0x3, 0x7, 0xb, 0xf} {
		add(fmt.Sprintf("opcode-%x", op), fmt.Sprintf("a frame with the reserved opcode %#x", op), "R07", "3001", "failed 1002",
			send(fmt.Sprintf("opcode %#x", op), ctl(0x80|op, 0x0b, 0xb9)))
	}

	// Masking.
	wrongWay := cls(3001, "bye")
	wrongWay.flip = true
	add("unmasked", "Close from a client, not masked", "R02", "3001", "failed 1002", send("Close 3001 \"bye\", not masked", wrongWay)).Of = probe.Server
	noMask := ctl(0x88)
	noMask.flip = true
	add("unmasked-empty", "Close without a code from a client, not masked", "R02", "empty", "failed 1002", send("Close (empty), not masked", noMask)).Of = probe.Server
	add("masked", "Close from a server, masked", "R04", "3001", "failed 1002", send("Close 3001 \"bye\", masked", wrongWay)).Of = probe.Client
	add("masked-empty", "Close without a code from a server, masked", "R04", "empty", "failed 1002", send("Close (empty), masked", noMask)).Of = probe.Client
	zero := cls(1000, "bye")
	zero.zeroKey = true
	add("mask-zero", "Close from a client, masked with the key 00000000", "R18", "1000", "answered", send("Close 1000 \"bye\", masking key 0", zero)).Of = probe.Server

	// Reasons that are not UTF-8.
	for _, u := range []struct{ id, title, reason string }{
		{"80", "a lone continuation byte", "\x80"},
		{"bf", "a lone continuation byte, BF", "\xbf"},
		{"c0", "U+0000 in two bytes", "\xc0\x80"},
		{"c1", "U+007F in two bytes", "\xc1\xbf"},
		{"e0", "U+07FF in three bytes", "\xe0\x9f\xbf"},
		{"e0-80", "U+0000 in three bytes", "\xe0\x80\x80"},
		{"f0", "U+FFFF in four bytes", "\xf0\x8f\xbf\xbf"},
		{"f0-80", "U+0000 in four bytes", "\xf0\x80\x80\x80"},
		{"d800", "a high surrogate", "\xed\xa0\x80"},
		{"dfff", "a low surrogate", "\xed\xbf\xbf"},
		{"cesu", "a surrogate pair, each half in three bytes", "\xed\xa0\xbd\xed\xb8\x80"},
		{"110000", "U+110000", "\xf4\x90\x80\x80"},
		{"f5", "the byte F5", "\xf5\x80\x80\x80"},
		{"f8", "five bytes for one character", "\xf8\x88\x80\x80\x80"},
		{"fc", "six bytes for one character", "\xfc\x84\x80\x80\x80\x80"},
		{"fe", "the byte FE", "\xfe"},
		{"ff", "the byte FF", "\xff"},
		{"cut-2", "a character of two bytes cut after one", "\xc3"},
		{"cut-3", "a character of three bytes cut after two", "\xe5\x85"},
		{"cut-4", "a character of four bytes cut after three", "\xf0\x9f\x91"},
		{"cut-mid-2", "a character of two bytes cut, text after it", "\xc3(x"},
		{"cut-mid-3", "a character of three bytes cut, text after it", "\xe5\x85(x"},
		{"cut-mid-4", "a character of four bytes cut, text after it", "\xf0\x9f\x91(x"},
		{"latin1", "Latin-1", "gr\xfc\xdfe"},
		{"late", "a fault after 122 good bytes", strings.Repeat("x", 122) + "\x80"},
		{"cut-late", "a character cut by the limit of 123 bytes", strings.Repeat("x", 121) + "\xe5\x85"},
		{"early", "a fault before 122 good bytes", "\x80" + strings.Repeat("x", 122)},
	} {
		add("utf8-"+u.id, "Close 3001 with a reason that is not UTF-8: "+u.title, "R23", "3001", "failed 1007",
			send("Close 3001 and "+u.title, cls(3001, u.reason)))
	}
	add("utf8-bad-code", "Close 1005 with a reason that is not UTF-8", "R47", "1005", "refused", send("Close 1005 and a bad reason", cls(1005, "\xff")))
	add("text-utf8", "a text message that is not UTF-8", "R23", "", "failed 1007", send("text that is not UTF-8", text(0x81, "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80")))

	// Among other frames.
	add("after-text", "a text message, then Close", "R18", "1000", "answered", send("text, Close 1000", text(0x81, "hello"), cls(1000, "")))
	add("after-ping", "a Ping, then Close", "R18", "1000", "answered", send("Ping, Close 1000", text(0x89, "hi"), cls(1000, ""))).Pong = "due"
	add("amid-text", "Close amid a fragmented text message", "R11", "1000", "answered", send("first fragment of text, Close 1000", text(0x01, "hel"), cls(1000, "")))
	add("amid-binary", "Close amid a fragmented binary message", "R11", "1000", "answered", send("first fragment of binary, Close 1000", text(0x02, "hel"), cls(1000, "")))
	add("amid-character", "Close amid a text message cut inside a character", "R11", "1000", "answered",
		send("first fragment of text, Close 1000", text(0x01, "\xe5\x85"), cls(1000, "")))
	add("amid-fragments", "Close amid a fragmented text message, whose rest follows", "R11", "1000", "answered",
		send("first fragment of text, Close 1000, last fragment", text(0x01, "hel"), cls(1000, ""), text(0x80, "lo")))
	add("continuation", "a continuation frame with nothing to continue", "R12", "", "failed 1002", send("continuation", text(0x80, "lo")))
	add("interleaved", "a new text message amid a fragmented one", "R12", "", "failed 1002", send("first fragment of text, text", text(0x01, "hel"), text(0x81, "hello")))
	add("ping-long", "a Ping with a payload of 126 bytes", "R13", "", "failed too big", send("Ping (126 bytes)", text(0x89, strings.Repeat("x", 126)))).Pong = "wrong"
	add("ping-fin", "a Ping with FIN clear", "R13", "", "failed 1002", send("Ping with FIN clear", text(0x09, "hi"))).Pong = "wrong"
	ping := text(0x89, "hi")
	ping.form = 2
	add("ping-minimal", "a Ping with its length in 16 bits", "R08", "", "failed 1002", send("Ping, its length in 16 bits", ping)).Pong = "wrong"
	add("ping-rsv1", "a Ping with RSV1 set", "R06", "", "failed 1002", send("Ping with RSV1 set", text(0xc9, "hi"))).Pong = "wrong"
	ping = text(0x89, "hi")
	ping.flip = true
	p := add("ping-unmasked", "a Ping from a client, not masked", "R02", "", "failed 1002", send("Ping, not masked", ping))
	p.Of, p.Pong = probe.Server, "wrong"
	p = add("ping-masked", "a Ping from a server, masked", "R04", "", "failed 1002", send("Ping, masked", ping))
	p.Of, p.Pong = probe.Client, "wrong"
	add("then-text", "Close, then a text message", "R55", "1000", "answered", send("Close 1000, text", cls(1000, ""), text(0x81, "hello")))
	add("then-ping", "Close, then a Ping", "R55", "1000", "answered", send("Close 1000, Ping", cls(1000, ""), text(0x89, "hi")))
	add("then-close", "Close, then another Close", "R18", "1000", "answered", send("Close 1000, Close 3000", cls(1000, ""), cls(3000, "second")))
	add("then-garbage", "Close, then bytes that are no frame", "R55", "1000", "answered", send("Close 1000, garbage", cls(1000, ""), raw{b0: 0xff, payload: []byte("garbage"), declared: -1}))
	add("failed-then-close", "a reserved opcode, then a good Close", "R39", "3001", "failed 1002", send("opcode 0x3, Close 3001", ctl(0x83), cls(3001, "")))
	add("failed-then-text", "a Close of one byte, then a text message", "R39", "empty", "failed 1002", send("Close (1 byte), text", ctl(0x88, 0x03), text(0x81, "hello")))
	// The payload of a Close that is refused at its header looks like a Close of its own.
	inner := cls(3001, "")
	add("nested", "Close with FIN clear whose payload looks like a Close", "R39", "3001", "failed 1002",
		probe.Step{What: "Close with FIN clear, holding a Close 3001",
			ToServer: ctl(0x08, inner.bytes(true)...).bytesKey(true), ToClient: ctl(0x08, inner.bytes(false)...).bytes(false)})

	// Cut in pieces.
	s := send("Close 1000 \"bye\", byte by byte", cls(1000, "bye"))
	s.EachByte = true
	add("bytes", "Close in one write for each byte", "R18", "1000", "answered", s)
	bye, lost := cls(1000, "bye"), cls(3001, "bye")
	add("halves", "Close in two writes", "R18", "1000", "answered", cut("Close, its first half", bye, 5, 3),
		probe.Step{What: "Close, its second half", ToServer: bye.bytes(true)[5:], ToClient: bye.bytes(false)[3:]})
	for _, c := range []struct {
		id, title string
		n, m      int
	}{
		{"cut-1", "one byte of a Close, then the end of TCP", 1, 1},
		{"cut-header", "the header of a Close, then the end of TCP", 2, 2},
		{"cut-payload", "a Close short of its last byte, then the end of TCP", len(bye.bytes(true)) - 1, len(bye.bytes(false)) - 1},
	} {
		add(c.id, c.title, "R32", "3001", "lost", ending(cut(c.title, lost, c.n, c.m), "fin"))
	}
	add("cut-key", "a Close cut inside its masking key, then the end of TCP", "R32", "3001", "lost", ending(cut("Close, to the middle of its key", lost, 4, 2), "fin")).Of = probe.Server

	// The end of TCP.
	add("no-close", "the end of TCP, with no Close", "R32", "", "lost", probe.Step{What: "nothing", End: "fin"})
	add("text-no-close", "a text message, then the end of TCP, with no Close", "R32", "", "lost", ending(send("text", text(0x81, "hello")), "fin"))
	add("amid-no-close", "the end of TCP amid a fragmented message", "R32", "", "lost", ending(send("first fragment of text", text(0x01, "hel")), "fin"))
	add("close-end", "Close and the end of the prober's side of TCP at once", "R18", "1000", "answered, half-closed", ending(send("Close 1000", cls(1000, "")), "fin"))
	add("reset", "a TCP reset, with no Close", "R32", "", "unseen", probe.Step{What: "nothing", End: "reset"}).Alive = true
	add("close-reset", "Close and a TCP reset at once", "R32", "", "unseen", ending(send("Close 1000", cls(1000, "")), "reset")).Alive = true
	add("who-ends", "who ends TCP after the closing handshake", "R20", "1000", "answered", send("Close 1000", cls(1000, ""))).Hold = true
	add("failed-unanswered", "a reserved opcode, then silence", "R37", "", "failed 1002", send("opcode 0xb", ctl(0x8b))).Hold = true

	// The peer begins.
	begin := func(id, title, rule, expect string, steps ...probe.Step) *probe.Scenario {
		s := add(id, title, rule, "", expect, steps...)
		s.Needs = "trigger"
		return s
	}
	begin("starts", "the peer closes, the prober echoes 1000", "R29", "started", trigger, send("Close 1000", cls(1000, "")))
	begin("starts-empty", "the peer closes, the prober answers without a code", "R20", "started", trigger, send("Close (empty)", ctl(0x88)))
	begin("starts-other", "the peer closes, the prober answers with another code", "R20", "started", trigger, send("Close 4999 \"other\"", cls(4999, "other")))
	begin("starts-hold", "the peer closes: who ends TCP", "R20", "started", trigger, send("Close 1000", cls(1000, ""))).Hold = true
	begin("starts-text", "the peer closes, the prober sends a text message before it answers", "R20", "started",
		trigger, send("text, Close 1000", text(0x81, "hello"), cls(1000, "")))
	begin("starts-amid", "the peer closes amid the prober's fragmented message", "R20", "started",
		trigger, send("first fragment of text, Close 1000", text(0x01, "hel"), cls(1000, "")))
	begin("starts-bytes", "the peer closes, the prober's answer comes byte by byte", "R20", "started", trigger, s)
	both := send("the trigger, Close 1000", cls(1000, ""))
	both.Trigger = true
	begin("simultaneous", "both close at once", "R21", "started", both)
	crossing := send("the trigger, Close 4000 \"crossing\"", cls(4000, "crossing"))
	crossing.Trigger = true
	begin("simultaneous-codes", "both close at once, with different codes", "R21", "started", crossing)
	begin("starts-two", "the peer closes, the prober answers twice", "R20", "started", trigger, send("Close 1000, Close 3000", cls(1000, ""), cls(3000, "")))
	begin("starts-one-byte", "the peer closes, the prober's answer has one byte", "R14", "started, failed", trigger, send("Close (1 byte)", ctl(0x88, 3)))
	begin("starts-1005", "the peer closes, the prober's answer is 1005", "R47", "started, failed", trigger, send("Close 1005", cls(1005, "")))
	begin("starts-utf8", "the peer closes, the prober's answer is not UTF-8", "R23", "started, failed", trigger, send("Close 1000 and the byte FF", cls(1000, "\xff")))
	begin("starts-opcode", "the peer closes, then gets a reserved opcode", "R07", "started, failed", trigger, send("opcode 0x3", ctl(0x83)))
	begin("starts-end", "the peer closes, the prober ends TCP without a Close", "R32", "started, lost", trigger, probe.Step{What: "nothing", End: "fin"})
	begin("starts-cut", "the peer closes, the prober ends TCP amid its answer", "R32", "started, lost", trigger, ending(cut("Close, without its last byte", bye, len(bye.bytes(true))-1, len(bye.bytes(false))-1), "fin"))
	begin("starts-no-answer", "the peer closes, the prober says nothing", "R26", "started, no answer", trigger)
	return all
}

// bytesKey frames a payload that is to look like a frame on the wire too: it
// is masked with a key of zeros.
func (f raw) bytesKey(toServer bool) []byte {
	f.zeroKey = true
	return f.bytes(toServer)
}
