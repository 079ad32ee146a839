package main

import (
	"fmt"
	"strings"

	"github.com/closeframe/closeframe/internal/vectors"
)

// boundaries returns the codes at the ends of every range of codes.json, their
// neighbors, and 1000 with its bytes swapped.
func boundaries() []uint16 {
	var list []uint16
	for _, c := range codes() {
		list = append(list, c.First)
		if c.Last != c.First {
			list = append(list, c.Last)
		}
		if c.Last-c.First > 3 {
			list = append(list, c.First+1, c.First+(c.Last-c.First)/2)
		}
	}
	return append(list, 0xe803)
}

// row returns the row of codes.json that c is in.
func row(c uint16) vectors.Codes {
	for _, r := range codes() {
		if r.First <= c && c <= r.Last {
			return r
		}
	}
	panic(fmt.Sprintf("codes.json has no range with %d", c))
}

// body returns the payload with code and reason.
func body(code uint16, reason string) string {
	return string([]byte{byte(code >> 8), byte(code)}) + reason
}

// A said is the expected content of a Close frame, or its fault.
type said struct {
	code   uint16
	reason string
	err    string
	offset int
}

func says(code uint16, reason string) said { return said{code, reason, "", -1} }
func fails(err string) said                { return said{err: err, offset: -1} }
func failsAt(offset int) said              { return said{err: vectors.InvalidUTF8, offset: offset} }

// answers returns the codes to fail the connection with.
func (s said) answers() vectors.Answers {
	switch s.err {
	case "", vectors.Incomplete, vectors.NotClose:
		return vectors.Answers{0}
	case vectors.InvalidUTF8:
		return vectors.Answers{1007} // RFC 6455 §8.1, §7.4.1
	case vectors.TooLong:
		return vectors.Answers{1002, 1009} // RFC 6455 §7.4.1: both fit
	}
	return vectors.Answers{1002} // RFC 6455 §7.4.1
}

// A whole is the payload of a Close frame and its meaning.
type whole struct {
	id, rule, source string
	bytes            string
	want             said
}

// wholes returns payloads, valid or with every kind of fault.
func wholes() []whole {
	var list []whole
	add := func(id, rule, source, bytes string, want said) {
		list = append(list, whole{id, rule, source, bytes, want})
	}
	add("empty", "R33", "RFC 6455 §5.5.1, §7.1.5; Autobahn 7.3.1", "", says(1005, ""))
	for _, b := range []string{"\x00", "\x03", "\xe8", "\xff"} {
		add(fmt.Sprintf("one-byte-%x", b), "R14", "RFC 6455 §5.5.1; Autobahn 7.3.2", b, fails(vectors.Short))
	}
	for _, c := range boundaries() {
		r := row(c)
		want := func(reason string) said {
			if !r.Valid {
				return fails(vectors.InvalidCode)
			}
			return says(c, reason)
		}
		add(fmt.Sprintf("code-%d", c), r.Rule, r.Source, body(c, ""), want(""))
		add(fmt.Sprintf("code-%d-reason", c), r.Rule, r.Source, body(c, "why"), want("why"))
	}
	for _, f := range fillers {
		for _, n := range []int{3, 31, 122, 123} {
			s := fill(f.char, n)
			add(fmt.Sprintf("%s-%d", f.name, n), "R15", "RFC 6455 §5.5, §5.5.1", body(1000, s), says(1000, s))
		}
		for _, n := range []int{124, 125, 126, 254} {
			add(fmt.Sprintf("%s-%d", f.name, n), "R13", "RFC 6455 §5.5", body(1000, fill(f.char, n)), fails(vectors.TooLong))
		}
	}
	add("zeros-126", "R13", "RFC 6455 §5.5; Autobahn 7.3.6", strings.Repeat("\x00", 126), fails(vectors.TooLong))
	add("too-long-and-invalid", "P01", "the length is checked before the code and the reason", body(1005, fill("\xff", 124)), fails(vectors.TooLong))
	add("code-and-text-invalid", "P01", "the code is checked before the reason", body(1005, "\xff"), fails(vectors.InvalidCode))
	add("text-for-a-code", "R14", "RFC 6455 §5.5.1: a reason without a code; \"Go\" is read as 18287", "Goodbye", fails(vectors.InvalidCode))
	add("json-for-a-code", "R14", "RFC 6455 §5.5.1: a reason without a code; \"{\\\"\" is read as 31522", `{"a":1}`, fails(vectors.InvalidCode))
	add("autobahn-7.5.1", "R23", "Autobahn 7.5.1", body(1000, "κόσμε\xed\xa0\x80edited"), failsAt(len("κόσμε")))
	for _, t := range wellFormed {
		if t.text != "" {
			add("text-"+t.name, t.rule, t.source, body(1000, t.text), says(1000, t.text))
		}
	}
	for _, f := range faults {
		put := func(place, before, after string) {
			add(f.id()+"/"+place, f.rule, f.source, body(1000, before+f.bytes+after), failsAt(len(before)+f.at))
		}
		put("start", "", " away")
		put("middle", "aé中😀", "中é😀a")
		put("end", "away ", "")
		put("last", fill("x", 123-len(f.bytes)), "")
	}
	return list
}

