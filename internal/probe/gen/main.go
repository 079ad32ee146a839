// Command gen prints testdata/scenarios.json, the scenarios of closeframe
// probe. The file contains every byte for both roles, so that its readers need
// no framing code.
//
//	go run ./internal/probe/gen >testdata/scenarios.json
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/closeframe/closeframe/internal/catalog"
	"github.com/closeframe/closeframe/internal/probe"
	"github.com/closeframe/closeframe/internal/vectors"
	"github.com/closeframe/closeframe/testdata"
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
	set := probe.Set{
		Version: testdata.Version,
		About: "Scenarios about RFC 6455's rules of closing, each played on one connection after the opening handshake. " +
			"internal/probe/gen generates this file. The rules are those of rules.json.",
		Schema: map[string]string{
			"rules":        "by id, from rules.json: the section, the level and the sentence. A sentence of the specification is in quotation marks",
			"always":       "by name: a violation that is reported in every scenario, and the rule that it breaks",
			"expectations": "by name: the verdicts on the peer's Close frame and on the end of the TCP connection. The first list with a matching token decides, in the order pass, fail, warn. An outcome in no list breaks the rule of the judgment, or else that of the scenario. Breaking a rule is a FAIL if its level is MUST or MUST NOT, and otherwise a WARN. A token of warn is a WARN with the rule warn_rule",
			"waits":        "an expired time limit is a WARN, with one exception. If immediately is set, the closing handshake was completed and the limit was 10 s or more, it is judged like any other token",
			"close tokens": "a code in decimal; echo: the code in the scenario's echo (\"empty\": a Close without a code); empty: a Close without a code; none: no Close frame; any: any Close frame",
			"end tokens":   "how TCP ended, as seen by the prober. first: the peer closed it before the prober did. after: the peer closed it after the prober did. slow: a server closed it before the prober did, but after more than 2 s, or after the quiet time of a scenario with hold. late: the peer closed it after the prober, whose time limit had expired. reset: the peer reset it. open: the peer did not close it",
			"ping":         "a peer that has not reacted after a fifth of the time limit, and at least 500 ms, gets a Ping. A Pong shows that the peer accepted the frame before it, which breaks the scenario's rule",
			"of":           "the role of the peer that the scenario is for; both if absent",
			"needs":        "deflate: the scenario is for peers that negotiate permessage-deflate; trigger: it is for peers that start the closing handshake when they receive a known text message",
			"echo":         "the code that a peer answers if it accepts the frame as a valid Close",
			"pong":         "due: the steps send a Ping that must be answered; wrong: they send a Ping that must not be answered",
			"hold":         "the prober waits for a quiet time after the peer's Close. A server should close TCP in that time, and a client should not",
			"alive":        "the peer must serve a new connection afterwards",
			"steps":        "the steps in order. to_server, to_client: the bytes to send, to a server masked with the key 37fa213d, to a client unmasked. each_byte: send each byte in a write of its own. trigger: send the trigger's frame before the bytes, in the same write. await: wait for the peer's Close (close), or also for the quiet time after it (quiet). end: half-close TCP (fin) or reset it (reset). After the steps, a prober of servers waits for the server to close TCP, and a prober of clients closes it as soon as the client's Close has arrived",
		},
		Rules:        map[string]probe.Rule{},
		Always:       always,
		Expectations: expectations,
		Scenarios:    scenarios(),
	}
	if err := rules(&set); err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(set)
	return buf.Bytes(), err
}

// rules copies the rules that the set uses from rules.json.
func rules(set *probe.Set) error {
	known := map[string]vectors.Rule{}
	for _, r := range vectors.Rules() {
		known[r.ID] = r
	}
	var ids []string
	for _, a := range set.Always {
		ids = append(ids, a.Rule)
	}
	for _, e := range set.Expectations {
		ids = append(ids, e.Close.Rule, e.Close.WarnRule)
		for _, j := range e.End {
			ids = append(ids, j.Rule, j.WarnRule)
		}
	}
	for _, s := range set.Scenarios {
		ids = append(ids, s.Rule)
	}
	for _, id := range ids {
		if id == "" {
			continue
		}
		r, ok := known[id]
		if !ok {
			return fmt.Errorf("no rule %s in rules.json", id)
		}
		level := r.Level
		switch level {
		case "def", "reserved":
			level = "definition"
		}
		section := r.Spec
		if r.Section != "" {
			section += " §" + r.Section
		}
		text := r.Rule
		if r.Quote != "" {
			text = "“" + r.Quote + "”"
		}
		set.Rules[id] = probe.Rule{Section: section, Level: level, Text: text}
	}
	return nil
}

