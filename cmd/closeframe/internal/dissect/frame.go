package dissect

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/rulebook"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/catalog"
	"github.com/closeframe/closeframe/utf8check"
)

// shown is the number of bytes kept of a payload that is not explained.
const shown = 16

// types maps opcodes to the types of frames (RFC 6455 §5.2).
var types = [16]string{"continuation", "text", "binary", "reserved", "reserved", "reserved", "reserved", "reserved",
	"close", "ping", "pong", "reserved", "reserved", "reserved", "reserved", "reserved"}

const opClose = 0x8

// frame explains the frame at the given offset, which must be before the end of
// the input.
//
//	 0                   1
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
//	+-+-+-+-+-------+-+-------------+------------------------------+
//	|F|R|R|R|opcode |M| Payload len | extended length, 2 or 8 bytes;|
//	|I|S|S|S|  (4)  |A|     (7)     | masking key, 4 bytes;         |
//	|N|V|V|V|       |S|             | payload                       |
//	+-+-+-+-+-------+-+-------------+------------------------------+
func (d *dissector) frame(at int) Frame {
	b := d.input[at:]
	err := d.parse(b)
	op := int(b[0] & 0xf)
	f := Frame{Offset: at, Size: len(b), Type: types[op]}

	f.bits(at, b[0], 0, 1, FIN, d.text.fin(b[0]&0x80 != 0, op), err == frame.ErrFragmented)
	f.bits(at, b[0], 1, 3, RSV, d.text.rsv(b[0]>>4&7, op), err == frame.ErrReservedBits)
	f.bits(at, b[0], 4, 4, Opcode, d.text.opcode(op), false)
	if len(b) < 2 {
		d.conclude(&f, err, 1, false)
		return f
	}
	f.Masked = b[1]&0x80 != 0
	f.bits(at+1, b[1], 0, 1, MASK, d.text.mask(f.Masked), err == frame.ErrMasked || err == frame.ErrUnmasked)
	size := b[1] & 0x7f
	f.Length = uint64(size)
	f.bits(at+1, b[1], 1, 7, Length, d.text.length(size), err == frame.ErrTooLong || err == frame.ErrShort)
	head := 2
	if ext := extended(size); ext > 0 {
		field := b[head:min(head+ext, len(b))]
		if len(field) < ext {
			f.Length, f.cut = 0, true
			if len(field) > 0 {
				f.span(at+head, field, ExtLength, d.text.cut(len(field), ext), false)
			}
			d.conclude(&f, err, uint64(ext-len(field)), false)
			return f
		}
		f.Length = number(field)
		f.topBit = op != opClose && f.Length>>63 != 0
		f.span(at+head, field, ExtLength, d.text.extLength(f.Length, ext), f.topBit)
		head += ext
	}
	var key []byte
	if f.Masked {
		key = b[head:min(head+4, len(b))]
		if len(key) < 4 {
			if len(key) > 0 {
				f.span(at+head, key, Key, d.text.cut(len(key), 4), false)
			}
			d.conclude(&f, err, uint64(4-len(key))+min(f.Length, math.MaxInt64), true)
			return f
		}
		f.Key = key
		f.span(at+head, key, Key, d.text.Text("dissect.key"), false)
		head += 4
	}
	p := b[head:]
	missing := f.Length - min(f.Length, uint64(len(p)))
	if missing == 0 {
		p = p[:f.Length]
		f.Size = head + len(p)
	}
	if op == opClose {
		d.close(&f, at+head, p, err)
	} else if len(p) > 0 {
		d.other(&f, at+head, p)
	}
	d.conclude(&f, err, missing, true)
	return f
}

// payload explains the input as the payload of a Close frame.
func (d *dissector) payload() Frame {
	p := d.input
	_, err := frame.ParsePayload(p)
	f := Frame{Size: len(p), Type: "payload", Length: uint64(len(p)), Spans: []Span{}}
	d.close(&f, 0, p, err)
	d.conclude(&f, err, 0, true)
	return f
}

