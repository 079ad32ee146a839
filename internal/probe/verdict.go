package probe

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/closeframe/closeframe/closecode"
)

// A Verdict is the outcome of one scenario.
type Verdict string

// The verdicts.
const (
	Pass Verdict = "PASS"
	Warn Verdict = "WARN" // a SHOULD, a MAY, the registry, or a timeout that the RFC does not specify
	Fail Verdict = "FAIL" // a MUST or a MUST NOT
	Skip Verdict = "SKIP" // not played
)

func (v Verdict) rank() int { return slices.Index([]Verdict{Skip, Pass, Warn, Fail}, v) }

// A Finding is one observation and the rule that applies to it.
type Finding struct {
	Verdict  Verdict `json:"verdict"`
	Got      string  `json:"got"`
	Expected string  `json:"expected"`
	Rule     string  `json:"rule"`     // id in rules.json
	Section  string  `json:"section"`  // "RFC 6455 §5.5.1"
	Level    string  `json:"level"`    // MUST, SHOULD, …
	Sentence string  `json:"sentence"` // of the rule
	Cause    string  `json:"cause"`    // equal for findings with the same cause
}

// immediateLimit is the minimum time after which "immediately" is certainly violated,
// whatever the time limit of the run.
const immediateLimit = 10 * time.Second

// slowness is the time a server may take to do something immediately.
const slowness = 2 * time.Second

// find adds a finding. A violation of a rule that is not a MUST is a WARN.
func (p *play) find(v Verdict, rule, cause, got, want string) {
	r := p.set.Rules[rule]
	if v == Fail && !r.must() {
		v = Warn
	}
	cause = rule + " " + cause
	if slices.ContainsFunc(p.findings, func(f Finding) bool { return f.Cause == cause }) {
		return
	}
	p.findings = append(p.findings, Finding{
		Verdict: v, Got: got, Expected: want,
		Rule: rule, Section: r.Section, Level: r.Level, Sentence: r.Text,
		Cause: cause,
	})
}

// broken adds a FAIL for a rule that applies to every scenario.
func (p *play) broken(name, got, want string) {
	p.find(Fail, p.set.Always[name].Rule, name, got, want)
}

// warned adds a WARN for a rule that applies to every scenario.
func (p *play) warned(name, got, want string) {
	p.find(Warn, p.set.Always[name].Rule, name, got, want)
}

// checkOutcome checks how the peer answered and how TCP ended. Its frames were
// checked as they arrived.
func (p *play) checkOutcome() {
	e := p.set.Expectations[p.sc.Expect]
	if b := p.parser.incomplete(); len(b) > 0 && p.end != "flood" {
		p.broken("incomplete", p.o.say("probe.got.incomplete", b[:min(len(b), 16)]), p.o.say("probe.want.whole"))
	}
	if p.sc.Pong == "due" && !p.pong {
		p.broken("no_pong", p.o.say("probe.got.no_pong"), p.o.say("probe.want.pong"))
	}
	switch p.end {
	case "we reset":
		return
	case "flood":
		p.broken("flood", p.o.say("probe.got.flood", maxReceived>>20), p.o.wanted(e.End[p.role], p.role, ""))
	}
	p.checkClose(e)
	if p.end != "flood" && p.pongLater == 0 { // the end of the TCP connection was not awaited
		p.checkEnd(e.End[p.role])
	}
}

