// Package vectors loads the test vectors of testdata/ for the tests of every
// package. testdata/README.md documents the fields.
//
// It imports none of the packages under test, so that the tests of each of
// them can import it.
package vectors

import (
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/closeframe/closeframe/testdata"
)

//go:generate go run ./gen

// The names of the errors that vectors expect.
const (
	NotClose     = "not_close"
	ReservedBits = "reserved_bits"
	Fragmented   = "fragmented"
	Masked       = "masked"
	Unmasked     = "unmasked"
	TooLong      = "too_long"
	Short        = "short"
	InvalidCode  = "invalid_code"
	InvalidUTF8  = "invalid_utf8"
	Incomplete   = "incomplete"
)

// The roles of the endpoint that receives a frame.
const (
	Client = "client" // receives unmasked frames
	Server = "server" // receives masked frames
)

// The kinds of inputs in corpus.json, in addition to the roles.
const (
	KindPayload = "payload"
	KindText    = "text"
)

// Hex is a byte string, in JSON as hexadecimal digits.
type Hex []byte

// MarshalText returns the hexadecimal digits of h.
func (h Hex) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// UnmarshalText parses hexadecimal digits.
func (h *Hex) UnmarshalText(text []byte) (err error) {
	*h, err = hex.AppendDecode(Hex{}, text)
	return err
}

// Origin has the fields that all vectors share.
type Origin struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Rule   string `json:"rule"`
}

// Codes is a range of status codes with the same properties.
type Codes struct {
	Origin
	First      uint16 `json:"first"`
	Last       uint16 `json:"last"`
	Class      string `json:"class"`
	Name       string `json:"name"`
	Valid      bool   `json:"valid"`
	Scriptable bool   `json:"scriptable"`
}

// Answers has the codes with which a receiver may fail the connection, the best
// one first. In JSON a single code is a number, and several are a list.
type Answers []uint16

// MarshalJSON returns a number or a list of numbers.
func (a Answers) MarshalJSON() ([]byte, error) {
	if len(a) == 1 {
		return json.Marshal(a[0])
	}
	return json.Marshal([]uint16(a))
}

// UnmarshalJSON parses a number or a list of numbers.
func (a *Answers) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]uint16)(a))
	}
	*a = make(Answers, 1)
	return json.Unmarshal(b, &(*a)[0])
}

// Payload is the payload of a Close frame and its meaning or its error.
type Payload struct {
	Origin
	Header  Hex     `json:"header"` // of the frame that carries it, not masked
	Bytes   Hex     `json:"bytes"`
	Code    uint16  `json:"code"`
	Reason  string  `json:"reason"`
	Error   string  `json:"error"`
	Answers Answers `json:"answer"`
	Offset  int     `json:"offset"`

	Answer uint16 `json:"-"` // the first of Answers
}

// Frame has the bytes that an endpoint with the role receives, and their
// meaning or their error.
type Frame struct {
	Origin
	Role    string  `json:"role"`
	Bytes   Hex     `json:"bytes"` // of the frame; from [Frames], with Rest appended
	Rest    Hex     `json:"rest,omitempty"`
	N       int     `json:"n"`
	Code    uint16  `json:"code"`
	Reason  string  `json:"reason"`
	Error   string  `json:"error"`
	Answers Answers `json:"answer"`
	Offset  int     `json:"offset"`
	Early   bool    `json:"early,omitempty"` // the fault is detected before the end of the frame
	Fails   string  `json:"fails,omitempty"` // with NotClose: the rule by which a receiver fails the connection

	Answer uint16 `json:"-"` // the first of Answers
}

// UTF8 is an input, and the result of validating it as UTF-8.
type UTF8 struct {
	Origin
	Bytes      Hex  `json:"bytes"`
	Valid      bool `json:"valid"`
	Offset     int  `json:"offset"`
	Incomplete bool `json:"incomplete"`
	Truncate   int  `json:"truncate"`
}

// Encoding is a code and a reason, and the bytes of the Close frame for them.
type Encoding struct {
	Origin
	Code    uint16 `json:"code"`
	Reason  Hex    `json:"reason_bytes"`
	Key     Hex    `json:"key"`
	Payload Hex    `json:"payload"`
	Frame   Hex    `json:"frame"`
	Masked  Hex    `json:"masked"`
	Error   string `json:"error"`
	Offset  int    `json:"offset"`
}

// Input is an input that fuzzing found.
type Input struct {
	ID    string   `json:"id"`
	Kinds []string `json:"kinds"`
	Bytes Hex      `json:"bytes"`
}

// Lookup is a name or a number and its code, or 0.
type Lookup struct {
	Origin
	Name string `json:"name"`
	Code uint16 `json:"code"`
}