func payloads() []vectors.Payload {
	var list []vectors.Payload
	for _, w := range wholes() {
		list = append(list, vectors.Payload{
			Origin: vectors.Origin{ID: "payload/" + w.id, Source: w.source, Rule: w.rule},
			Header: header(len(w.bytes)),
			Bytes:  vectors.Hex(w.bytes), Code: w.want.code, Reason: w.want.reason,
			Error: w.want.err, Answers: w.want.answers(), Offset: w.want.offset,
		})
	}
	return list
}

// header returns the header of a Close frame with n bytes of payload, as a
// server sends it. The length is in the shortest form.
func header(n int) vectors.Hex {
	if n < 126 {
		return vectors.Hex{0x88, byte(n)}
	}
	return vectors.Hex{0x88, 126, byte(n >> 8), byte(n)}
}

// size returns the size of the frame according to its header, and whether b has
// the complete header. It includes the key if the mask bit is set, whatever the
// role.
func size(b string) (n uint64, whole bool) {
	if len(b) < 2 {
		return 2, false
	}
	n = 2
	length := uint64(b[1] & 0x7f)
	extended := map[uint64]int{126: 2, 127: 8}[length]
	if len(b) < 2+extended {
		return n + uint64(extended), false
	}
	if extended > 0 {
		length = 0
		for i := range extended {
			length = length<<8 | uint64(b[2+i])
		}
		n += uint64(extended)
	}
	if b[1]&0x80 != 0 {
		n += 4
	}
	if length > 1<<62 {
		length = 1 << 62 // the most significant bit must be 0
	}
	return n + length, uint64(len(b)) >= n
}

// failsBy returns the rule by which a receiver of the role fails the connection
// over a frame that is not a Close, or "" if its first bytes are valid.
func failsBy(role, b string) string {
	opcode := b[0] & 0x0f
	switch {
	case opcode > 0x0a || opcode > 2 && opcode < 8:
		return "R07"
	case b[0]&0x70 != 0:
		return "R06"
	case opcode >= 8 && b[0]&0x80 == 0:
		return "R13"
	case len(b) < 2:
		return ""
	case role == vectors.Server && b[1]&0x80 == 0:
		return "R02"
	case role == vectors.Client && b[1]&0x80 != 0:
		return "R04"
	case opcode >= 8 && b[1]&0x7f > 125:
		return "R13"
	}
	return ""
}

// key is the masking key in the examples of RFC 6455 §5.7.
const key = "\x37\xfa\x21\x3d"

// mask returns p masked with key.
func mask(key, p string) string {
	b := []byte(p)
	for i := range b {
		b[i] ^= key[i%4]
	}
	return string(b)
}