// checkClose checks the peer's first Close frame or its absence.
func (p *play) checkClose(e Expectation) {
	tokens, got := []string{"none"}, p.o.say("probe.got.none")
	waited := p.first == nil && (p.late || p.end == "open" || p.end == "flood")
	switch {
	case p.first != nil:
		tokens, got = closeTokens(p.first.payload, p.sc.Echo), p.describe(p.first)
	case p.end == "flood":
		got = p.o.say("probe.got.none_flood", maxReceived>>20)
	case waited:
		got = p.o.say("probe.got.none_wait", p.o.Timeout)
	case p.end == "reset":
		got = p.o.say("probe.got.none_reset")
	}
	if p.pongLater > 0 {
		// The Ping was answered, so the frame before it was accepted.
		p.find(Fail, p.sc.Rule, "close pong", p.o.say("probe.got.pong_later", p.pongLater), p.o.say("probe.want.fails"))
		return
	}
	v, rule, token := e.Close.decide(tokens, p.sc.Rule)
	if v == Fail && p.first == nil {
		switch {
		case waited:
			v, rule = Warn, p.set.Always["no_answer"].Rule
		case p.end == "reset": // which may have destroyed it on its way
			v, rule = Warn, p.set.Always["reset"].Rule
		}
	}
	p.find(v, rule, "close "+token, got, p.o.wanted(e.Close, p.role, p.sc.Echo))
}

// checkEnd checks which side closed TCP.
func (p *play) checkEnd(j Judgment) {
	waited := p.end == "open" || p.end == "late"
	v, rule, token := j.decide([]string{p.end}, p.sc.Rule)
	if v == Fail && waited && !(j.Immediately && p.o.Timeout >= immediateLimit && p.complete()) {
		v = Warn
	}
	got := p.o.say("probe.got.wait", p.role, p.o.Timeout)
	switch p.end {
	case "slow":
		got = p.o.say("probe.got.slow", p.role, p.endAt)
	case "first", "after", "reset":
		got = p.o.say("probe.got."+p.end, p.role)
	}
	p.find(v, rule, "end "+token, got, p.o.wanted(j, p.role, ""))
}

// complete reports whether the closing handshake was completed. Only then must
// TCP be closed immediately.
func (p *play) complete() bool { return p.first != nil && p.sentClose }

// decide returns the verdict for the tokens, the rule, and the token that
// decided.
func (j Judgment) decide(tokens []string, rule string) (Verdict, string, string) {
	if j.Rule != "" {
		rule = j.Rule
	}
	fits := func(list []string) int {
		return slices.IndexFunc(tokens, func(t string) bool { return slices.Contains(list, t) })
	}
	if i := fits(j.Pass); i >= 0 {
		return Pass, rule, tokens[i]
	}
	if i := fits(j.Fail); i >= 0 {
		return Fail, rule, tokens[i]
	}
	if i := fits(j.Warn); i >= 0 {
		if j.WarnRule != "" {
			rule = j.WarnRule
		}
		return Warn, rule, tokens[i]
	}
	return Fail, rule, tokens[0]
}

// closeTokens returns the tokens of a Judgment that match a Close frame with
// this payload, if echo is the payload of an echo.
func closeTokens(payload []byte, echo string) []string {
	var t []string
	switch {
	case len(payload) == 0:
		t = append(t, "empty")
		if echo == "empty" {
			t = append(t, "echo")
		}
	case len(payload) == 1:
		t = append(t, "1 byte")
	default:
		code := fmt.Sprint(binary.BigEndian.Uint16(payload))
		t = append(t, code)
		if echo == code {
			t = append(t, "echo")
		}
	}
	return append(t, "any")
}

// checkFrame checks a frame of the peer against the rules that apply to every
// scenario.
func (p *play) checkFrame(f *wireFrame) {
	what := p.describe(f)
	say := p.o.say
	switch {
	case p.role == Server && f.masked:
		p.broken("masked", say("probe.got.masked", what), say("probe.want.unmasked"))
	case p.role == Client && !f.masked:
		p.broken("unmasked", say("probe.got.unmasked", what), say("probe.want.masked"))
	}
	if f.rsv != 0 && !(p.deflate && f.rsv == 4 && f.opcode < opClose) {
		p.broken("reserved_bits", say("probe.got.reserved_bits", what), say("probe.want.reserved_bits"))
	}
	if f.opcode > opPong || f.opcode > opBinary && f.opcode < opClose {
		p.broken("opcode", say("probe.got.opcode", f.opcode), say("probe.want.opcode"))
	}
	if !f.minimal {
		p.broken("length", say("probe.got.length", what), say("probe.want.length"))
	}
	if f.opcode >= opClose && (!f.fin || f.declared > 125) {
		p.broken("control", say("probe.got.control", what), say("probe.want.control"))
	}
	if f.opcode == opClose {
		p.closePayload(f.payload, f.declared > maxKept)
	}
	if p.first == nil || p.first == f {
		return
	}
	switch {
	case f.opcode == opClose:
		p.broken("second_close", say("probe.got.second_close", what), say("probe.want.nothing_after"))
	case f.opcode < opClose:
		p.broken("data_after", say("probe.got.data_after", what), say("probe.want.nothing_after"))
	default:
		p.broken("control_after", say("probe.got.control_after", what), say("probe.want.nothing_after"))
	}
}

