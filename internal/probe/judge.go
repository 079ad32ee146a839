package probe

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/closeframe/closeframe/closecode"
)

// A Verdict is what is said about one scenario.
type Verdict string

// The verdicts.
const (
	Right   Verdict = "right"
	Allowed Verdict = "allowed" // by a MAY or a SHOULD, or by the lack of a MUST
	Wrong   Verdict = "wrong"
	LeftOut Verdict = "left out" // could not be played with this peer
)

func (v Verdict) rank() int { return slices.Index([]Verdict{LeftOut, Right, Allowed, Wrong}, v) }

// A finding is one thing to say about a play.
type finding struct {
	verdict Verdict
	rule    string
	why     string
}

// judge says all there is to say about a play that has run.
func (s *Set) judge(p *play) []finding {
	var all []finding
	e := s.Expectations[p.sc.Expect]
	all = append(all, p.wellFormed()...)

	tokens := []string{"none"}
	got := "no Close"
	if p.closeAt >= 0 {
		f := p.frames[p.closeAt]
		tokens, got = closeTokens(f.payload, p.sc.Echo), describeFrame(f)
	}
	if p.end != "we reset" {
		all = append(all, e.Close.judge(tokens, p.sc.Rule, "answered with "+got, p.sc.Echo))
		all = append(all, e.End[p.role].judge([]string{p.end}, p.sc.Rule, endWords(p.role, p.end), ""))
	}
	return all
}

func (j Judgment) judge(tokens []string, rule, got, echo string) finding {
	fits := func(list []string) bool {
		return slices.ContainsFunc(tokens, func(t string) bool { return slices.Contains(list, t) })
	}
	if j.Rule != "" {
		rule = j.Rule
	}
	switch {
	case fits(j.Right):
		return finding{Right, rule, got}
	case !fits(j.Wrong) && fits(j.Allowed):
		if j.MayRule != "" {
			rule = j.MayRule
		}
		return finding{Allowed, rule, got + "; rather: " + words(j.Right, echo)}
	}
	return finding{Wrong, rule, got + "; right: " + words(j.Right, echo)}
}

// words puts tokens for a reader.
func words(tokens []string, echo string) string {
	var w []string
	for _, t := range tokens {
		switch t {
		case "echo":
			t = "Close " + echo
		case "sendable":
			t = "a Close"
		case "empty":
			t = "an empty Close"
		case "none":
			t = "no Close"
		case "first":
			t = "ends TCP before the prober does"
		case "after":
			t = "ends TCP after the prober has"
		case "late":
			t = "ends TCP once the prober gives up"
		case "reset":
			t = "a reset"
		case "open":
			t = "TCP stays open"
		default:
			t = "Close " + t
		}
		w = append(w, t)
	}
	return strings.Join(w, " or ")
}

func endWords(r Role, end string) string {
	switch end {
	case "first":
		return "the " + string(r) + " ended TCP"
	case "after":
		return "the " + string(r) + " ended TCP only after the prober had"
	case "slow":
		return "the " + string(r) + " took its time to end TCP"
	case "late":
		return "the " + string(r) + " ended TCP only when the prober gave up and did"
	case "reset":
		return "the " + string(r) + " reset TCP"
	}
	return "the " + string(r) + " had not ended TCP within the time limit"
}

// wellFormed judges the frames of the peer by themselves: the rules that
// hold in every scenario.
func (p *play) wellFormed() []finding {
	var all []finding
	say := func(v Verdict, rule, why string, args ...any) {
		all = append(all, finding{v, rule, fmt.Sprintf(why, args...)})
	}
	for i, f := range p.frames {
		what := describeFrame(f)
		switch {
		case p.role == Server && f.masked:
			say(Wrong, "R03", "its %s was masked", kind(f))
		case p.role == Client && !f.masked:
			say(Wrong, "R01", "its %s was not masked", kind(f))
		}
		if f.rsv != 0 && !(p.deflate && f.rsv == 4 && f.opcode < 8) {
			say(Wrong, "R06", "its %s had reserved bits set", what)
		}
		if f.opcode > opPong || f.opcode > opBinary && f.opcode < opClose {
			say(Wrong, "R07", "its frame had the reserved opcode %#x", f.opcode)
		}
		if !f.minimal {
			say(Wrong, "R08", "the length of its %s did not stand in the fewest bytes", what)
		}
		if f.opcode >= opClose && (!f.fin || f.declared > 125) {
			say(Wrong, "R13", "its %s was fragmented or longer than 125 bytes", what)
		}
		if f.opcode == opClose {
			p.closePayload(f.payload, say)
		}
		if p.closeAt >= 0 && i > p.closeAt {
			switch {
			case f.opcode == opClose:
				say(Wrong, "R55", "it sent a second Close frame: %s", what)
			case f.opcode < opClose:
				say(Wrong, "R17", "it sent %s after its Close", what)
			default:
				say(Allowed, "R55", "it sent a %s after its Close", what)
			}
		}
	}
	pong := slices.ContainsFunc(p.frames, func(f *wireFrame) bool { return f.opcode == opPong })
	switch {
	case p.sc.Pong == "due" && !pong:
		say(Allowed, "R22", "it did not answer a Ping that a Close followed at once")
	case p.sc.Pong == "wrong" && pong:
		say(Wrong, p.sc.Rule, "it answered with a Pong; right: to fail the connection")
	}
	if p.off < len(p.buf) {
		say(Wrong, "R38", "its last frame was cut off: % x", p.buf[p.off:min(len(p.buf), p.off+16)])
	}
	return all
}

// closePayload judges the payload of a Close that the peer sent (§5.5.1, §7.4).
func (p *play) closePayload(b []byte, say func(Verdict, string, string, ...any)) {
	if len(b) == 0 {
		return
	}
	if len(b) == 1 {
		say(Wrong, "R14", "its Close had a payload of one byte")
		return
	}
	c := closecode.Code(binary.BigEndian.Uint16(b))
	switch class := c.Class(); {
	case class == closecode.Local:
		say(Wrong, "R47", "it sent %d in a Close", uint16(c))
	case class == closecode.Unused || class == closecode.OutOfRange:
		say(Wrong, "R54", "it sent %d in a Close", uint16(c))
	case !c.Valid():
		say(Allowed, "R51", "it sent %d in a Close, which is reserved for the future", uint16(c))
	}
	if !utf8.Valid(b[2:]) {
		say(Wrong, "R15", "the reason in its Close was not UTF-8: % x", b[2:min(len(b), 18)])
	}
}