// wire returns the frame that an endpoint of the role receives, with the given
// first byte and payload.
func wire(role string, first byte, p string) string {
	if role == vectors.Client {
		return string([]byte{first, byte(len(p))}) + p
	}
	return string([]byte{first, 0x80 | byte(len(p))}) + key + mask(key, p)
}

func frames() []vectors.Frame {
	var list []vectors.Frame
	for _, role := range []string{vectors.Client, vectors.Server} {
		add := func(id, rule, source, bytes string, n int, want said) {
			v := vectors.Frame{
				Origin: vectors.Origin{ID: "frame/" + role + "/" + id, Source: source, Rule: rule},
				Role:   role, N: n, Code: want.code, Reason: want.reason,
				Error: want.err, Answers: want.answers(), Offset: want.offset,
			}
			end, whole := size(bytes)
			v.Early = want.err != "" && want.err != vectors.Incomplete && (!whole || end > uint64(len(bytes)))
			end = min(end, uint64(len(bytes)))
			v.Bytes, v.Rest = vectors.Hex(bytes[:end]), vectors.Hex(bytes[end:])
			if want.err == vectors.NotClose {
				v.Fails = failsBy(role, bytes)
			}
			list = append(list, v)
		}
		fault := func(id, rule, source, bytes, err string) { add(id, rule, source, bytes, 0, fails(err)) }

		// Every payload that fits into a frame.
		for _, w := range wholes() {
			if len(w.bytes) == 1 || len(w.bytes) > 125 {
				continue // the header already shows the fault
			}
			if strings.Contains(w.id, "/") && !strings.HasSuffix(w.id, "/middle") {
				continue // payloads.json has its other positions
			}
			b := wire(role, 0x88, w.bytes)
			n := len(b)
			if w.want.err != "" {
				n = 0
			}
			add(w.id, w.rule, w.source, b, n, w.want)
		}

		// Bytes after the frame are ignored.
		for _, w := range []whole{
			{bytes: "", want: says(1005, "")},
			{bytes: body(1000, ""), want: says(1000, "")},
			{bytes: body(1001, "going away"), want: says(1001, "going away")},
		} {
			b := wire(role, 0x88, w.bytes)
			id := fmt.Sprintf("-after-%d", len(w.bytes))
			add("a-byte"+id, "R55", "RFC 6455 §1.4, §5.5.1", b+"\x88", len(b), w.want)
			add("zeros"+id, "R55", "RFC 6455 §1.4, §5.5.1", b+strings.Repeat("\x00", 128), len(b), w.want)
			add("ff"+id, "R55", "RFC 6455 §1.4, §5.5.1", b+strings.Repeat("\xff", 128), len(b), w.want)
			add("another"+id, "R33", "RFC 6455 §7.1.5: the first Close counts", b+wire(role, 0x88, body(1002, "no")), len(b), w.want)

			// All prefixes.
			for i := range b {
				add(fmt.Sprintf("part-%d-of-%d", i, len(b)), "P03", "the beginning of a frame", b[:i], 0, fails(vectors.Incomplete))
			}
		}

		// The first byte: one of 256 values is valid. Each is tested alone and
		// with faults after it, which are not reported.
		good := wire(role, 0x88, body(1000, ""))
		for b := range 256 {
			var rule, source, err string
			switch {
			case b&0x0f != 8:
				rule, source, err = "P02", "RFC 6455 §5.2: opcode 8 is Close", vectors.NotClose
				if b != b&0x0f && b != 0x80|b&0x0f && b&0x0f != 0 && b&0x0f != 9 {
					continue // RSV bits with other opcodes: a few are enough
				}
			case b&0x70 != 0:
				rule, source, err = "R06", "RFC 6455 §5.2, RSV1, RSV2, RSV3", vectors.ReservedBits
				if b&0x70 == 0x40 {
					rule, source = "R56", "RFC 7692 §6: RSV1 is for data frames"
				}
			case b&0x80 == 0:
				rule, source, err = "R13", "RFC 6455 §5.5: FIN is set", vectors.Fragmented
			default:
				continue
			}
			fault(fmt.Sprintf("first-%02x", b), rule, source, string([]byte{byte(b)})+good[1:], err)
			fault(fmt.Sprintf("first-%02x-alone", b), "P01", source, string([]byte{byte(b)}), err)
			other := good[1] ^ 0x80 | 0x7f // the other direction, and a length of eight bytes
			fault(fmt.Sprintf("first-%02x-and-second", b), "P01", source, string([]byte{byte(b), other}), err)
		}

		// The second byte.
		wrong, rule, source := vectors.Masked, "R04", "RFC 6455 §5.1: a server does not mask"
		own := byte(0)
		if role == vectors.Server {
			wrong, rule, source = vectors.Unmasked, "R02", "RFC 6455 §5.1: a client masks"
			own = 0x80
		}
		for _, n := range []int{0, 1, 2, 125, 126, 127} {
			fault(fmt.Sprintf("direction-%d", n), rule, source, string([]byte{0x88, own ^ 0x80 | byte(n)}), wrong)
			fault(fmt.Sprintf("direction-%d-zeros", n), rule, source, string([]byte{0x88, own ^ 0x80 | byte(n)})+strings.Repeat("\x00", 140), wrong)
		}
		second := func(n byte) string { return string([]byte{0x88, own | n}) }
		fault("length-1", "R14", "RFC 6455 §5.5.1; Autobahn 7.3.2", second(1), vectors.Short)
		fault("length-1-whole", "R14", "RFC 6455 §5.5.1; Autobahn 7.3.2", wire(role, 0x88, "\x03"), vectors.Short)
		for _, l := range []struct{ id, rule, source, bytes string }{
			{"126-alone", "R13", "RFC 6455 §5.5", "\x7e"},
			{"126-minimal", "R13", "RFC 6455 §5.5; Autobahn 7.3.6", "\x7e\x00\x7e"},
			{"126-greatest", "R13", "RFC 6455 §5.5", "\x7e\xff\xff"},
			{"126-for-0", "R08", "RFC 6455 §5.2: the minimal number of bytes", "\x7e\x00\x00"},
			{"126-for-2", "R08", "RFC 6455 §5.2: the minimal number of bytes", "\x7e\x00\x02"},
			{"126-for-125", "R08", "RFC 6455 §5.2: the minimal number of bytes", "\x7e\x00\x7d"},
			{"127-alone", "R13", "RFC 6455 §5.5", "\x7f"},
			{"127-minimal", "R13", "RFC 6455 §5.5", "\x7f\x00\x00\x00\x00\x00\x01\x00\x00"},
			{"127-greatest", "R13", "RFC 6455 §5.5", "\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"},
			{"127-top-bit", "R08", "RFC 6455 §5.2: the most significant bit is 0", "\x7f\x80\x00\x00\x00\x00\x00\x00\x02"},
			{"127-all-bits", "R08", "RFC 6455 §5.2: the most significant bit is 0", "\x7f\xff\xff\xff\xff\xff\xff\xff\xff"},
			{"127-for-0", "R08", "RFC 6455 §5.2: the minimal number of bytes", "\x7f\x00\x00\x00\x00\x00\x00\x00\x00"},
			{"127-for-2", "R08", "RFC 6455 §5.2: the minimal number of bytes", "\x7f\x00\x00\x00\x00\x00\x00\x00\x02"},
			{"127-for-126", "R08", "RFC 6455 §5.2: the minimal number of bytes", "\x7f\x00\x00\x00\x00\x00\x00\x00\x7e"},
		} {
			b := "\x88" + string([]byte{own | l.bytes[0]}) + l.bytes[1:]
			fault("length-"+l.id, l.rule, l.source, b, vectors.TooLong)
			if len(l.bytes) > 1 {
				fault("length-"+l.id+"-and-payload", l.rule, l.source, b+key+mask(key, body(1000, "")), vectors.TooLong)
			}
		}
	}
	return list
}

