package frame_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/vectors"
)

// named maps the error names of the vectors to errors.
var named = []struct {
	name string
	err  error
}{
	{vectors.Incomplete, frame.ErrIncomplete},
	{vectors.NotClose, frame.ErrNotClose},
	{vectors.ReservedBits, frame.ErrReservedBits},
	{vectors.Fragmented, frame.ErrFragmented},
	{vectors.Masked, frame.ErrMasked},
	{vectors.Unmasked, frame.ErrUnmasked},
	{vectors.TooLong, frame.ErrTooLong},
	{vectors.Short, frame.ErrShort},
	{vectors.InvalidCode, frame.ErrInvalidCode},
	{vectors.InvalidUTF8, frame.ErrInvalidUTF8},
}

// A result holds the results of a parser, in the form that the vectors use.
type result struct {
	n      int
	code   uint16
	reason string
	err    string
	answer uint16
}

// toResult converts the results of a parser to a result.
func toResult(c frame.Close, n int, err error) result {
	r := result{n: n, code: uint16(c.Code), reason: string(c.Reason)}
	if e, ok := err.(frame.Error); ok {
		r.answer = uint16(e.Code())
	}
	r.err = nameOf(err)
	return r
}

// nameOf returns the name of err in the vectors.
func nameOf(err error) string {
	if err == nil {
		return ""
	}
	for _, e := range named {
		if err == e.err {
			return e.name
		}
	}
	return fmt.Sprintf("%T %v", err, err)
}

// check compares got with want, and verifies the properties of every Close and
// every error.
func check(t *testing.T, id string, c frame.Close, n int, err error, want result) {
	t.Helper()
	if got := toResult(c, n, err); got != want {
		t.Errorf("%s: got %+v, want %+v", id, got, want)
	}
	if cap(c.Reason) != len(c.Reason) {
		t.Errorf("%s: the reason's capacity is %d, its length %d", id, cap(c.Reason), len(c.Reason))
	}
	if err != nil && (c.Code != 0 || c.Reason != nil) {
		t.Errorf("%s: with an error, the Close is %+v", id, c)
	}
}

// Shows: payloads.json
func TestPayloadVectors(t *testing.T) {
	for _, v := range vectors.Payloads() {
		want := result{0, v.Code, v.Reason, v.Error, v.Answer}
		p := slices.Clone([]byte(v.Bytes))
		c, err := frame.ParsePayload(p)
		check(t, v.ID, c, 0, err, want)
		if !bytes.Equal(p, v.Bytes) {
			t.Errorf("%s: the payload was changed", v.ID)
		}
		if len(c.Reason) > 0 && &c.Reason[0] != &p[2] {
			t.Errorf("%s: the reason is not a view of the payload", v.ID)
		}

		// Parse the same payload in frames, if a header can announce its
		// length.
		if len(p) == 1 || len(p) > frame.MaxPayload {
			continue
		}
		b := append([]byte{0x88, byte(len(p))}, p...)
		want.n = len(b)
		if want.err != "" {
			want.n = 0
		}
		c, n, err := frame.Parse(b)
		check(t, v.ID+"/Parse", c, n, err, want)

		key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
		b = append([]byte{0x88, 0x80 | byte(len(p)), key[0], key[1], key[2], key[3]}, masked(p, key)...)
		if want.n > 0 {
			want.n += 4
		}
		c, n, err = frame.ParseMasked(nil, b)
		check(t, v.ID+"/ParseMasked", c, n, err, want)
		c, n, err = frame.ParseMasked(b[6:6], b)
		check(t, v.ID+"/ParseMasked in place", c, n, err, want)
	}
}

// masked returns a copy of p that is masked according to RFC 6455 §5.3.
func masked(p []byte, key [4]byte) []byte {
	q := make([]byte, len(p))
	for i := range p {
		q[i] = p[i] ^ key[i%4]
	}
	return q
}

// parse calls the parser for the frames that an endpoint with this role
// receives.
func parse(role string, b []byte) (frame.Close, int, error) {
	if role == vectors.Client {
		return frame.Parse(b)
	}
	return frame.ParseMasked(nil, b)
}

