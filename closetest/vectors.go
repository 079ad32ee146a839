package closetest

import (
	"bytes"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/internal/vectors"
)

// Payloads tests a function that parses the payload of a Close frame, unmasked,
// with payloads.json. The code of an empty payload is 1005 (RFC 6455 §7.1.5).
// parse may modify payload. If it returns an error, code and reason are
// ignored; see [Answer].
func Payloads(t *testing.T, parse func(payload []byte) (code int, reason string, err error), opts ...Option) {
	t.Helper()
	s := newSuite(t, "payloads", opts)
	for _, v := range vectors.Payloads() {
		s.vector(v.ID, func() *problem {
			return checkParse(input{v, false}, parse, s.config)
		})
	}
	s.done()
}

// ServerFrames tests a function that parses a Close frame as a server receives
// it, masked, with frames.json. The input may be an incomplete frame, may have
// bytes after the frame, and may be a frame of another type: parse must return
// an error for an incomplete frame and for a frame of another type; see [Fault].
// The rest is as for [Payloads].
func ServerFrames(t *testing.T, parse func(frame []byte) (code int, reason string, err error), opts ...Option) {
	t.Helper()
	frames(t, "server frames", vectors.Server, parse, opts)
}

// ClientFrames is like [ServerFrames] for frames as a client receives them,
// unmasked.
func ClientFrames(t *testing.T, parse func(frame []byte) (code int, reason string, err error), opts ...Option) {
	t.Helper()
	frames(t, "client frames", vectors.Client, parse, opts)
}

func frames(t *testing.T, name, role string, parse parser, opts []Option) {
	t.Helper()
	s := newSuite(t, name, opts)
	for _, v := range vectors.Frames() {
		if v.Role != role {
			continue
		}
		s.vector(v.ID, func() *problem {
			in := vectors.Payload{Origin: v.Origin, Bytes: v.Bytes, Code: v.Code, Reason: v.Reason, Error: v.Error, Answers: v.Answers}
			return checkParse(input{in, v.Early}, parse, s.config)
		})
	}
	s.done()
}

// Encoder tests a function that encodes the payload of a Close frame, unmasked,
// with encode.json. It must return an error for arguments that must not be
// sent. Code 1005 without a reason encodes the empty payload.
func Encoder(t *testing.T, encode func(code int, reason string) (payload []byte, err error), opts ...Option) {
	t.Helper()
	s := newSuite(t, "encoder", opts)
	for _, v := range vectors.Encodings() {
		s.vector(v.ID, func() *problem { return checkEncode(v, encode) })
	}
	s.done()
}

// UTF8 tests a function that reports whether its input is valid UTF-8, with
// utf8.json.
func UTF8(t *testing.T, valid func(text []byte) bool, opts ...Option) {
	t.Helper()
	s := newSuite(t, "utf8", opts)
	for _, v := range vectors.Texts() {
		s.vector(v.ID, func() *problem { return checkText(v, valid) })
	}
	s.done()
}

type parser = func([]byte) (int, string, error)

// An input is the input of a parser with the expected result.
type input struct {
	vectors.Payload
	early bool // the fault is found before the frame ends
}

func checkParse(v input, parse parser, conf config) *problem {
	p := problem{id: v.ID, rule: v.Rule, bytes: v.Bytes}
	var code int
	var reason string
	var err error
	p.got = catch(func() { code, reason, err = parse(exact(v.Bytes)) })
	switch {
	case p.got != "": // a panic
	case err == nil:
		p.got = fmt.Sprintf("code %d, reason %q", code, reason)
		if v.Error == "" && code == int(v.Code) && reason == v.Reason {
			return nil
		}
	default:
		p.got = fmt.Sprintf("error %q", err)
		answered, told := conf.answered(v, err, &p), conf.told(v, err, &p)
		if v.Error != "" && answered && told {
			return nil
		}
	}
	switch {
	case v.Error == "":
		p.expected = fmt.Sprintf("code %d, reason %q", v.Code, v.Reason)
	case v.Answers[0] == 0:
		p.expected = "an error: " + faults[v.Error]
	default:
		codes := strings.Trim(strings.ReplaceAll(fmt.Sprint([]uint16(v.Answers)), " ", " or "), "[]")
		p.expected = fmt.Sprintf("an error, failing with %s: %s", codes, faults[v.Error])
	}
	if v.Error != "" && conf.fault != nil {
		p.expected += fmt.Sprintf(" (the fault %q)", v.Error)
	}
	if n := note(v.Rule, v.Error); n != "" {
		p.note = n
	} else if v.Error == vectors.TooLong && strings.HasPrefix(v.ID, "payload/") {
		p.note = "a parser of payloads need not check this if the one of frame headers does"
	}
	return &p
}

