package dissect

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/cmd/closeframe/internal/rulebook"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/catalog"
	"github.com/closeframe/closeframe/internal/vectors"
)

// sender returns the side that sends to an endpoint of the role.
func sender(role string) Side {
	if role == vectors.Server {
		return Client
	}
	return Server
}

// Shows: frames.json
func TestFrameVectors(t *testing.T) {
	for _, v := range vectors.Frames() {
		for _, lang := range catalog.Languages() {
			r := Bytes(v.Bytes, Options{From: sender(v.Role), Lang: lang})
			check(t, v.ID, v.Bytes, r, Options{From: sender(v.Role)})
			checkJSON(t, v.ID, r)
			if len(v.Bytes) == 0 {
				if len(r.Frames) != 0 || r.Valid {
					t.Errorf("%s: %+v", v.ID, r)
				}
				continue
			}
			f := r.Frames[0]
			at := -1
			if v.Error == vectors.InvalidUTF8 {
				at = 2 + 2 + v.Offset
				if f.Masked {
					at += 4
				}
			}
			expect(t, v.ID, f, v.Error, v.Answer, v.Code, v.Reason, at)
			if v.Error == "" && f.Size != v.N {
				t.Errorf("%s: size %d, want %d", v.ID, f.Size, v.N)
			}
			whole := 2 // until the header is complete
			if len(v.Bytes) >= 2 {
				whole, _ = frame.Size(v.Bytes)
			}
			if v.Error == vectors.Incomplete && f.Verdict.Missing != uint64(whole-len(v.Bytes)) {
				t.Errorf("%s: %d bytes are missing, want %d", v.ID, f.Verdict.Missing, whole-len(v.Bytes))
			}
		}
	}
}

// Shows: payloads.json
func TestPayloadVectors(t *testing.T) {
	for _, v := range vectors.Payloads() {
		opt := Options{Payload: true}
		r := Bytes(v.Bytes, opt)
		check(t, v.ID, v.Bytes, r, opt)
		checkJSON(t, v.ID, r)
		at := -1
		switch v.Error {
		case vectors.InvalidUTF8:
			at = 2 + v.Offset
		case vectors.TooLong:
			at = frame.MaxPayload
		case vectors.Short, vectors.InvalidCode:
			at = 0
		}
		expect(t, v.ID, r.Frames[0], v.Error, v.Answer, v.Code, v.Reason, at)
	}
}

// expect compares a frame with a vector. at is the offset of the fault, or -1
// if the vector does not have it.
func expect(t *testing.T, id string, f Frame, err string, answer, code uint16, reason string, at int) {
	t.Helper()
	v := f.Verdict
	if v.Error != err || v.Answer != closecode.Code(answer) {
		t.Errorf("%s: %q, answered with %d, want %q and %d", id, v.Error, v.Answer, err, answer)
	}
	if at >= 0 && (v.Offset == nil || *v.Offset != at) {
		t.Errorf("%s: at %v, want %d", id, v.Offset, at)
	}
	if err == "" && (f.Close == nil || f.Close.Code != closecode.Code(code) || f.Close.Reason != reason || f.Close.Length != len(reason)) {
		t.Errorf("%s: says %+v, want %d %q", id, f.Close, code, reason)
	}
}

