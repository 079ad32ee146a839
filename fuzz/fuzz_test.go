package fuzz

import (
	"bytes"
	"flag"
	"slices"
	"testing"

	"github.com/closeframe/closeframe/closecode"
	"github.com/closeframe/closeframe/frame"
	"github.com/closeframe/closeframe/internal/check/model"
	"github.com/closeframe/closeframe/internal/vectors"
	"github.com/closeframe/closeframe/utf8check"
)

// noAllocs fails the test if every call of f allocates. It does nothing while
// fuzzing, because the fuzzing engine allocates at the same time. On a busy
// machine other code may allocate during a single call.
func noAllocs(t *testing.T, f func()) {
	t.Helper()
	if flag.Lookup("test.fuzz").Value.String() != "" {
		return
	}
	n := 1.0
	for tries := 0; tries < 5 && n != 0; tries++ {
		n = testing.AllocsPerRun(1, f)
	}
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzParse passes the input to all three parsers: as frames, as a payload, and
// as the payload of frames. It encodes each accepted Close again.
//
// Shows: P01 P03 P08 R13 R14 R15
func FuzzParse(f *testing.F) {
	for _, v := range vectors.Frames() {
		f.Add([]byte(v.Bytes), uint32(0))
	}
	for _, v := range vectors.Payloads() {
		f.Add([]byte(v.Bytes), uint32(0x37fa213d))
	}
	f.Fuzz(func(t *testing.T, b []byte, k uint32) {
		parseAll(t, b)
		if len(b) > frame.MaxPayload {
			return
		}
		key := [4]byte{byte(k >> 24), byte(k >> 16), byte(k >> 8), byte(k)}
		parseAll(t, append([]byte{0x88, byte(len(b))}, b...))
		client := append([]byte{0x88, 0x80 | byte(len(b)), key[0], key[1], key[2], key[3]}, b...)
		for i := range b {
			client[6+i] ^= key[i%4]
		}
		parseAll(t, client)
	})
}

func parseAll(t *testing.T, b []byte) {
	original := slices.Clone(b)
	var room [frame.MaxPayload]byte

	// As a payload.
	c, err := frame.ParsePayload(b)
	want := model.ParsePayload(b)
	if got := model.Told(c, 0, err); got != want {
		t.Fatalf("ParsePayload(% x): got %+v, want %+v", b, got, want)
	}
	noAllocs(t, func() { frame.ParsePayload(b) })
	if err == nil {
		if again, err := frame.AppendPayload(nil, c.Code, c.Reason); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("AppendPayload makes % x of % x, %v", again, b, err)
		}
	}

	// As frames of both directions, whole, and each of their prefixes.
	for _, p := range []struct {
		name   string
		masked bool
		parse  func(b []byte) (frame.Close, int, error)
	}{
		{"Parse", false, frame.Parse},
		{"ParseMasked", true, func(b []byte) (frame.Close, int, error) { return frame.ParseMasked(room[:0], b) }},
	} {
		want := model.ParseFrame(b, p.masked)
		c, n, err := p.parse(b)
		if got := model.Told(c, n, err); got != want {
			t.Fatalf("%s(% x): got %+v, want %+v", p.name, b, got, want)
		}
		noAllocs(t, func() { p.parse(b) })
		if cap(c.Reason) != len(c.Reason) {
			t.Fatalf("%s(% x): a reason of %d bytes has room for %d", p.name, b, len(c.Reason), cap(c.Reason))
		}
		if err != nil {
			continue
		}
		reason := string(c.Reason)
		for i := range n {
			want := model.ParseFrame(b[:i], p.masked)
			if want.Fault != vectors.Incomplete {
				t.Fatalf("the oracle finds %d of %d bytes %+v", i, n, want)
			}
			if got := model.Told(p.parse(b[:i:i])); got != want {
				t.Fatalf("%s(% x): got %+v, want %+v", p.name, b[:i], got, want)
			}
		}
		c, m, err := p.parse(b[:n:n]) // and nothing after it
		if got := model.Told(c, m, err); got != want {
			t.Fatalf("%s(% x): got %+v, want %+v", p.name, b[:n], got, want)
		}

		// Only one frame encodes this Close, apart from the key.
		var again []byte
		if p.masked {
			again, err = frame.AppendMasked(nil, [4]byte(b[2:]), c.Code, reason)
		} else {
			again, err = frame.Append(nil, c.Code, reason)
		}
		if err != nil || !bytes.Equal(again, b[:n]) {
			t.Fatalf("appending makes % x of % x, %v", again, b[:n], err)
		}
	}
	if !bytes.Equal(b, original) {
		t.Fatalf("% x was changed to % x", original, b)
	}

	// In place, only the payload may change.
	if cap(b) < 6 {
		b = append(make([]byte, 0, 6), b...)
	}
	want = model.ParseFrame(original, true)
	c, n, err := frame.ParseMasked(b[6:6], b)
	if got := model.Told(c, n, err); got != want {
		t.Fatalf("ParseMasked in place (% x): got %+v, want %+v", original, got, want)
	}
	from, to := len(b), len(b)
	if want.N > 0 && want.Fault == "" || want.Fault == vectors.InvalidCode || want.Fault == vectors.InvalidUTF8 {
		from, to = 6, 6+int(b[1]&127)
	}
	if !bytes.Equal(b[:from], original[:from]) || !bytes.Equal(b[to:], original[to:]) {
		t.Fatalf("ParseMasked in place made % x of % x", b, original)
	}
}