// answered reports whether the status code of err, if it has one, is expected.
func (c *config) answered(v input, err error, p *problem) bool {
	if c.answer == nil {
		return true
	}
	code := c.answer(err)
	if code == 0 || code == 1005 || code == 1006 || code == 1015 || slices.Contains(v.Answers, uint16(code)) {
		return true
	}
	p.got += fmt.Sprintf(", failing with %d", code)
	if v.Error == vectors.NotClose { // it may be invalid as a frame of its type
		return true
	}
	if v.Error != "" && v.Error != vectors.Incomplete {
		p.note = "the frame was refused, as it must be; only the code differs"
	}
	return false
}

// told reports whether the fault that err names is expected, or err names none.
func (c *config) told(v input, err error, p *problem) bool {
	if c.fault == nil {
		return true
	}
	fault := c.fault(err)
	switch {
	case fault == v.Error || fault == "" && v.Error != vectors.Incomplete:
		return true
	case fault == vectors.Incomplete && v.early: // it reads whole frames first
		return true
	}
	if fault == "" {
		p.got += " (no fault is told)"
		return false
	}
	p.got += fmt.Sprintf(" (the fault %q)", fault)
	if fault != vectors.Incomplete && !slices.Contains([]string{"", vectors.Incomplete, vectors.NotClose}, v.Error) {
		p.note = "the frame was refused, as it must be; only the fault differs"
	}
	return false
}

func checkEncode(v vectors.Encoding, encode func(int, string) ([]byte, error)) *problem {
	p := problem{id: v.ID, rule: v.Rule, given: fmt.Sprintf("code %d, reason %q", v.Code, v.Reason)}
	var got []byte
	var err error
	p.got = catch(func() { got, err = encode(int(v.Code), string(v.Reason)) })
	switch {
	case p.got != "": // a panic
	case err != nil:
		if v.Error != "" {
			return nil
		}
		p.got = fmt.Sprintf("error %q", err)
	default:
		if v.Error == "" && bytes.Equal(got, v.Payload) {
			return nil
		}
		p.got = hex(got)
	}
	p.expected = hex(v.Payload)
	if v.Error != "" {
		p.expected = "an error: " + faults[v.Error]
	}
	p.note = note(v.Rule, v.Error)
	return &p
}

func checkText(v vectors.UTF8, valid func([]byte) bool) *problem {
	rule := v.Rule
	if !strings.HasPrefix(rule, "U") {
		rule = "U04" // the vector also tests the length of reasons
	}
	p := problem{id: v.ID, rule: rule, bytes: v.Bytes}
	var got bool
	if p.got = catch(func() { got = valid(exact(v.Bytes)) }); p.got == "" {
		if got == v.Valid {
			return nil
		}
		p.got = words[got]
	}
	p.expected = words[v.Valid]
	if !v.Valid {
		p.expected += fmt.Sprintf(" at offset %d", v.Offset)
	}
	return &p
}

var words = map[bool]string{true: "valid UTF-8", false: "invalid UTF-8"}

// faults maps the error names of the vectors to descriptions.
var faults = map[string]string{
	vectors.NotClose:     "not a Close frame",
	vectors.ReservedBits: "a reserved bit is set",
	vectors.Fragmented:   "FIN is not set",
	vectors.Masked:       "the frame of a server is masked",
	vectors.Unmasked:     "the frame of a client is not masked",
	vectors.TooLong:      "the payload is longer than 125 bytes, or its length is not in the shortest form",
	vectors.Short:        "the payload is half a status code",
	vectors.InvalidCode:  "the status code must not be sent",
	vectors.InvalidUTF8:  "the reason is not valid UTF-8",
	vectors.Incomplete:   "the frame is incomplete",
}

// note returns why implementations may disagree with a vector, or "".
func note(rule, fault string) string {
	switch {
	case rule == "P01":
		return "a matter of interpretation: there are two faults, and RFC 6455 does not say which comes first"
	case rule == "P04" || fault == vectors.InvalidCode && slices.Contains([]string{"R14", "R48", "R51", "R54"}, rule):
		return "a matter of interpretation: RFC 6455 does not define this code, and does not say what to do with one that is not defined; closeframe refuses it"
	case rule == "I01":
		return "a matter of interpretation: the IANA registry has this code, RFC 6455 does not"
	case rule == "P08":
		return "a matter of interpretation: that 1005 stands for no status code is a convention"
	}
	return ""
}

// exact returns a copy of b without spare capacity.
func exact(b []byte) []byte {
	c := make([]byte, len(b))
	copy(c, b)
	return c
}

// catch calls f and describes its panic, or returns "".
func catch(f func()) (panicked string) {
	defer func() {
		if v := recover(); v != nil {
			panicked = fmt.Sprintf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	f()
	return ""
}