// always lists the findings that do not depend on the scenario.
var always = map[string]probe.Always{
	"masked":        {About: "a server masks a frame", Rule: "R03"},
	"unmasked":      {About: "a client does not mask a frame", Rule: "R01"},
	"reserved_bits": {About: "a frame has reserved bits that no extension defines", Rule: "R06"},
	"opcode":        {About: "a frame has a reserved opcode", Rule: "R07"},
	"length":        {About: "a frame's length takes more bytes than needed", Rule: "R08"},
	"control":       {About: "a control frame is fragmented or longer than 125 bytes", Rule: "R13"},
	"short":         {About: "a Close has a payload of one byte", Rule: "R14"},
	"local_code":    {About: "a Close has the code 1005, 1006 or 1015", Rule: "R47"},
	"invalid_code":  {About: "a Close has another code that may not be sent", Rule: "R51"},
	"reason":        {About: "a Close has a reason that is not UTF-8", Rule: "R15"},
	"data_after":    {About: "a data frame follows the Close", Rule: "R17"},
	"second_close":  {About: "a Close follows the Close", Rule: "R55"},
	"control_after": {About: "a Ping or Pong follows the Close", Rule: "R55"},
	"no_pong":       {About: "a Ping right before a Close is not answered", Rule: "R61"},
	"incomplete":    {About: "the last frame was not sent in full", Rule: "R25"},
	"flood":         {About: "more than 4 MiB were sent: the prober stopped reading", Rule: "R55"},
	"no_answer":     {About: "a Close was not answered within the time limit", Rule: "R60"},
	"reset":         {About: "TCP was reset, and no Close was received", Rule: "R25"},
	"fin_early":     {About: "the peer closes TCP right after its own Close, without waiting for the answer", Rule: "R55"},
	"dead":          {About: "a server serves no new connections afterwards", Rule: "R53"},
	"dead_wait":     {About: "a server did not serve a new connection within the time limit", Rule: "R52"},
}

// ends returns the rules for who closes TCP after the closing handshake. A
// server must close it immediately. A client "SHOULD wait for the server", but
// may close it.
func ends(rule string) map[probe.Role]probe.Judgment {
	return map[probe.Role]probe.Judgment{
		probe.Server: {Pass: []string{"first"}, Warn: []string{"slow", "reset"}, Rule: rule, WarnRule: "R26", Immediately: true},
		probe.Client: {Pass: []string{"after"}, Warn: []string{"first", "reset"}, Rule: rule, WarnRule: "R27"},
	}
}

// failEnds has the rules for who closes TCP when an endpoint fails the
// connection. For a client this is one of the "abnormal cases" in which it may
// close TCP.
var failEnds = map[probe.Role]probe.Judgment{
	probe.Server: {Pass: []string{"first"}, Warn: []string{"slow", "reset"}, Rule: "R37", WarnRule: "R26"},
	probe.Client: {Pass: []string{"first", "after"}, Warn: []string{"reset"}, Rule: "R36", WarnRule: "R25"},
}

// lateEnds has the rules for a frame whose payload never arrives. No rule
// requires the endpoint to fail the connection at the header.
var lateEnds = map[probe.Role]probe.Judgment{
	probe.Server: {Pass: []string{"first"}, Warn: []string{"slow", "reset", "late"}, Rule: "R37", WarnRule: "R38"},
	probe.Client: {Pass: []string{"first", "after"}, Warn: []string{"reset", "late"}, Rule: "R36", WarnRule: "R38"},
}

