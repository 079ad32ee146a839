// Package dissect explains frames byte by byte, as a protocol analyzer does:
// which bytes are which field, what they mean, and whether the Close frames
// among them are valid.
//
// It explains, but it does not judge: every verdict is what package frame says
// about the same bytes. Frames other than Close frames are stepped over once
// their header is explained.
//
// What it returns can be marshaled to JSON, with field names that are kept
// stable; byte strings are in hexadecimal there. Texts are in the language
// asked for, apart from what is quoted from the specifications, and hold no
// control characters: what the peer wrote is quoted.
package dissect

import (
	"encoding/hex"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
)

// Options say how to read the bytes and how to explain them. The zero Options
// are for frames of either side, explained in English.
type Options struct {
	// Payload says that the bytes are the unmasked payload of one Close
	// frame, not frames.
	Payload bool

	// From is who sent the frames, and so whether they must be masked. By
	// default the mask bit of each frame is believed.
	From Side

	// Lang is the language of the texts: one of catalog.Languages, or "" for
	// English.
	Lang string
}

// A Side is an end of a connection.
type Side uint8

const (
	Either Side = iota
	Client      // masks every frame (RFC 6455 §5.1)
	Server      // masks none
)

// A Report explains some bytes.
type Report struct {
	// Valid reports whether there is a Close frame, or payload, all such are
	// valid, nothing is cut off, and no frame follows a Close frame that must
	// not.
	Valid bool `json:"valid"`

	// Lang is the language of the texts.
	Lang string `json:"lang"`

	// Frames are in the order of the bytes, and leave out none of them.
	Frames []Frame `json:"frames"`

	// Rest is the number of bytes after the first MaxFrames frames. They are
	// not explained.
	Rest int `json:"rest,omitempty"`
}

// MaxFrames is how many frames are explained at most.
const MaxFrames = 1000

// A Frame explains one frame, or a payload.
type Frame struct {
	Offset int `json:"offset"` // of the first byte in the input
	Size   int `json:"size"`   // in bytes, as far as they are in the input

	// Type is "continuation", "text", "binary", "close", "ping", "pong",
	// "reserved", or "payload" if it is the payload of a Close frame.
	Type string `json:"type"`

	Masked bool   `json:"masked"`
	Key    Hex    `json:"maskingKey,omitempty"` // once all four bytes are there
	Length uint64 `json:"length"`               // of the payload, as announced

	Spans   []Span   `json:"spans"`
	Close   *Close   `json:"close,omitempty"` // what a Close says, once its code is there
	Notes   []string `json:"notes,omitempty"` // what else there is to say
	Verdict Verdict  `json:"verdict"`
	Order   *Order   `json:"order,omitempty"` // if it comes after a Close frame of the same side

	// From is the side that sent it, "client" or "server", as the mask bit or
	// Options.From tell; "" for a payload.
	From  string `json:"from,omitempty"`
	Bytes Hex    `json:"bytes"` // all of the frame, as far as it is in the input

	cut bool // the extended length is not all there, so Length is not known

	badReason int // offset in the reason of what is not UTF-8
}

// A Span explains a field: some bytes, or some bits of one.
type Span struct {
	Offset int `json:"offset"` // of the first byte in the input
	Length int `json:"length"` // in bytes

	// Bytes are the bytes as they are in the input, unmasked ones those of a
	// masked payload. Of payloads that are not explained they are the first
	// few.
	Bytes    Hex `json:"bytes"`
	Unmasked Hex `json:"unmasked,omitempty"`

	// Bits shows which bits of the byte these are, as in ".000 ....", if not
	// all of them.
	Bits string `json:"bits,omitempty"`

	Field   Field  `json:"field"`
	Meaning string `json:"meaning"`
	Fault   bool   `json:"fault,omitempty"` // this is what the verdict is about
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
	Excess    Field = "excess"  // of a Close's payload: what is over the 125 bytes
	Payload   Field = "payload" // of other frames
)

// A Close is what a Close frame says, valid or not.
type Close struct {
	Code    closecode.Code `json:"code"`           // 1005 if it holds none
	Name    string         `json:"name,omitempty"` // the registry's
	Class   string         `json:"class"`          // as closecode.Class.String has it
	Title   string         `json:"title"`          // the code in a few words, or else its class
	Meaning string         `json:"meaning"`        // what happened

	// Reason is the text, if it is UTF-8; Quoted is the same in double quotes
	// as Go writes it, with control characters, invisible ones and bytes that
	// are not UTF-8 escaped. A terminal can be given Quoted, and nothing else.
	Reason string `json:"reason"`
	Quoted string `json:"quoted"`
	Length int    `json:"reasonLength"` // in bytes
}

// A Verdict is what package frame says.
type Verdict struct {
	// Status is "valid", "invalid", "incomplete" if bytes are missing, or
	// "other" for a frame that is not a Close and is not judged.
	Status string `json:"status"`

	// Message says in a sentence what is wrong.
	Message string `json:"message"`

	// Missing is the number of bytes that are known to be missing.
	Missing uint64 `json:"missing,omitempty"`

	// Error is the name of the error, such as "ErrTooLong".
	Error string `json:"error,omitempty"`

	// Rule is the section whose rule is broken, and Quote the sentence.
	Rule  string `json:"rule,omitempty"`
	Quote string `json:"quote,omitempty"`

	// Offset is the byte of the input that breaks it.
	Offset *int `json:"offset,omitempty"`

	// Answer is the code to fail the connection with.
	Answer closecode.Code `json:"answer,omitempty"`

	err error
}

// Err returns the error that package frame gave.
func (v Verdict) Err() error { return v.err }

// The values of Verdict.Status.
const (
	Valid      = "valid"
	Invalid    = "invalid"
	Incomplete = "incomplete"
	Other      = "other"
)

// Hex is bytes that JSON shows in hexadecimal, two digits each.
type Hex []byte

// MarshalText returns the digits.
func (h Hex) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// UnmarshalText is the inverse of MarshalText.
func (h *Hex) UnmarshalText(text []byte) error {
	b, err := hex.AppendDecode(nil, text)
	*h = b
	return err
}

// Bytes explains b. It does not change it, and the report keeps no reference
// to it.
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
	var closed [2]bool // by side: a valid Close frame of that side was there
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

// judge asks package frame about the frame that b begins with.
func (d *dissector) judge(b []byte) (err error) {
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