// Shows: frames.json
func TestFrameVectors(t *testing.T) {
	for _, v := range vectors.Frames() {
		b := slices.Clone([]byte(v.Bytes))
		want := result{v.N, v.Code, v.Reason, v.Error, v.Answer}
		c, n, err := parse(v.Role, b)
		check(t, v.ID, c, n, err, want)
		if !bytes.Equal(b, v.Bytes) {
			t.Errorf("%s: the frame was changed", v.ID)
		}
		if v.Role == vectors.Client && len(c.Reason) > 0 && &c.Reason[0] != &b[4] {
			t.Errorf("%s: the reason is not a view of the frame", v.ID)
		}

		// Bytes after the frame, or after the error, do not change the result.
		if v.Error == vectors.Incomplete {
			continue
		}
		for _, more := range []string{"\x88", "\x88\x02\x03\xe8", strings.Repeat("\xff", 200)} {
			b := append(slices.Clone([]byte(v.Bytes)), more...)
			if v.Error != "" && len(v.Bytes) < 2 {
				b = append(slices.Clone([]byte(v.Bytes)), more[0])
			}
			c, n, err := parse(v.Role, b)
			check(t, v.ID+" and more", c, n, err, want)
		}

		// Every proper prefix of a valid frame is incomplete.
		if v.Error == "" {
			for i := range v.N {
				want := result{err: vectors.Incomplete}
				c, n, err := parse(v.Role, v.Bytes[:i])
				check(t, fmt.Sprintf("%s, %d bytes", v.ID, i), c, n, err, want)
			}
		}
	}
}

type (
	text  string
	octet []byte
)

// Shows: encode.json R01 R03 R13 R29
func TestEncodeVectors(t *testing.T) {
	for _, v := range vectors.Encodings() {
		appendAll(t, v, string(v.Reason))
		appendAll(t, v, []byte(v.Reason))
		appendAll(t, v, text(v.Reason))
		appendAll(t, v, octet(v.Reason))
		if len(v.Reason) == 0 {
			appendAll(t, v, octet(nil))
		}
	}
}

func appendAll[Bytes ~[]byte | ~string](t *testing.T, v vectors.Encoding, reason Bytes) {
	t.Helper()
	code, key := closecode.Code(v.Code), [4]byte(v.Key)
	for _, f := range []struct {
		name   string
		append func(b []byte) ([]byte, error)
		want   []byte
	}{
		{"AppendPayload", func(b []byte) ([]byte, error) { return frame.AppendPayload(b, code, reason) }, v.Payload},
		{"Append", func(b []byte) ([]byte, error) { return frame.Append(b, code, reason) }, v.Frame},
		{"AppendMasked", func(b []byte) ([]byte, error) { return frame.AppendMasked(b, key, code, reason) }, v.Masked},
	} {
		id := fmt.Sprintf("%s/%s/%T", v.ID, f.name, reason)
		for _, before := range []int{0, 1, 13} {
			for _, spare := range []int{0, 1, len(f.want) - 1, len(f.want), len(f.want) + 1, len(f.want) + 100} {
				if spare < 0 {
					continue
				}
				// before is the number of bytes in use.
				whole := fresh(before + spare)
				b := whole[:before]
				got, err := f.append(b)
				if name := nameOf(err); name != v.Error {
					t.Fatalf("%s: error %s, want %s", id, name, v.Error)
				}
				if err != nil {
					if len(got) != len(b) || cap(got) != cap(b) || cap(b) > 0 && &got[:1][0] != &b[:1][0] {
						t.Errorf("%s: with an error, the result is not b", id)
					}
					if !untouched(whole) {
						t.Errorf("%s: with an error, b's memory was changed: % x", id, whole)
					}
					continue
				}
				if !bytes.Equal(got[before:], f.want) || !bytes.Equal(got[:before], b) {
					t.Fatalf("%s: got % x, want % x", id, got[before:], f.want)
				}
				if spare < len(f.want) {
					if !untouched(whole) {
						t.Errorf("%s: b was changed although the result did not fit: % x", id, whole)
					}
					continue
				}
				if len(got) > 0 && &got[0] != &whole[0] {
					t.Errorf("%s: reallocated although there was room", id)
				}
				if !untouched(whole[len(got):]) {
					t.Errorf("%s: wrote beyond the result: % x", id, whole[len(got):])
				}
			}
		}
	}
}
