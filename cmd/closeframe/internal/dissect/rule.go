package dissect

import (
	"fmt"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
)

// A rule is a section of a specification and its sentence.
type rule struct{ section, quote string }

// faults maps the errors of package frame to their names, which are those of
// the test vectors, and to the violated rules. The rule for an invalid code
// depends on its class.
var faults = map[frame.Error]struct {
	name string
	rule
}{
	frame.ErrReservedBits: {"reserved_bits", rule{"RFC 6455 §5.2", "If a nonzero value is received and none of the negotiated extensions " +
		"defines the meaning of such a nonzero value, the receiving endpoint MUST _Fail the WebSocket Connection_."}},
	frame.ErrFragmented: {"fragmented", control},
	frame.ErrMasked:     {"masked", rule{"RFC 6455 §5.1", "A server MUST NOT mask any frames that it sends to the client."}},
	frame.ErrUnmasked: {"unmasked", rule{"RFC 6455 §5.1", "The server MUST close the connection upon receiving a frame that is not " +
		"masked."}},
	frame.ErrTooLong: {"too_long", control},
	frame.ErrShort: {"short", rule{"RFC 6455 §5.5.1", "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned " +
		"integer (in network byte order) representing a status code with value /code/ defined in Section 7.4."}},
	frame.ErrInvalidCode: {"invalid_code", rule{}},
	frame.ErrInvalidUTF8: {"invalid_utf8", rule{"RFC 6455 §8.1", "When an endpoint is to interpret a byte stream as UTF-8 but finds that " +
		"the byte stream is not, in fact, a valid UTF-8 stream, that endpoint MUST _Fail the WebSocket Connection_."}},
}

var control = rule{"RFC 6455 §5.5", "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."}

var minimal = rule{"RFC 6455 §5.2", "Note that in all cases, the minimal number of bytes MUST be used to encode the length"}

// codeRules maps a class to the rule that forbids its codes in Close frames.
var codeRules = map[closecode.Class]rule{
	closecode.Unused: {"RFC 6455 §7.4.2", "Status codes in the range 0-999 are not used."},
	closecode.Local: {"RFC 6455 §7.4.1", "%d is a reserved value and MUST NOT be set as a status code in a Close control frame by an " +
		"endpoint."},
	// for 1016 to 1999 and, with it, for the extensions' 2000 to 2999
	closecode.Reserved: {"RFC 6455 §7.4.2", "Status codes in the range 1000-2999 are reserved for definition by this protocol, its future " +
		"revisions, and extensions specified in a permanent and readily available public specification."},
	closecode.OutOfRange: {"RFC 6455 §11.7", "The status code is an integer number between 1000 and 4999"},
}

// broken sets the fields that describe a fault.
func (d *dissector) broken(f *Frame, e frame.Error) {
	fault := faults[e]
	v := &f.Verdict
	v.Status = Invalid
	v.Error = fault.name
	v.Answer = e.Code()
	v.Rule, v.Quote = fault.section, fault.quote
	for i := range f.Spans {
		if s := &f.Spans[i]; s.Fault {
			v.Offset = &s.Offset
			break
		}
	}

	key := "dissect.fault." + fault.name
	switch e {
	case frame.ErrReservedBits:
		v.Message = d.text.Text(key, d.text.rsvNames(d.input[f.Offset]>>4&7))
	case frame.ErrTooLong:
		v.Message = d.text.Text(key, d.text.bytes(f.Length))
		if f.Length <= frame.MaxPayload {
			v.Message = d.text.Text("dissect.needless")
			if !f.cut {
				v.Rule, v.Quote = minimal.section, minimal.quote
			}
		}
	case frame.ErrInvalidCode:
		class := f.Close.Code.Class()
		r := codeRules[class]
		switch {
		case f.Close.Code == 1004:
			r = rule{"RFC 6455 §7.4.1", "Reserved. The specific meaning might be defined in the future."}
		case class == closecode.Local:
			r.quote = fmt.Sprintf(r.quote, int(f.Close.Code))
		case class == closecode.Extension:
			r = codeRules[closecode.Reserved]
		}
		v.Rule, v.Quote = r.section, r.quote
		v.Message = d.text.Text("dissect.class."+class.String(), int(f.Close.Code))
	case frame.ErrInvalidUTF8:
		v.Message = d.text.Text(key, f.badReason)
	default:
		v.Message = d.text.Text(key)
	}
}