func encodings() []vectors.Encoding {
	var list []vectors.Encoding
	keys := []string{key, "\x00\x00\x00\x00", "\xff\xff\xff\xff", "\x01\x02\x03\x04"}
	add := func(id, rule, source string, code uint16, reason, err string, offset int) {
		v := vectors.Encoding{
			Origin: vectors.Origin{ID: "encode/" + id, Source: source, Rule: rule},
			Code:   code, Reason: vectors.Hex(reason), Error: err, Offset: offset,
			Key: vectors.Hex(keys[len(list)%len(keys)]),
		}
		if err == "" {
			p := body(code, reason)
			if code == 1005 {
				p = ""
			}
			v.Payload = vectors.Hex(p)
			v.Frame = vectors.Hex("\x88" + string(rune(len(p))) + p)
			v.Masked = vectors.Hex("\x88" + string([]byte{0x80 | byte(len(p))}) + string(v.Key) + mask(string(v.Key), p))
		}
		list = append(list, v)
	}
	for _, c := range boundaries() {
		r := row(c)
		switch {
		case c == 1005:
			add("code-1005", "P08", "RFC 6455 §7.1.5, §7.4.1", c, "", "", -1)
			add("code-1005-reason", "P08", "RFC 6455 §5.5.1, §7.4.1", c, "why", vectors.InvalidCode, -1)
		case r.Valid:
			add(fmt.Sprintf("code-%d", c), r.Rule, r.Source, c, "", "", -1)
			add(fmt.Sprintf("code-%d-reason", c), r.Rule, r.Source, c, "why", "", -1)
		default:
			add(fmt.Sprintf("code-%d", c), r.Rule, r.Source, c, "", vectors.InvalidCode, -1)
			add(fmt.Sprintf("code-%d-reason", c), r.Rule, r.Source, c, "why", vectors.InvalidCode, -1)
		}
	}
	for _, f := range fillers {
		for _, n := range []int{1, 2, 3, 4, 5, 31, 63, 64, 122, 123} {
			add(fmt.Sprintf("%s-%d", f.name, n), "R15", "RFC 6455 §5.5, §5.5.1", 1000, fill(f.char, n), "", -1)
		}
		for _, n := range []int{124, 125, 126, 256, 1000} {
			add(fmt.Sprintf("%s-%d", f.name, n), "R13", "RFC 6455 §5.5", 1000, fill(f.char, n), vectors.TooLong, -1)
		}
	}
	for _, t := range wellFormed {
		if t.text != "" {
			add("text-"+t.name, t.rule, t.source, 4999, t.text, "", -1)
		}
	}
	for _, f := range faults {
		add(f.id()+"/start", f.rule, f.source, 1000, f.bytes+" away", vectors.InvalidUTF8, f.at)
		add(f.id()+"/middle", f.rule, f.source, 1000, "aé中😀"+f.bytes+"中é😀a", vectors.InvalidUTF8, len("aé中😀")+f.at)
		add(f.id()+"/last", f.rule, f.source, 1000, fill("x", 123-len(f.bytes))+f.bytes, vectors.InvalidUTF8, 123-len(f.bytes)+f.at)
	}
	add("too-long-and-invalid", "P01", "the length is checked before the code and the reason", 1006, fill("\xff", 124), vectors.TooLong, -1)
	add("too-long-1005", "P01", "the length is checked before the code", 1005, fill("x", 124), vectors.TooLong, -1)
	add("code-and-text-invalid", "P01", "the code is checked before the reason", 1006, "\xff", vectors.InvalidCode, -1)
	add("code-1005-and-text-invalid", "P01", "the code is checked before the reason", 1005, "\xff", vectors.InvalidCode, -1)
	return list
}