// check checks the properties of every report.
func check(t *testing.T, id string, b []byte, r Report, opt Options) {
	t.Helper()
	fail := func(format string, a ...any) {
		t.Helper()
		t.Errorf(id+": % x: "+format, append([]any{b}, a...)...)
	}
	at, closes, good := 0, 0, true
	closed := map[bool]bool{} // by the mask bit
	for _, f := range r.Frames {
		if f.Offset != at || f.Size < 1 && !opt.Payload || at+f.Size > len(b) {
			fail("a frame of %d bytes at %d, want it at %d", f.Size, f.Offset, at)
			return
		}
		checkSpans(fail, b, f)
		checkVerdict(fail, b[f.Offset:], f, opt)
		at += f.Size
		if f.Type == "close" || f.Type == "payload" {
			closes++
		}
		s := f.Verdict.Status
		if s == Invalid || s == Incomplete || f.Order != nil && f.Order.Violation {
			good = false
		}
		side := f.Masked
		late := closed[side] && (f.Type == "close" || f.Type == "ping" || f.data())
		if late != (f.Order != nil) || late && f.Order.Violation == (f.Type == "ping") {
			fail("at %d: order %+v", f.Offset, f.Order)
		}
		closed[side] = closed[side] || s == Valid && f.Type == "close"
		if !bytes.Equal(f.Bytes, b[f.Offset:f.Offset+f.Size]) {
			fail("bytes of the frame at %d: % x", f.Offset, f.Bytes)
		}
	}
	if at+r.Rest != len(b) {
		fail("%d bytes are explained and %d are not", at, r.Rest)
	}
	if want := closes > 0 && good && r.Rest == 0; r.Valid != want {
		fail("valid: %v, want %v", r.Valid, want)
	}
}

// checkJSON checks that nothing is lost in JSON, and that all texts are safe
// for a terminal.
func checkJSON(t *testing.T, id string, r Report) {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	var back Report
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	if again, err := json.Marshal(back); !bytes.Equal(again, text) {
		t.Errorf("%s: %s, %v, want %s", id, again, err, text)
	}
	walk(reflect.ValueOf(r), func(s string, name string) {
		if name != "Reason" && strings.ContainsFunc(s, func(c rune) bool { return !(c == ' ' || c > ' ' && utf8.ValidRune(c) && printable(c)) }) {
			t.Errorf("%s: %s is %q", id, name, s)
		}
	})
}

// printable reports whether c is safe for a terminal.
func printable(c rune) bool {
	return c < 0x7f || c >= 0xa0 && !(c >= 0x200b && c <= 0x200f) && !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2060 && c <= 0x206f) && c != 0xfeff
}

// walk calls f for all strings in v.
func walk(v reflect.Value, f func(s, name string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), f)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			walk(v.Index(i), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).Kind() == reflect.String {
				f(v.Field(i).String(), v.Type().Field(i).Name)
			} else if v.Type().Field(i).IsExported() {
				walk(v.Field(i), f)
			}
		}
	}
}

// checkSpans checks that the spans are the bytes of the frame, each bit of it
// in exactly one.
func checkSpans(fail func(string, ...any), b []byte, f Frame) {
	at, bit := f.Offset, 0
	pos := 0 // in the payload
	for _, s := range f.Spans {
		if s.Offset != at || s.Length < 1 || at+s.Length > f.Offset+f.Size {
			fail("the span %+v is at %d, want %d", s, s.Offset, at)
			return
		}
		if !bytes.HasPrefix(b[at:at+s.Length], s.Bytes) || len(s.Bytes) != s.Length && len(s.Bytes) != shown {
			fail("the bytes of %+v are % x", s, b[at:at+s.Length])
		}
		if s.Meaning == "" || s.Field == "" {
			fail("the span %+v does not say what it is", s)
		}
		if s.Unmasked != nil {
			p := bytes.Clone(s.Bytes)
			frame.Mask(p, [4]byte(f.Key), pos)
			if !bytes.Equal(p, s.Unmasked) {
				fail("%+v is % x unmasked", s, p)
			}
			pos = (pos + s.Length) & 3
		}
		if s.Bits == "" {
			at += s.Length
			continue
		}
		for i, c := range strings.ReplaceAll(s.Bits, " ", "") {
			if c == '.' {
				continue
			}
			if i != bit || byte(c-'0') != s.Bytes[0]>>(7-i)&1 {
				fail("bit %d of %+v", i, s)
			}
			bit++
		}
		if bit == 8 {
			at++
			bit = 0
		}
	}
	if at != f.Offset+f.Size || bit != 0 {
		fail("the spans end at %d, bit %d, the frame at %d", at, bit, f.Offset+f.Size)
	}
}