// close explains the payload of a Close frame, which may be incomplete.
func (d *dissector) close(f *Frame, at int, p []byte, err error) {
	plain := p
	if f.Masked {
		plain = append([]byte(nil), p...)
		frame.Mask(plain, [4]byte(f.Key), 0)
	}
	span := func(from, to int, field Field, meaning string, fault bool) {
		s := Span{Offset: at + from, Length: to - from, Bytes: p[from:to], Field: field, Meaning: meaning, Fault: fault}
		if f.Masked {
			s.Unmasked = plain[from:to]
		}
		f.Spans = append(f.Spans, s)
	}
	switch {
	case len(p) == 0:
		if f.Length == 0 {
			// "If this Close control frame contains no status code, _The
			// WebSocket Connection Close Code_ is considered to be 1005."
			// (§7.1.5)
			f.Close = d.says(closecode.NoStatusRcvd, nil, 0)
		}
		return
	case len(p) == 1:
		meaning := d.text.Text("dissect.halfCode")
		if f.Length > 1 {
			meaning = d.text.cut(1, 2)
		}
		// In a frame, the length field is at fault.
		span(0, 1, Code, meaning, f.Type == "payload" && err == frame.ErrShort)
		return
	}
	code := closecode.Code(binary.BigEndian.Uint16(plain))
	span(0, 2, Code, d.code(code), err == frame.ErrInvalidCode)
	end := min(len(p), frame.MaxPayload)
	reason := plain[2:end]
	f.Close = d.says(code, reason, len(p)-2)

	if err == frame.ErrInvalidUTF8 {
		f.badReason = utf8check.IndexInvalid(reason)
		bad := 2 + f.badReason
		n, why := illFormed(plain[bad:end])
		if bad > 2 {
			span(2, bad, Reason, quote(plain[2:bad]), false)
		}
		span(bad, bad+n, Reason, d.text.Text("dissect.utf8."+utf8Names[why]), true)
		if bad+n < end {
			span(bad+n, end, Reason, quote(plain[bad+n:end]), false)
		}
	} else if len(reason) > 0 {
		span(2, end, Reason, quote(reason), false)
	}
	if len(p) > end {
		rest := min(len(p), end+shown)
		span(end, rest, Excess, d.text.excess(len(p)-end), f.Type == "payload" && err == frame.ErrTooLong)
		f.Spans[len(f.Spans)-1].Length = len(p) - end
	}
}

// says returns the contents of a Close frame. length is the length of the
// complete reason.
func (d *dissector) says(c closecode.Code, reason []byte, length int) *Close {
	t := catalog.In(d.opt.Lang).Code(c)
	s := &Close{Code: c, Name: c.Name(), Class: c.Class().String(), Title: t.Title, Meaning: t.What, Quoted: quote(reason), Length: length}
	if utf8check.Valid(reason) {
		s.Reason = string(reason)
	}
	return s
}

// code returns a code's number and name, or class where it has none.
func (d *dissector) code(c closecode.Code) string {
	name := c.Name()
	if name == "" {
		name = "(" + catalog.In(d.opt.Lang).Class(c.Class()).Title + ")"
	}
	return strconv.Itoa(int(c)) + " " + name
}

// other shows the payload of another frame.
func (d *dissector) other(f *Frame, at int, p []byte) {
	s := Span{Offset: at, Length: len(p), Bytes: p[:min(len(p), shown)], Field: Payload, Meaning: d.text.payload(len(p))}
	if f.Masked {
		s.Unmasked = append([]byte(nil), s.Bytes...)
		frame.Mask(s.Unmasked, [4]byte(f.Key), 0)
	}
	f.Spans = append(f.Spans, s)
}

// conclude sets the verdict. missing is the number of missing bytes of the
// frame, or a lower bound unless it is exact.
func (d *dissector) conclude(f *Frame, err error, missing uint64, exact bool) {
	v := &f.Verdict
	v.err = err
	if err == nil {
		v.Status = Valid
		v.Message = d.text.Text("dissect.valid")
		return
	}
	if err == frame.ErrIncomplete {
		v.Status = Incomplete
		v.Error = "incomplete"
		v.Missing = missing
		v.Message = d.text.incomplete(missing, exact)
		return
	}
	e := err.(frame.Error)
	if e == frame.ErrNotClose && f.topBit {
		v.Status = Invalid
		v.Error = rulebook.Name(frame.ErrTooLong)
		v.Answer = closecode.ProtocolError
		v.Message = d.text.Text("dissect.topBit")
		v.Rule, v.Quote = topBit.Section, topBit.Quote
		v.Offset = f.faultOffset()
		return
	}
	if e == frame.ErrNotClose {
		v.Error = "not_close"
		v.Status = Other
		v.Message = d.text.Text("dissect.other")
		if missing > 0 {
			v.Status = Incomplete
			v.Missing = missing
			v.Message = d.text.incomplete(missing, exact)
		}
		return
	}
	d.broken(f, e)
}

// bits adds a span for n bits of a byte, the first of which is number from,
// where 0 is the most significant one.
func (f *Frame) bits(at int, b byte, from, n int, field Field, meaning string, fault bool) {
	var s strings.Builder
	for i := range 8 {
		if i == 4 {
			s.WriteByte(' ')
		}
		if i < from || i >= from+n {
			s.WriteByte('.')
		} else {
			s.WriteByte('0' + b>>(7-i)&1)
		}
	}
	f.Spans = append(f.Spans, Span{Offset: at, Length: 1, Bytes: Hex{b}, Bits: s.String(), Field: field, Meaning: meaning, Fault: fault})
}

// span adds a span for whole bytes.
func (f *Frame) span(at int, b []byte, field Field, meaning string, fault bool) {
	f.Spans = append(f.Spans, Span{Offset: at, Length: len(b), Bytes: b, Field: field, Meaning: meaning, Fault: fault})
}

// extended returns how many bytes of extended length follow a seven-bit
// length.
func extended(size byte) int {
	switch size {
	case 126:
		return 2
	case 127:
		return 8
	}
	return 0
}

// number returns b as a number in network byte order.
func number(b []byte) uint64 {
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

// quote quotes text from a peer for a terminal: it escapes control sequences,
// bidirectional controls and other unprintable characters, and invalid UTF-8.
func quote(b []byte) string { return strconv.Quote(string(b)) }
