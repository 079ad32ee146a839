package dissect

import (
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/rulebook"
	"github.com/closeframe/closeframe/frame"
)

// minimal is the rule that a length breaks in a longer form than needed.
const minimal = "R08"

// topBit is the rule that the length of a frame that is not a Close frame
// breaks if its top bit is set.
var topBit = rulebook.Rule{Section: "RFC 6455 §5.2",
	Quote: "If 127, the following 8 bytes interpreted as a 64-bit unsigned integer (the most significant bit MUST be 0) are the payload length."}

// codeRule returns the rule that forbids a code in Close frames.
func codeRule(c closecode.Code) rulebook.Rule {
	if c == 1004 {
		return rulebook.Of("R48")
	}
	switch c.Class() {
	case closecode.Unused:
		return rulebook.Of("R64")
	case closecode.Local:
		r := rulebook.Of("R47")
		// The sentence on 1005 is repeated for 1006 and for 1015.
		r.Quote = strings.Replace(r.Quote, "1005", strconv.Itoa(int(c)), 1)
		return r
	case closecode.OutOfRange:
		return rulebook.Of("R54")
	}
	return rulebook.Of("R51") // 1016 to 2999
}

// faultOffset returns the offset of the field at fault, or nil.
func (f *Frame) faultOffset() *int {
	for i := range f.Spans {
		if f.Spans[i].Fault {
			return &f.Spans[i].Offset
		}
	}
	return nil
}

// broken sets the fields that describe a fault.
func (d *dissector) broken(f *Frame, e frame.Error) {
	v := &f.Verdict
	v.Status = Invalid
	v.Error = rulebook.Name(e)
	v.Answer = e.Code()
	r := rulebook.Broken(v.Error)
	v.Offset = f.faultOffset()

	key := "dissect.fault." + v.Error
	switch e {
	case frame.ErrReservedBits:
		v.Message = d.text.Text(key, d.text.rsvNames(d.input[f.Offset]>>4&7))
	case frame.ErrTooLong:
		v.Message = d.text.Text(key, d.text.bytes(f.Length))
		if f.Length <= frame.MaxPayload {
			v.Message = d.text.Text("dissect.needless")
			if !f.cut {
				r = rulebook.Of(minimal)
			}
		}
	case frame.ErrInvalidCode:
		r = codeRule(f.Close.Code)
		v.Message = d.text.Text("dissect.class."+f.Close.Code.Class().String(), int(f.Close.Code))
	case frame.ErrInvalidUTF8:
		v.Message = d.text.Text(key, f.badReason)
	default:
		v.Message = d.text.Text(key)
	}
	v.Rule, v.Quote = r.Section, r.Quote
}