// checkVerdict checks that the verdict is that of package frame, and that the
// marked field is the one at fault.
func checkVerdict(fail func(string, ...any), b []byte, f Frame, opt Options) {
	var c frame.Close
	var err error
	switch {
	case opt.Payload:
		c, err = frame.ParsePayload(b)
	case opt.From == Client || opt.From == Either && f.Masked:
		c, _, err = frame.ParseMasked(nil, b)
	default:
		c, _, err = frame.Parse(b)
	}
	v := f.Verdict
	if err != v.Err() {
		fail("error %v, want %v", v.Err(), err)
	}
	faults := 0
	for _, s := range f.Spans {
		if s.Fault {
			faults++
			if v.Offset == nil || *v.Offset != s.Offset {
				fail("the verdict %+v is not at %+v", v, s)
			}
		}
	}
	if v.Message == "" {
		fail("no message in %+v", v)
	}
	var e frame.Error
	switch {
	case err == nil:
		if v.Status != Valid || v.Error != "" || faults != 0 || f.Close.Code != c.Code || f.Close.Reason != string(c.Reason) {
			fail("%+v %+v, want %+v", v, f.Close, c)
		}
	case err == frame.ErrIncomplete:
		if v.Status != Incomplete || v.Missing == 0 || faults != 0 || v.Offset != nil {
			fail("%+v of an incomplete frame", v)
		}
	case err == frame.ErrNotClose && f.Length>>63 != 0:
		if v.Status != Invalid || v.Answer != 1002 || faults != 1 || v.Error != vectors.TooLong || v.Quote == "" {
			fail("%+v of a frame whose length has its top bit set", v)
		}
	case err == frame.ErrNotClose:
		if v.Status != Other && (v.Status != Incomplete || v.Missing == 0) || faults != 0 || v.Answer != 0 || v.Error != vectors.NotClose {
			fail("%+v of another frame", v)
		}
	case errors.As(err, &e):
		if v.Status != Invalid || v.Answer != e.Code() || faults != 1 || v.Offset == nil || v.Rule == "" || v.Quote == "" || v.Error == "" {
			fail("%+v of an invalid frame with %d faults", v, faults)
		}
	default:
		fail("unknown error %v", err)
	}
}

// TestEveryPrefix verifies the explanation of every prefix of the vectors, up to
// 16 bytes.
func TestEveryPrefix(t *testing.T) {
	for _, v := range vectors.Frames() {
		for i := range min(len(v.Bytes), 16) {
			for _, from := range []Side{Either, Client, Server} {
				opt := Options{From: from}
				check(t, v.ID, v.Bytes[:i], Bytes(v.Bytes[:i], opt), opt)
			}
		}
	}
}

// TestInARow verifies the explanation of several frames in one input, chosen at
// random from the vectors.
func TestInARow(t *testing.T) {
	all := vectors.Frames()
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var b []byte
		for range 4 {
			b = append(b, all[rnd.IntN(len(all))].Bytes...)
		}
		check(t, "in a row", b, Bytes(b, Options{}), Options{})
	}
}

// TestHeaders verifies the explanation of every value of the first two bytes.
func TestHeaders(t *testing.T) {
	tail := []byte("\x00\x00\x00\x00\x00\x00\x00\x05\x01\x02\x03\x04\x02\xea\x41\x42\x43\x88\x00")
	for h := range 1 << 16 {
		b := append([]byte{byte(h >> 8), byte(h)}, tail...)
		check(t, "header", b, Bytes(b, Options{}), Options{})
	}
}

func TestHugeLengths(t *testing.T) {
	for _, h := range []string{"\x81\x7f", "\x81\xff", "\x88\x7f", "\x88\xff"} {
		for _, n := range []string{"\xff\xff\xff\xff\xff\xff\xff\xff", "\x7f\xff\xff\xff\xff\xff\xff\xff", "\x80\x00\x00\x00\x00\x00\x00\x00"} {
			for _, tail := range []string{"", "\x01", "\x01\x02\x03\x04", "\x01\x02\x03\x04\x05"} {
				b := []byte(h + n + tail)
				check(t, "huge", b, Bytes(b, Options{}), Options{})
			}
		}
	}
}