// lostEnds has the rules for a connection that the prober closed.
var lostEnds = map[probe.Role]probe.Judgment{
	probe.Server: {Pass: []string{"first", "slow", "after"}, Warn: []string{"reset"}, Rule: "R32", WarnRule: "R25"},
	probe.Client: {Pass: []string{"first", "after"}, Warn: []string{"reset"}, Rule: "R32", WarnRule: "R25"},
}

var (
	anyClose = []string{"any"}
	noAnswer = []string{"none", "any"}
)

var expectations = map[string]probe.Expectation{
	"answered": {
		About: "A valid Close is answered with one Close, typically with the same code. Then a server closes TCP immediately, and a client after the server.",
		Close: probe.Judgment{Pass: []string{"echo"}, Warn: anyClose, Rule: "R18", WarnRule: "R59"},
		End:   ends("R20"),
	},
	"accepted": {
		About: "Like \"answered\", for codes of the registry that RFC 6455 does not list.",
		Close: probe.Judgment{Pass: []string{"echo"}, Warn: anyClose, Rule: "R18", WarnRule: "I01"},
		End:   ends("R20"),
	},
	"answered between fragments": {
		About: "Like \"answered\", between the fragments of a message: refusing the Close breaks a rule.",
		Close: probe.Judgment{Pass: []string{"echo"}, Fail: []string{"1002", "1007"}, Warn: anyClose, Rule: "R11", WarnRule: "R59"},
		End:   ends("R20"),
	},
	"refused": {
		About: "1005, 1006 and 1015 are never sent, so a Close with one is a protocol error. Answering it like an empty Close is a WARN, and sending the code back is a FAIL.",
		Close: probe.Judgment{Pass: []string{"1002"}, Fail: []string{"echo"}, Warn: noAnswer, WarnRule: "R38"},
		End:   failEnds,
	},
	"unassigned": {
		About: "A code that no specification defines should not be sent; no rule tells a receiver to refuse it.",
		Close: probe.Judgment{Pass: []string{"1002"}, Warn: noAnswer, WarnRule: "R51"},
		End:   failEnds,
	},
	"failed 1002": {
		About: "A protocol error: the endpoint fails the connection. It should send 1002, but may leave the Close out.",
		Close: probe.Judgment{Pass: []string{"1002"}, Fail: []string{"echo"}, Warn: noAnswer, WarnRule: "R38"},
		End:   failEnds,
		Ping:  true,
	},
	"failed too big": {
		About: "A control frame that is too long: the endpoint fails the connection with 1002 or 1009, preferably as soon as it sees the length.",
		Close: probe.Judgment{Pass: []string{"1002", "1009"}, Fail: []string{"echo"}, Warn: noAnswer, WarnRule: "R38"},
		End:   lateEnds,
	},
	"failed 1007": {
		About: "Text that is not UTF-8: the endpoint fails the connection. It should send 1007, but may use another code or leave the Close out.",
		Close: probe.Judgment{Pass: []string{"1007"}, Fail: []string{"echo"}, Warn: noAnswer, WarnRule: "R38"},
		End:   failEnds,
		Ping:  true,
	},
	"lost": {
		About: "The prober closes TCP before a Close is complete: there is nothing to answer, and the peer closes its side too.",
		Close: probe.Judgment{Pass: []string{"none", "1002"}, Fail: []string{"echo"}, Warn: anyClose, WarnRule: "R38"},
		End:   lostEnds,
	},
	"answered, half-closed": {
		About: "A valid Close and FIN at once: the Close must still be answered.",
		Close: probe.Judgment{Pass: []string{"echo"}, Warn: anyClose, Rule: "R18", WarnRule: "R59"},
		End:   lostEnds,
	},
	"started": {
		About: "The peer starts the closing handshake by itself, and closes TCP as its role demands.",
		Close: probe.Judgment{Pass: anyClose, Rule: "R29"},
		End:   ends("R20"),
	},
	"started, failed": {
		About: "The peer starts the closing handshake; the prober's answer is malformed. The peer sends no second Close, and closes TCP.",
		Close: probe.Judgment{Pass: anyClose, Rule: "R29"},
		End:   failEnds,
	},
	"started, no answer": {
		About: "The peer starts the closing handshake; no answer comes. The peer should not wait forever.",
		Close: probe.Judgment{Pass: anyClose, Rule: "R29"},
		End: map[probe.Role]probe.Judgment{
			probe.Server: {Pass: []string{"first", "slow", "late"}, Warn: []string{"reset"}, Rule: "R26", WarnRule: "R25"},
			probe.Client: {Pass: []string{"first", "after"}, Warn: []string{"reset"}, Rule: "R27", WarnRule: "R25"},
		},
	},
	"started, lost": {
		About: "The peer starts the closing handshake; the prober closes TCP instead of answering.",
		Close: probe.Judgment{Pass: anyClose, Rule: "R29"},
		End:   lostEnds,
	},
	"unseen": {
		About: "The prober resets TCP, so it can only check whether the peer serves the next connection.",
		Close: probe.Judgment{Pass: []string{"any", "none"}},
		End:   lostEnds,
	},
}