// closePayload checks the payload of the peer's Close frame (§5.5.1, §7.4), or
// its first bytes if it is cut.
func (p *play) closePayload(b []byte, cut bool) {
	say := p.o.say
	if len(b) == 1 {
		p.broken("short", say("probe.got.short"), say("probe.want.short"))
	}
	if len(b) < 2 {
		return
	}
	c := closecode.Code(binary.BigEndian.Uint16(b))
	switch {
	case c.Class() == closecode.Local:
		p.broken("local_code", say("probe.got.code", c), say("probe.want.valid_code"))
	case !c.Valid():
		p.broken("invalid_code", say("probe.got.code", c), say("probe.want.valid_code"))
	}
	if i := indexInvalid(b[2:]); i >= 0 && (!cut || utf8.FullRune(b[2+i:])) {
		p.broken("reason", say("probe.got.reason", i, faulty(b[2:], i)), say("probe.want.reason"))
	}
}

// indexInvalid returns the offset of the first invalid UTF-8 sequence, or -1.
func indexInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// faulty returns the bytes to show for a fault at offset i.
func faulty(b []byte, i int) []byte { return b[i:min(len(b), i+4)] }

// describeSent describes the frames in the next bytes of the prober. The
// scenarios describe their steps in English only.
func (p *play) describeSent(b []byte) string {
	var list []string
	for {
		var f *wireFrame
		if f, b = p.sent.next(b); f == nil {
			break
		}
		what := p.describe(f)
		switch {
		case f.rsv != 0:
			what = p.o.say("probe.got.reserved_bits", what)
		case f.opcode >= opClose && (!f.fin || f.declared > 125):
			what = p.o.say("probe.got.control", what)
		case !f.minimal:
			what = p.o.say("probe.got.length", what)
		case p.role == Client && f.masked:
			what = p.o.say("probe.got.masked", what)
		case p.role == Server && !f.masked:
			what = p.o.say("probe.got.unmasked", what)
		}
		list = append(list, what)
	}
	if b := p.sent.incomplete(); len(b) > 0 {
		list = append(list, p.o.say("probe.event.incomplete", len(b)))
	}
	return strings.Join(list, p.o.say("word.comma"))
}

// describe describes a frame briefly, as in Close 1000 "bye".
func (p *play) describe(f *wireFrame) string {
	say, n := p.o.say, f.declared
	switch f.opcode {
	case opClose:
		switch {
		case n == 0:
			return say("probe.frame.close_empty")
		case n == 1:
			return say("probe.frame.close_short", f.payload[0])
		}
		code, reason := binary.BigEndian.Uint16(f.payload), f.payload[2:]
		switch i := indexInvalid(reason); {
		case len(reason) == 0:
			return say("probe.frame.close", code)
		case i >= 0 && n <= maxKept:
			return say("probe.frame.close_invalid", code, i, faulty(reason, i))
		case n > 42:
			return say("probe.frame.close_long", code, n-2)
		}
		return say("probe.frame.close_reason", code, reason)
	case opPing:
		return say("probe.frame.ping")
	case opPong:
		return say("probe.frame.pong")
	case opText:
		return say("probe.frame.text", n)
	case opBinary:
		return say("probe.frame.binary", n)
	case opContinuation:
		return say("probe.frame.continuation", n)
	}
	return say("probe.frame.unknown", f.opcode, n)
}