func TestMissing(t *testing.T) {
	tests := []struct {
		in      string
		missing uint64
	}{
		{"\x81", 1},
		{"\x81\x05", 5},
		{"\x81\x05ab", 3},
		{"\x81\x85", 9},
		{"\x81\x85\x01\x02", 7},
		{"\x81\x7e", 2},
		{"\x81\x7e\x00", 1},
		{"\x81\x7f\x00\x00\x00", 5},
		{"\x81\x7e\x01\x00", 256},
		{"\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xffa", 1<<63 - 2},
		{"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x01", 1<<63 + 2}, // no overflow of int64
	}
	for _, tt := range tests {
		v := Bytes([]byte(tt.in), Options{}).Frames[0].Verdict
		if v.Status != Incomplete || v.Missing != tt.missing {
			t.Errorf("%x: %s, %d bytes are missing, want %d", tt.in, v.Status, v.Missing, tt.missing)
		}
	}
}

func TestMeanings(t *testing.T) {
	tests := []struct {
		in    string
		field Field // the last one of that name
		want  string
	}{
		{"\x81\x7e\x00\x7d", ExtLength, "125 bytes of payload; a shorter field would do"},
		{"\x81\x7e\x00\x7e", ExtLength, "126 bytes of payload"},
		{"\x81\x7e\xff\xff", ExtLength, "65535 bytes of payload"},
		{"\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff", ExtLength, "65535 bytes of payload; a shorter field would do"},
		{"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", ExtLength, "65536 bytes of payload"},
		{"\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", ExtLength, "the top bit of a length must be 0"},
		{"\xc1", RSV, "RSV1 set (compressed, if agreed on)"},
		{"\xc2", RSV, "RSV1 set (compressed, if agreed on)"},
		{"\xc0", RSV, "RSV1 set"},
		{"\xc9", RSV, "RSV1 set"},
		{"\xa1", RSV, "RSV2 set"},
		{"\x91", RSV, "RSV3 set"},
		{"\xf8", RSV, "RSV1 and RSV2 and RSV3 set"},
		{"\x01", FIN, "not final: more fragments follow"},
		{"\x09", FIN, "not final, but a control frame must be"},
		{"\x8b", Opcode, "11: reserved for control frames"},
		{"\x87", Opcode, "7: reserved for data frames"},
	}
	for _, tt := range tests {
		got := ""
		for _, s := range Bytes([]byte(tt.in), Options{}).Frames[0].Spans {
			if s.Field == tt.field {
				got = s.Meaning
			}
		}
		if got != tt.want {
			t.Errorf("%x: %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestManyFrames(t *testing.T) {
	b := append(bytes.Repeat([]byte{0x89, 0}, MaxFrames-1), 0x88, 0)
	if r := Bytes(b, Options{}); len(r.Frames) != MaxFrames || r.Rest != 0 || !r.Valid {
		t.Errorf("%d frames, rest %d, valid %v", len(r.Frames), r.Rest, r.Valid)
	}
	b = append(b, 0x88, 0)
	if r := Bytes(b, Options{}); len(r.Frames) != MaxFrames || r.Rest != 2 || r.Valid {
		t.Errorf("%d frames, rest %d, valid %v", len(r.Frames), r.Rest, r.Valid)
	}
}

func TestInputIsNotKept(t *testing.T) {
	b := []byte("\x88\x82\x01\x02\x03\x04\x02\xea\x89\x01a")
	before := bytes.Clone(b)
	r := Bytes(b, Options{})
	want, _ := json.Marshal(r)
	if !bytes.Equal(b, before) {
		t.Errorf("changed to % x", b)
	}
	clear(b)
	if got, _ := json.Marshal(r); !bytes.Equal(got, want) {
		t.Errorf("the report has changed to %s", got)
	}
}

func TestAfterClose(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want []bool // whether each frame violates the order
	}{
		{"text after Close", "\x88\x00\x81\x00", []bool{false, true}},
		{"cut", "\x88\x00\x81\x05", []bool{false, true}},
		{"Ping after Close", "\x88\x00\x89\x00", []bool{false, false}},
		{"second Close", "\x88\x00\x88\x00", []bool{false, true}},
		{"before", "\x81\x00\x88\x00", []bool{false, false}},
		{"the other side's", "\x88\x00\x81\x80\x00\x00\x00\x00", []bool{false, false}},
		{"after an invalid one", "\x88\x01\x00\x81\x00", []bool{false, false}},
	}
	for _, tt := range tests {
		var got []bool
		for _, f := range Bytes([]byte(tt.in), Options{}).Frames {
			got = append(got, f.Order != nil && f.Order.Violation)
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestIllFormed(t *testing.T) {
	tests := []struct {
		in      string
		n, kind int
	}{
		{"\x80a", 1, stray},
		{"\xbf", 1, stray},
		{"\xc0\x80", 2, overlong},
		{"\xc1", 1, overlong},
		{"\xe0\x80\x80", 3, overlong},
		{"\xe0\x9f", 2, overlong},
		{"\xf0\x8f\xbf\xbf", 4, overlong},
		{"\xed\xa0\x80x", 3, surrogate},
		{"\xed\xbf", 2, surrogate},
		{"\xf4\x90\x80\x80", 4, beyond},
		{"\xf5\x80\x80\x80\x80", 4, beyond},
		{"\xf7", 1, beyond},
		{"\xf8\x80", 1, never},
		{"\xff", 1, never},
		{"\xc3(", 1, broken},
		{"\xe0\xa0(", 2, broken},
		{"\xed\x9f(", 2, broken},
		{"\xf0\x90(", 2, broken},
		{"\xf4\x8f(", 2, broken},
		{"\xe2\x82(", 2, broken},
		{"\xf0\x9f\x98\xc3\xa9", 3, broken},
		{"\xe0a", 1, broken},
		{"\xc3", 1, cut},
		{"\xe2\x82", 2, cut},
		{"\xed", 1, cut},
		{"\xf0\x9f\x98", 3, cut},
	}
	for _, tt := range tests {
		if n, kind := illFormed([]byte(tt.in)); n != tt.n || kind != tt.kind {
			t.Errorf("%q: %d bytes, kind %d, want %d and %d", tt.in, n, kind, tt.n, tt.kind)
		}
	}
}

// TestTexts verifies that every language has the texts whose keys are built at
// run time.
func TestTexts(t *testing.T) {
	for _, tag := range catalog.Languages() {
		text := textOf(tag)
		var keys []string
		for _, name := range utf8Names {
			keys = append(keys, "utf8."+name)
		}
		for _, kind := range types {
			if kind != "reserved" {
				keys = append(keys, "opcode."+kind)
			}
		}
		for e := frame.ErrReservedBits; e <= frame.ErrInvalidUTF8; e++ {
			if e != frame.ErrInvalidCode {
				keys = append(keys, "fault."+rulebook.Name(e))
			}
		}
		for c := closecode.Unused; c <= closecode.OutOfRange; c++ {
			if c != closecode.Standard && c != closecode.Registered && c != closecode.Private {
				keys = append(keys, "class."+c.String())
			}
		}
		for _, key := range keys {
			if !text.Has("dissect." + key) {
				t.Errorf("%s: no text dissect.%s", tag, key)
			}
		}
	}
	if textOf("tlh").Tag() != "en" || textOf("").Tag() != "en" {
		t.Error("an unsupported language is not replaced by English")
	}
}

func FuzzDissect(f *testing.F) {
	for i, v := range vectors.Frames() {
		if i%40 == 0 { // only some, because all seeds run before the fuzzing starts
			f.Add([]byte(v.Bytes), byte(0))
		}
	}
	for i, v := range vectors.Payloads() {
		if i%40 == 0 {
			f.Add([]byte(v.Bytes), byte(3))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, how byte) {
		opt := Options{From: Side(how % 4)}
		if how%4 == 3 {
			opt = Options{Payload: true}
		}
		if how&4 != 0 {
			opt.Lang = "zh-Hans"
		}
		r := Bytes(b, opt)
		check(t, "fuzz", b, r, opt)
		checkJSON(t, "fuzz", r)
	})
}