// key masks every frame to a server. It is the key in the examples of RFC 6455
// §5.7.
var key = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// A raw is a valid or invalid frame.
type raw struct {
	b0       byte   // FIN, RSV, opcode
	payload  []byte // the bytes after the header
	declared int64  // the length in the header; len(payload) if -1
	form     int    // size of the length field in bytes: 1, 2, 8, or 0 for the shortest
	flip     bool   // masked to a client, unmasked to a server
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

// cls returns a valid Close frame.
func cls(code uint16, reason string) raw {
	return ctl(0x88, append(binary.BigEndian.AppendUint16(nil, code), reason...)...)
}

func text(b0 byte, s string) raw { return ctl(b0, []byte(s)...) }

// send returns a step that sends frames in one write.
func send(what string, frames ...raw) probe.Step {
	s := probe.Step{What: what}
	for _, f := range frames {
		s.ToServer = append(s.ToServer, f.bytes(true)...)
		s.ToClient = append(s.ToClient, f.bytes(false)...)
	}
	return s
}

// cut returns a step that sends the first bytes of a frame: n bytes to a
// server, m to a client.
func cut(what string, f raw, n, m int) probe.Step {
	return probe.Step{What: what, ToServer: f.bytes(true)[:n], ToClient: f.bytes(false)[:m]}
}

func ending(s probe.Step, end string) probe.Step {
	s.End = end
	return s
}

var trigger = probe.Step{What: "the trigger", Trigger: true, Await: "close"}

// row returns the row of codes.json that has c.
func row(c uint16) vectors.Codes {
	for _, r := range vectors.AllCodes() {
		if r.First <= c && c <= r.Last {
			return r
		}
	}
	panic(fmt.Sprintf("codes.json has no range with %d", c))
}

// codes returns the codes to send: each that is defined below 3000, the bounds
// of the ranges in codes.json, 1 and 1100.
func codes() (valid, invalid []uint16) {
	for _, r := range vectors.AllCodes() {
		switch {
		case !r.Valid:
			invalid = append(invalid, r.First, r.Last)
		case r.First < 3000:
			valid = append(valid, r.First)
		}
	}
	valid = append(valid, 3000, 3999, 4000, 4999)
	invalid = append(invalid, 1, 1100)
	slices.Sort(invalid)
	return valid, slices.Compact(invalid)
}

// title returns the English title of a scenario. The catalog has the titles of
// all scenarios but those of one code and nothing else.
func title(id string) string {
	if key := "scenario." + id; catalog.In("en").Has(key) {
		return catalog.In("en").Text(key)
	}
	return "Close " + strings.TrimPrefix(id, "code-")
}

func scenarios() []probe.Scenario {
	var all []probe.Scenario
	add := func(id, rule, echo, expect string, steps ...probe.Step) *probe.Scenario {
		all = append(all, probe.Scenario{ID: id, Title: title(id), Rule: rule, Echo: echo, Expect: expect, Steps: steps})
		return &all[len(all)-1]
	}

	// Codes.
	valid, invalid := codes()
	for _, c := range valid {
		rule, expect, echo := "R51", "answered", fmt.Sprint(c)
		if c == 1000 {
			rule = "R18"
		}
		if c < 3000 && row(c).Rule == "I01" {
			rule, expect = "I01", "accepted"
		}
		s := add("code-"+echo, rule, echo, expect, send("Close "+echo, cls(c, "")))
		if c == 1010 {
			s.Of = probe.Server // "this status code is not used by the server" (§7.4.1)
		}
	}
	for _, c := range invalid {
		echo := fmt.Sprint(c)
		rule, expect := "R51", "unassigned"
		switch {
		case c == 1004:
			rule = "R48"
		case row(c).Class == "local":
			rule, expect = "R47", "refused"
		case c >= 5000:
			rule = "R54"
		}
		add("code-"+echo, rule, echo, expect, send("Close "+echo, cls(c, "")))
	}
	add("code-1005-reason", "R47", "1005", "refused", send("Close 1005 \"bye\"", cls(1005, "bye")))

	// Sizes.
	add("empty", "R18", "empty", "answered", send("Close (empty)", ctl(0x88)))
	for _, b := range []byte{0x00, 0x03, 0xff} {
		add(fmt.Sprintf("one-byte-%02x", b), "R14", "empty", "failed 1002",
			send(fmt.Sprintf("Close (1 byte: %02x)", b), ctl(0x88, b)))
	}
	for _, r := range []struct{ id, reason string }{
		{"reason-1", "x"},
		{"reason-122", strings.Repeat("x", 122)},
		{"reason-123", strings.Repeat("x", 123)},
		{"reason-123-2", strings.Repeat("ы", 61) + "."},
		{"reason-123-3", strings.Repeat("关", 41)},
		{"reason-123-4", strings.Repeat("👋", 30) + "关"},
		{"reason-nul", "\x00"},
		{"reason-bom", "\ufeffbye"},
		{"reason-80", "\u0080"},
		{"reason-7ff", "\u07ff"},
		{"reason-800", "\u0800"},
		{"reason-d7ff", "\ud7ff"},
		{"reason-e000", "\ue000"},
		{"reason-fffe", "\ufffe"},
		{"reason-ffff", "\uffff"},
		{"reason-10000", "\U00010000"},
		{"reason-10ffff", "\U0010ffff"},
	} {
		add(r.id, "R15", "1000", "answered", send(strings.Replace(title(r.id), " with ", " and ", 1), cls(1000, r.reason)))
	}
	for _, n := range []int{126, 127, 128, 256, 1000} {
		add(fmt.Sprintf("long-%d", n), "R13", "3001", "failed too big",
			send(fmt.Sprintf("Close 3001 and %d bytes of reason", n-2), cls(3001, strings.Repeat("x", n-2))))
	}
	for _, h := range []struct {
		id, declared string
		n            int64
		form         int
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
		s := add(h.id, "R13", "3001", "failed too big",
			send("Close that declares "+h.declared, f))
		s.Alive = true
	}
	f := cls(3001, "")
	f.declared, f.form = -1<<63, 8
	add("huge-2-63", "R08", "3001", "failed too big", send("Close that declares 2^63 bytes", f)).Alive = true

	// Lengths that are not in the shortest form.
	for _, m := range []struct {
		id   string
		f    raw
		echo string
	}{
		{"minimal-16", cls(3001, ""), "3001"},
		{"minimal-64", cls(3001, ""), "3001"},
		{"minimal-16-empty", ctl(0x88), "empty"},
		{"minimal-16-125", cls(3001, strings.Repeat("x", 123)), "3001"},
	} {
		m.f.form = 2
		if m.id == "minimal-64" {
			m.f.form = 8
		}
		add(m.id, "R08", m.echo, "failed 1002", send(title(m.id), m.f))
	}

	// The bits of the header.
	add("fin", "R13", "3001", "failed 1002", send("Close 3001 with FIN clear", ctl(0x08, 0x0b, 0xb9)))
	add("fin-continued", "R13", "3001", "failed 1002",
		send("Close with FIN clear, then a continuation", ctl(0x08, 0x0b), ctl(0x80, 0xb9)))
	for i, name := range []string{"RSV3", "RSV2", "RSV1"} {
		add(strings.ToLower(name), "R06", "3001", "failed 1002",
			send("Close 3001 with "+name+" set", ctl(0x88|0x10<<i, 0x0b, 0xb9)))
	}
	add("rsv-all", "R06", "3001", "failed 1002", send("Close 3001 with RSV1, 2 and 3 set", ctl(0xf8, 0x0b, 0xb9)))
	add("rsv1-deflate", "R56", "3001", "failed 1002",
		send("Close 3001 with RSV1 set", ctl(0xc8, 0x0b, 0xb9))).Needs = "deflate"
	add("deflate", "R18", "1000", "answered", send("Close 1000", cls(1000, ""))).Needs = "deflate"
	for _, op := range []byte{0x3, 0x7, 0xb, 0xf} {
		add(fmt.Sprintf("opcode-%x", op), "R07", "3001", "failed 1002",
			send(fmt.Sprintf("opcode %#x", op), ctl(0x80|op, 0x0b, 0xb9)))
	}

	// Masking.
	wrongWay := cls(3001, "bye")
	wrongWay.flip = true
	add("unmasked", "R02", "3001", "failed 1002", send("Close 3001 \"bye\", not masked", wrongWay)).Of = probe.Server
	noMask := ctl(0x88)
	noMask.flip = true
	add("unmasked-empty", "R02", "empty", "failed 1002", send("Close (empty), not masked", noMask)).Of = probe.Server
	add("masked", "R04", "3001", "failed 1002", send("Close 3001 \"bye\", masked", wrongWay)).Of = probe.Client
	add("masked-empty", "R04", "empty", "failed 1002", send("Close (empty), masked", noMask)).Of = probe.Client
	zero := cls(1000, "bye")
	zero.zeroKey = true
	add("mask-zero", "R18", "1000", "answered", send("Close 1000 \"bye\", masking key 0", zero)).Of = probe.Server

	// Reasons that are not UTF-8.
	for _, u := range []struct{ id, reason string }{
		{"80", "\x80"},
		{"bf", "\xbf"},
		{"c0", "\xc0\x80"},
		{"c1", "\xc1\xbf"},
		{"e0", "\xe0\x9f\xbf"},
		{"e0-80", "\xe0\x80\x80"},
		{"f0", "\xf0\x8f\xbf\xbf"},
		{"f0-80", "\xf0\x80\x80\x80"},
		{"d800", "\xed\xa0\x80"},
		{"dfff", "\xed\xbf\xbf"},
		{"cesu", "\xed\xa0\xbd\xed\xb8\x80"},
		{"110000", "\xf4\x90\x80\x80"},
		{"f5", "\xf5\x80\x80\x80"},
		{"f8", "\xf8\x88\x80\x80\x80"},
		{"fc", "\xfc\x84\x80\x80\x80\x80"},
		{"fe", "\xfe"},
		{"ff", "\xff"},
		{"cut-2", "\xc3"},
		{"cut-3", "\xe5\x85"},
		{"cut-4", "\xf0\x9f\x91"},
		{"cut-mid-2", "\xc3(x"},
		{"cut-mid-3", "\xe5\x85(x"},
		{"cut-mid-4", "\xf0\x9f\x91(x"},
		{"latin1", "gr\xfc\xdfe"},
		{"late", strings.Repeat("x", 122) + "\x80"},
		{"cut-late", strings.Repeat("x", 121) + "\xe5\x85"},
		{"early", "\x80" + strings.Repeat("x", 122)},
	} {
		id := "utf8-" + u.id
		_, fault, _ := strings.Cut(title(id), ": ")
		add(id, "R23", "3001", "failed 1007", send("Close 3001 and "+fault, cls(3001, u.reason)))
	}
	add("utf8-bad-code", "R47", "1005", "refused", send("Close 1005 and a bad reason", cls(1005, "\xff")))
	add("text-utf8", "R23", "", "failed 1007", send("text that is not UTF-8", text(0x81, "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80")))

	// Among other frames.
	add("after-text", "R18", "1000", "answered", send("text, Close 1000", text(0x81, "hello"), cls(1000, "")))
	add("after-ping", "R18", "1000", "answered", send("Ping, Close 1000", text(0x89, "hi"), cls(1000, ""))).Pong = "due"
	add("between-text", "R11", "1000", "answered between fragments", send("first fragment of text, Close 1000", text(0x01, "hel"), cls(1000, "")))
	add("between-binary", "R11", "1000", "answered between fragments", send("first fragment of binary, Close 1000", text(0x02, "hel"), cls(1000, "")))
	add("between-character", "R11", "1000", "answered between fragments",
		send("first fragment of text, Close 1000", text(0x01, "\xe5\x85"), cls(1000, "")))
	add("between-fragments", "R11", "1000", "answered between fragments",
		send("first fragment of text, Close 1000, last fragment", text(0x01, "hel"), cls(1000, ""), text(0x80, "lo")))
	add("continuation", "R63", "", "failed 1002", send("continuation", text(0x80, "lo")))
	add("interleaved", "R62", "", "failed 1002", send("first fragment of text, text", text(0x01, "hel"), text(0x81, "hello")))
	add("ping-long", "R13", "", "failed too big", send("Ping (126 bytes)", text(0x89, strings.Repeat("x", 126)))).Pong = "wrong"
	add("ping-fin", "R13", "", "failed 1002", send("Ping with FIN clear", text(0x09, "hi"))).Pong = "wrong"
	ping := text(0x89, "hi")
	ping.form = 2
	add("ping-minimal", "R08", "", "failed 1002", send("Ping, its length in 16 bits", ping)).Pong = "wrong"
	add("ping-rsv1", "R06", "", "failed 1002", send("Ping with RSV1 set", text(0xc9, "hi"))).Pong = "wrong"
	ping = text(0x89, "hi")
	ping.flip = true
	p := add("ping-unmasked", "R02", "", "failed 1002", send("Ping, not masked", ping))
	p.Of, p.Pong = probe.Server, "wrong"
	p = add("ping-masked", "R04", "", "failed 1002", send("Ping, masked", ping))
	p.Of, p.Pong = probe.Client, "wrong"
	add("then-text", "R55", "1000", "answered", send("Close 1000, text", cls(1000, ""), text(0x81, "hello")))
	add("then-ping", "R55", "1000", "answered", send("Close 1000, Ping", cls(1000, ""), text(0x89, "hi")))
	add("then-close", "R18", "1000", "answered", send("Close 1000, Close 3000", cls(1000, ""), cls(3000, "second")))
	add("then-garbage", "R55", "1000", "answered", send("Close 1000, garbage", cls(1000, ""), raw{b0: 0xff, payload: []byte("garbage"), declared: -1}))
	add("failed-then-close", "R39", "3001", "failed 1002", send("opcode 0x3, Close 3001", ctl(0x83), cls(3001, "")))
	add("failed-then-text", "R39", "empty", "failed 1002", send("Close (1 byte), text", ctl(0x88, 0x03), text(0x81, "hello")))
	// The payload of a Close frame with an invalid header looks like another
	// Close frame.
	inner := cls(3001, "")
	add("nested", "R39", "3001", "failed 1002",
		probe.Step{What: "Close with FIN clear, holding a Close 3001",
			ToServer: ctl(0x08, inner.bytes(true)...).bytesKey(true), ToClient: ctl(0x08, inner.bytes(false)...).bytes(false)})

	// Frames split into several writes.
	s := send("Close 1000 \"bye\", byte by byte", cls(1000, "bye"))
	s.EachByte = true
	add("bytes", "R18", "1000", "answered", s)
	bye, lost := cls(1000, "bye"), cls(3001, "bye")
	add("halves", "R18", "1000", "answered", cut("Close, its first half", bye, 5, 3),
		probe.Step{What: "Close, its second half", ToServer: bye.bytes(true)[5:], ToClient: bye.bytes(false)[3:]})
	for _, c := range []struct {
		id   string
		n, m int
	}{
		{"cut-1", 1, 1},
		{"cut-header", 2, 2},
		{"cut-payload", len(bye.bytes(true)) - 1, len(bye.bytes(false)) - 1},
	} {
		add(c.id, "R32", "3001", "lost", ending(cut(title(c.id), lost, c.n, c.m), "fin"))
	}
	add("cut-key", "R32", "3001", "lost", ending(cut("Close, to the middle of its key", lost, 4, 2), "fin")).Of = probe.Server

	// FIN and RST.
	add("no-close", "R32", "", "lost", probe.Step{What: "nothing", End: "fin"})
	add("text-no-close", "R32", "", "lost", ending(send("text", text(0x81, "hello")), "fin"))
	add("between-no-close", "R32", "", "lost", ending(send("first fragment of text", text(0x01, "hel")), "fin"))
	add("close-end", "R18", "1000", "answered, half-closed", ending(send("Close 1000", cls(1000, "")), "fin"))
	add("reset", "R32", "", "unseen", probe.Step{What: "nothing", End: "reset"}).Alive = true
	add("close-reset", "R32", "", "unseen", ending(send("Close 1000", cls(1000, "")), "reset")).Alive = true
	add("who-ends", "R20", "1000", "answered", send("Close 1000", cls(1000, ""))).Hold = true
	add("failed-unanswered", "R37", "", "failed 1002", send("opcode 0xb", ctl(0x8b))).Hold = true

	// The peer closes first.
	begin := func(id, rule, expect string, steps ...probe.Step) *probe.Scenario {
		s := add(id, rule, "", expect, steps...)
		s.Needs = "trigger"
		return s
	}
	begin("starts", "R29", "started", trigger, send("Close 1000", cls(1000, "")))
	begin("starts-empty", "R20", "started", trigger, send("Close (empty)", ctl(0x88)))
	begin("starts-other", "R20", "started", trigger, send("Close 4999 \"other\"", cls(4999, "other")))
	pause := trigger
	pause.Await = "quiet"
	begin("starts-hold", "R20", "started", pause, send("Close 1000", cls(1000, ""))).Hold = true
	begin("starts-text", "R20", "started",
		trigger, send("text, Close 1000", text(0x81, "hello"), cls(1000, "")))
	begin("starts-between", "R20", "started",
		trigger, send("first fragment of text, Close 1000", text(0x01, "hel"), cls(1000, "")))
	begin("starts-bytes", "R20", "started", trigger, s)
	both := send("the trigger, Close 1000", cls(1000, ""))
	both.Trigger = true
	begin("simultaneous", "R21", "started", both)
	crossing := send("the trigger, Close 4000 \"crossing\"", cls(4000, "crossing"))
	crossing.Trigger = true
	begin("simultaneous-codes", "R21", "started", crossing)
	begin("starts-two", "R20", "started", trigger, send("Close 1000, Close 3000", cls(1000, ""), cls(3000, "")))
	begin("starts-one-byte", "R14", "started, failed", trigger, send("Close (1 byte)", ctl(0x88, 3)))
	begin("starts-1005", "R47", "started, failed", trigger, send("Close 1005", cls(1005, "")))
	begin("starts-utf8", "R23", "started, failed", trigger, send("Close 1000 and the byte FF", cls(1000, "\xff")))
	begin("starts-opcode", "R07", "started, failed", trigger, send("opcode 0x3", ctl(0x83)))
	begin("starts-end", "R32", "started, lost", trigger, probe.Step{What: "nothing", End: "fin"})
	begin("starts-cut", "R32", "started, lost", trigger, ending(cut("Close, without its last byte", bye, len(bye.bytes(true))-1, len(bye.bytes(false))-1), "fin"))
	begin("starts-no-answer", "R26", "started, no answer", pause)
	return all
}

// bytesKey returns a frame that is masked with a key of zeros, so that its
// payload looks like a frame on the wire too.
func (f raw) bytesKey(toServer bool) []byte {
	f.zeroKey = true
	return f.bytes(toServer)
}
