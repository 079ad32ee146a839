// Package dissect explains frames byte by byte, as a protocol analyzer does:
// which bytes are which field, what they mean, and whether the Close frames
// among them are valid.
//
// Every verdict is that of package frame for the same bytes. Of frames other
// than Close frames, only the header is explained.
//
// A Report can be marshaled to JSON, with stable field names. Byte strings are
// hexadecimal in JSON. Texts are in the language of Options.Lang, except for
// quotations from the specifications. They contain no control characters: text
// from the peer is quoted.
package dissect

import (
	"encoding/hex"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
)

// Options control how the bytes are parsed and explained. The zero Options are
// for frames of either side, explained in English.
type Options struct {
	// Payload is set if the bytes are the unmasked payload of one Close frame,
	// not frames.
	Payload bool

	// From is the side that sent the frames, which determines whether they must
	// be masked. By default, the mask bit of each frame determines the side.
	From Side

	// Lang is the language of the texts: one of catalog.Languages, or "" for
	// English.
	Lang string
}

// A Side is an endpoint of a connection.
type Side uint8

const (
	Either Side = iota
	Client      // masks every frame (RFC 6455 §5.1)
	Server      // masks none
)

// A Report explains some bytes.
type Report struct {
	// Valid reports whether there is a Close frame or payload, every one is
	// valid, the last frame is complete, and no frame violates the rules by
	// following a Close frame.
	Valid bool `json:"valid"`

	// Lang is the language of the texts.
	Lang string `json:"lang"`

	// Frames are in the order of the input, and cover all of its bytes.
	Frames []Frame `json:"frames"`

	// Rest is the number of bytes after the first MaxFrames frames. They are
	// not explained.
	Rest int `json:"rest,omitempty"`
}

// MaxFrames is the maximum number of frames that are explained.
const MaxFrames = 1000

// A Frame explains one frame, or a payload.
type Frame struct {
	Offset int `json:"offset"` // of the first byte in the input
	Size   int `json:"size"`   // in bytes, without those missing in the input

	// Type is "continuation", "text", "binary", "close", "ping", "pong",
	// "reserved", or "payload" if it is the payload of a Close frame.
	Type string `json:"type"`

	Masked bool   `json:"masked"`
	Key    Hex    `json:"maskingKey,omitempty"` // once all four bytes are there
	Length uint64 `json:"length"`               // of the payload, as announced

	Spans   []Span   `json:"spans"`
	Close   *Close   `json:"close,omitempty"` // the contents of a Close frame, if it has at least the code
	Notes   []string `json:"notes,omitempty"` // other remarks
	Verdict Verdict  `json:"verdict"`
	Order   *Order   `json:"order,omitempty"` // if it comes after a Close frame of the same side

	// From is the side that sent it, "client" or "server", according to the
	// mask bit or Options.From; "" for a payload.
	From  string `json:"from,omitempty"`
	Bytes Hex    `json:"bytes"` // the bytes of the frame that are in the input

	cut bool // the extended length is incomplete, so Length is unknown

	badReason int  // offset in the reason of the invalid UTF-8
	topBit    bool // the top bit of the 64-bit length of another frame is set
}

// A Span explains a field, which is some bytes or some bits of a byte.
type Span struct {
	Offset int `json:"offset"` // of the first byte in the input
	Length int `json:"length"` // in bytes

	// Bytes are the bytes of the field in the input, or the unmasked bytes of a
	// masked payload. For payloads that are not explained, they are only the
	// first bytes.
	Bytes    Hex `json:"bytes"`
	Unmasked Hex `json:"unmasked,omitempty"`

	// Bits shows the position of the bits in the byte, as in ".000 ....", if
	// the field is a part of a byte.
	Bits string `json:"bits,omitempty"`

	Field   Field  `json:"field"`
	Meaning string `json:"meaning"`
	Fault   bool   `json:"fault,omitempty"` // the verdict is about this field
}

// A Field is the name of a part of a frame.
type Field string

const (
	FIN       Field = "fin"
	RSV       Field = "rsv"
	Opcode    Field = "opcode"
	MASK      Field = "mask"
	Length    Field = "length"
	ExtLength Field = "extendedLength"
	Key       Field = "maskingKey"
	Code      Field = "code"
	Reason    Field = "reason"
	Excess    Field = "excess"  // of a Close frame's payload: the bytes after the first 125
	Payload   Field = "payload" // of other frames
)