// Reconnect is the window of one attempt to reconnect, in milliseconds.
type Reconnect struct {
	Origin
	Code    uint16 `json:"code"`
	Attempt int    `json:"attempt"`
	Lo      int64  `json:"lo_ms"`
	Hi      int64  `json:"hi_ms"`
}

// Ending is one ending of a connection: the steps of the server and, if the
// client closes, its call.
type Ending struct {
	Origin
	Upgrade string   `json:"upgrade"`
	Client  *Request `json:"client"`
	Server  []string `json:"server"`
	Slow    bool     `json:"slow"`
}

// Request is a client's call of close. A nil Code or Reason is omitted.
type Request struct {
	When   string  `json:"when"` // "open", "connecting", or "twice"
	Code   *uint16 `json:"code,omitempty"`
	Reason *string `json:"reason,omitempty"`
}

// Call is a call of close in JavaScript, and its result.
type Call struct {
	Origin
	Call      string `json:"call"`
	Throws    string `json:"throws"`
	Payload   Hex    `json:"payload"`
	Unsettled bool   `json:"unsettled"`
}

// Entry is an entry of the registry.
type Entry struct {
	Code      uint16   `json:"code"`
	Name      string   `json:"name"`
	OnWire    bool     `json:"on_wire"`
	SentBy    string   `json:"sent_by"`
	Reference []string `json:"reference"`
	Note      string   `json:"note"`
}

// Ident returns the name of e as the name of a constant, such as
// "ProtocolError" for "Protocol error".
func (e Entry) Ident() string {
	var b strings.Builder
	for word := range strings.FieldsSeq(strings.Replace(e.Name, "Ext.", "Extension", 1)) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// Range is a range of codes in the registry.
type Range struct {
	First  uint16 `json:"first"`
	Last   uint16 `json:"last"`
	Use    string `json:"use"`
	Policy string `json:"policy"`
	Source string `json:"source"`
}

// Rule is a rule that vectors and tests refer to by its ID.
type Rule struct {
	ID      string `json:"id"`
	Spec    string `json:"spec"`
	Section string `json:"section"`
	Level   string `json:"level"`
	Role    string `json:"role"`
	Rule    string `json:"rule"`
	Quote   string `json:"quote"` // the exact sentence, or ""

	Untestable string `json:"untestable"` // why no test here can show it, or ""
	Limit      string `json:"limit"`      // the part that no test here can show, or ""
}

// AllCodes returns the vectors of codes.json.
func AllCodes() []Codes { return load[Codes]("codes") }

// Payloads returns the vectors of payloads.json.
func Payloads() []Payload {
	list := load[Payload]("payloads")
	for i := range list {
		list[i].Answer = list[i].Answers[0]
	}
	return list
}

// Frames returns the vectors of frames.json. Bytes has everything that is
// received: the frame and the bytes after it.
func Frames() []Frame {
	list := load[Frame]("frames")
	for i := range list {
		v := &list[i]
		v.Answer = v.Answers[0]
		v.Bytes = append(v.Bytes, v.Rest...)
	}
	return list
}

// Texts returns the vectors of utf8.json.
func Texts() []UTF8 { return load[UTF8]("utf8") }

// Encodings returns the vectors of encode.json.
func Encodings() []Encoding { return load[Encoding]("encode") }

// Corpus returns the inputs of corpus.json.
func Corpus() []Input { return load[Input]("corpus") }

// Lookups returns the vectors of lookup.json.
func Lookups() []Lookup { return load[Lookup]("lookup") }

// Reconnects returns the vectors of reconnect.json.
func Reconnects() []Reconnect { return load[Reconnect]("reconnect") }

// Endings returns the vectors of endings.json.
func Endings() []Ending { return load[Ending]("endings") }

// Calls returns the vectors of calls.json.
func Calls() []Call { return load[Call]("calls") }

// Rules returns the rules of rules.json.
func Rules() []Rule {
	var v struct{ Rules []Rule }
	read("rules.json", &v)
	return v.Rules
}

// Registry returns the entries and the ranges of registry.json.
func Registry() ([]Entry, []Range) {
	var v struct {
		Entries []Entry
		Ranges  []Range
	}
	read("registry.json", &v)
	return v.Entries, v.Ranges
}

// load returns the vectors in the named file.
func load[T any](name string) []T {
	var v struct{ Vectors []T }
	read(name+".json", &v)
	return v.Vectors
}

// read decodes a file into v. The files are embedded in the test binary, so it
// panics if one is invalid.
func read(file string, v any) {
	b, err := testdata.Files.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		panic("vectors: " + file + ": " + err.Error())
	}
}
