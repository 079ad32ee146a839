package fuzz

import (
	"bytes"
	"slices"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/runes"

	"github.com/closeframe/closeframe/internal/check/model"
	"github.com/closeframe/closeframe/internal/vectors"
	"github.com/closeframe/closeframe/utf8check"
)

// FuzzValid compares Valid and IndexInvalid with the oracle and with two
// functions of golang.org/x/text. It also prefixes the input with valid text,
// so that errors occur at any position.
//
// Shows: U01 U02 U03 U04
func FuzzValid(f *testing.F) {
	for _, v := range vectors.Texts() {
		f.Add([]byte(v.Bytes), uint8(0))
		f.Add([]byte(v.Bytes), uint8(60))
	}
	f.Fuzz(func(t *testing.T, s []byte, before uint8) {
		checkValid(t, s)
		checkValid(t, append(bytes.Repeat([]byte("关"), int(before)), s...))
	})
}

func checkValid(t *testing.T, s []byte) {
	at, _ := model.IllFormed(s)
	if got := utf8check.Valid(s); got != (at < 0) || utf8check.Valid(string(s)) != got {
		t.Fatalf("Valid(%q) = %v", s, got)
	}
	if got := utf8check.IndexInvalid(s); got != at || utf8check.IndexInvalid(string(s)) != got {
		t.Fatalf("IndexInvalid(%q) = %d, want %d", s, got, at)
	}
	noAllocs(t, func() { utf8check.Valid(s); utf8check.IndexInvalid(s) })

	dst := make([]byte, len(s))
	_, n, err := encoding.UTF8Validator.Transform(dst, s, true)
	if (err == nil) != (at < 0) || err != nil && n != at {
		t.Fatalf("UTF8Validator of %q stops at %d, %v; the oracle at %d", s, n, err, at)
	}
	if same := bytes.Equal(runes.ReplaceIllFormed().Bytes(s), s); same != (at < 0) {
		t.Fatalf("ReplaceIllFormed of %q changes it: %v", s, !same)
	}
}

// FuzzTruncate verifies that Truncate returns the longest valid prefix.
//
// Shows: P07
func FuzzTruncate(f *testing.F) {
	for _, v := range vectors.Texts() {
		f.Add([]byte(v.Bytes))
	}
	f.Fuzz(func(t *testing.T, s []byte) {
		// The expected prefix is found by trying all lengths.
		want := 0
		for n := range min(len(s), utf8check.MaxReason) + 1 {
			if at, _ := model.IllFormed(s[:n]); at < 0 {
				want = n
			}
		}
		got := utf8check.Truncate(s)
		if !bytes.Equal(got, s[:want]) || utf8check.Truncate(string(s)) != string(got) {
			t.Fatalf("Truncate(%q) has %d bytes, want %d", s, len(got), want)
		}
		noAllocs(t, func() { utf8check.Truncate(s) })
	})
}

// FuzzStream passes an input to a Stream in chunks. Each byte of cuts describes
// one chunk: its length in the lower seven bits, and in the highest bit whether
// it is masked. The last chunk is the rest.
//
// Shows: R23
func FuzzStream(f *testing.F) {
	for i, v := range vectors.Texts() {
		f.Add([]byte(v.Bytes), []byte{}, uint32(0), 0)
		f.Add([]byte(v.Bytes), []byte{byte(i), 1, 0x81, 0x82, 0, 3, 0x80 | byte(i)}, uint32(i)*0x9e3779b1, i)
	}
	f.Fuzz(func(t *testing.T, s, cuts []byte, k uint32, pos int) {
		key := [4]byte{byte(k >> 24), byte(k >> 16), byte(k >> 8), byte(k)}
		var stream utf8check.Stream
		// The second message verifies that Reset removes the state of the
		// first.
		for range 2 {
			feed(t, &stream, s, cuts, key, pos)
			stream.Reset()
			if !stream.Complete() || stream != (utf8check.Stream{}) {
				t.Fatal("Reset does not make a Stream ready")
			}
		}
	})
}

func feed(t *testing.T, stream *utf8check.Stream, s, cuts []byte, key [4]byte, pos int) {
	at, incomplete := model.IllFormed(s)
	// The first invalid chunk has the first byte that no continuation can make
	// valid.
	end := len(s) + 1
	if at >= 0 && !incomplete {
		for end = at + 1; ; end++ {
			if _, incomplete := model.IllFormed(s[at:end]); !incomplete {
				break
			}
		}
	}
	done := 0
	failed := false
	for i := 0; i <= len(cuts); i++ {
		n, masked := len(s)-done, false
		if i < len(cuts) {
			n, masked = min(int(cuts[i]&127), n), cuts[i]&128 != 0
		}
		chunk := slices.Clone(s[done : done+n])
		done += n
		var ok bool
		if masked {
			plain := slices.Clone(chunk)
			for j := range chunk {
				chunk[j] ^= key[(pos+j)&3]
			}
			wire := slices.Clone(chunk)
			ok = stream.NextMasked(chunk, key, pos)
			if ok && !bytes.Equal(chunk, plain) || failed && !bytes.Equal(chunk, wire) {
				t.Fatalf("NextMasked leaves % x, the wire has % x, the text % x", chunk, wire, plain)
			}
		} else {
			ok = stream.Next(chunk)
			if !bytes.Equal(chunk, s[done-n:done]) {
				t.Fatal("Next changes the chunk")
			}
		}
		failed = failed || !ok
		if want := done < end; ok != want {
			t.Fatalf("%q: after %d bytes Next is %v, want %v", s, done, ok, want)
		}
		whole, _ := model.IllFormed(s[:done])
		if got, want := stream.Complete(), done < end && whole < 0; got != want {
			t.Fatalf("%q: after %d bytes Complete is %v", s, done, got)
		}
	}
}