// A Close has the contents of a Close frame, valid or not.
type Close struct {
	Code    closecode.Code `json:"code"`           // 1005 if there is none
	Name    string         `json:"name,omitempty"` // the registered name
	Class   string         `json:"class"`          // as in closecode.Class.String
	Title   string         `json:"title"`          // a short title of the code, or else of its class
	Meaning string         `json:"meaning"`        // the meaning of the code

	// Reason is the text, if it is valid UTF-8. Quoted is the reason in double
	// quotes as in Go, in which control characters, invisible characters and
	// invalid UTF-8 are escaped. Only Quoted is safe to print on a terminal.
	Reason string `json:"reason"`
	Quoted string `json:"quoted"`
	Length int    `json:"reasonLength"` // in bytes
}

// A Verdict is the result of package frame.
type Verdict struct {
	// Status is "valid", "invalid", "incomplete" if bytes are missing, or
	// "other" for frames of other types.
	Status string `json:"status"`

	// Message describes the error in a sentence.
	Message string `json:"message"`

	// Missing is the number of missing bytes, as far as known.
	Missing uint64 `json:"missing,omitempty"`

	// Error is the name of the error, such as "ErrTooLong".
	Error string `json:"error,omitempty"`

	// Rule is the section of the violated rule, and Quote its sentence.
	Rule  string `json:"rule,omitempty"`
	Quote string `json:"quote,omitempty"`

	// Offset is the offset in the input of the byte that violates it.
	Offset *int `json:"offset,omitempty"`

	// Answer is the code to fail the connection with.
	Answer closecode.Code `json:"answer,omitempty"`

	err error
}

// Err returns the error of package frame.
func (v Verdict) Err() error { return v.err }

// The values of Verdict.Status.
const (
	Valid      = "valid"
	Invalid    = "invalid"
	Incomplete = "incomplete"
	Other      = "other"
)

// Hex is bytes that are hexadecimal in JSON, two digits each.
type Hex []byte

// MarshalText returns the digits.
func (h Hex) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// UnmarshalText is the inverse of MarshalText.
func (h *Hex) UnmarshalText(text []byte) error {
	b, err := hex.AppendDecode(nil, text)
	*h = b
	return err
}

// Bytes explains b. It does not change b, and the report keeps no reference to
// it.
func Bytes(b []byte, opt Options) Report {
	d := &dissector{input: append([]byte(nil), b...), opt: opt, text: textOf(opt.Lang)}
	if d.opt.Lang == "" {
		d.opt.Lang = "en"
	}
	r := Report{Lang: d.opt.Lang, Frames: []Frame{}}
	if opt.Payload {
		f := d.payload()
		f.Bytes = d.input
		r.Frames = append(r.Frames, f)
		r.Valid = f.Verdict.Status == Valid
		return r
	}
	closes, bad := 0, false
	var closed [2]bool // by side: a valid Close frame of that side has passed
	for at := 0; at < len(b); {
		if len(r.Frames) == MaxFrames {
			r.Rest = len(b) - at
			bad = true
			break
		}
		f := d.frame(at)
		side := 0
		if f.Masked {
			side = 1
		}
		if closed[side] {
			f.Order = d.order(&f)
			bad = bad || f.Order != nil && f.Order.Violation
		}
		switch f.Verdict.Status {
		case Valid:
			closed[side] = true
			closes++
		case Invalid, Incomplete:
			bad = true
		}
		f.Bytes = d.input[at : at+f.Size : at+f.Size]
		f.From = "server"
		if d.opt.From == Client || d.opt.From == Either && f.Masked {
			f.From = "client"
		}
		r.Frames = append(r.Frames, f)
		at += f.Size
	}
	r.Valid = closes > 0 && !bad
	return r
}

// data reports whether f is a frame of a message.
func (f *Frame) data() bool {
	return f.Type == "continuation" || f.Type == "text" || f.Type == "binary"
}

// A dissector explains one input.
type dissector struct {
	input []byte
	opt   Options
	text  text
}

// parse parses the frame at the start of b with package frame.
func (d *dissector) parse(b []byte) (err error) {
	masked := len(b) > 1 && b[1]&0x80 != 0
	switch d.opt.From {
	case Client:
		masked = true
	case Server:
		masked = false
	}
	if masked {
		_, _, err = frame.ParseMasked(nil, b)
	} else {
		_, _, err = frame.Parse(b)
	}
	return err
}