// fresh returns n bytes with the pattern that untouched expects.
func fresh(n int) []byte { return bytes.Repeat([]byte{0xa5}, n) }

// untouched reports whether b still has the pattern of fresh.
func untouched(b []byte) bool {
	for _, c := range b {
		if c != 0xa5 {
			return false
		}
	}
	return true
}

// FuzzAppend passes a code and a reason to all three append functions. Their
// results must equal those of the oracle, and the parsers must accept them.
//
// Shows: R13 R15 R29 P08
func FuzzAppend(f *testing.F) {
	for _, v := range vectors.Encodings() {
		f.Add(v.Code, []byte(v.Reason), []byte(v.Key))
	}
	f.Fuzz(func(t *testing.T, code uint16, reason, k []byte) {
		var key [4]byte
		copy(key[:], k)
		payload, wantErr := model.AppendPayload(int(code), reason)
		server := append([]byte{0x88, byte(len(payload))}, payload...)
		client := append([]byte{0x88, 0x80 | byte(len(payload))}, key[:]...)
		for i, c := range payload {
			client = append(client, c^key[i%4])
		}
		appendAll(t, closecode.Code(code), key, reason, [3][]byte{payload, server, client}, wantErr)
		appendAll(t, closecode.Code(code), key, string(reason), [3][]byte{payload, server, client}, wantErr)

		// After Truncate, and with a valid code, it can be sent.
		cut := utf8check.Truncate(reason)
		if _, err := frame.Append(nil, closecode.PolicyViolation, cut); err != nil {
			t.Fatalf("Truncate(%q) = %q cannot be sent: %v", reason, cut, err)
		}
	})
}

func appendAll[Bytes ~[]byte | ~string](t *testing.T, code closecode.Code, key [4]byte, reason Bytes, want [3][]byte, wantErr string) {
	for i, app := range []func(b []byte) ([]byte, error){
		func(b []byte) ([]byte, error) { return frame.AppendPayload(b, code, reason) },
		func(b []byte) ([]byte, error) { return frame.Append(b, code, reason) },
		func(b []byte) ([]byte, error) { return frame.AppendMasked(b, key, code, reason) },
	} {
		whole := fresh(3 + frame.MaxSize + 3)
		b, err := app(whole[:3])
		if model.Fault(err) != wantErr {
			t.Fatalf("%d %q: error %v, want %s", code, reason, err, wantErr)
		}
		noAllocs(t, func() { app(whole[:3]) })
		if err != nil {
			if len(b) != 3 || !untouched(whole) {
				t.Fatalf("%d %q: %v, and b was changed to % x", code, reason, err, whole)
			}
			continue
		}
		if !bytes.Equal(b[3:], want[i]) || !untouched(whole[:3]) || !untouched(whole[len(b):]) {
			t.Fatalf("%d %q: got % x in % x, want % x", code, reason, b, whole, want[i])
		}
		var c frame.Close
		n := len(want[i])
		switch i {
		case 0:
			c, err = frame.ParsePayload(b[3:])
		case 1:
			c, n, err = frame.Parse(b[3:])
		case 2:
			c, n, err = frame.ParseMasked(nil, b[3:])
		}
		if err != nil || c.Code != code || string(c.Reason) != string(reason) || n != len(want[i]) {
			t.Fatalf("%d %q is parsed as %d %q, %d bytes, %v", code, reason, c.Code, c.Reason, n, err)
		}
	}
}

// FuzzMask compares Mask with RFC 6455 §5.3, in one chunk and in two, and
// verifies that masking twice restores the input.
//
// Shows: R01
func FuzzMask(f *testing.F) {
	f.Add([]byte("Hello"), uint32(0x37fa213d), 0, uint16(2))
	for _, v := range vectors.Texts() {
		f.Add([]byte(v.Bytes), uint32(0x01020384), len(v.Bytes), uint16(v.Offset))
	}
	f.Fuzz(func(t *testing.T, p []byte, k uint32, pos int, cut uint16) {
		key := [4]byte{byte(k >> 24), byte(k >> 16), byte(k >> 8), byte(k)}
		want := slices.Clone(p)
		for i := range want {
			want[i] ^= key[(pos+i)&3]
		}
		got := slices.Clone(p)
		if next := frame.Mask(got, key, pos); !bytes.Equal(got, want) || next != (pos+len(p))&3 {
			t.Fatalf("Mask(% x, % x, %d) = % x, %d", p, key, pos, got, next)
		}
		noAllocs(t, func() { frame.Mask(got, key, pos); frame.Mask(got, key, pos) })
		frame.Mask(got, key, pos)
		if !bytes.Equal(got, p) {
			t.Fatalf("Mask twice (% x, % x, %d): % x", p, key, pos, got)
		}
		half := int(cut) % (len(p) + 1)
		next := frame.Mask(got[:half], key, pos)
		if next = frame.Mask(got[half:], key, next); !bytes.Equal(got, want) || next != (pos+len(p))&3 {
			t.Fatalf("Mask(% x, % x, %d) in two, from %d on: % x", p, key, pos, half, got)
		}
	})
}
