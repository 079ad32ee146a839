package grammar

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/closeframe/closeframe/utf8check"
)

func compile(t *testing.T, abnf, rule string) *Automaton {
	t.Helper()
	a, err := Compile(abnf, rule)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestUTF8 verifies that the automaton of the grammar has the known nine
// states, one of them dead, and that it agrees with unicode/utf8 for every
// input of up to three bytes.
func TestUTF8(t *testing.T) {
	a := compile(t, UTF8, "UTF8-octets")
	if len(a.Next) != 9 || a.Dead() < 0 {
		t.Fatalf("%d states, of which %d is dead", len(a.Next), a.Dead())
	}
	compare := func(state int, p ...byte) {
		t.Helper()
		if got, want := a.Accept[state], utf8.Valid(p); got != want {
			t.Fatalf("% x is accepted: %v, want %v", p, got, want)
		}
	}
	compare(0)
	for x, s := range a.Next[0] {
		compare(s, byte(x))
		for y, s := range a.Next[s] {
			compare(s, byte(x), byte(y))
			for z, s := range a.Next[s] {
				if a.Accept[s] != utf8.Valid([]byte{byte(x), byte(y), byte(z)}) {
					compare(s, byte(x), byte(y), byte(z))
				}
			}
		}
	}
}

// TestProduct verifies that Product detects different automata.
func TestProduct(t *testing.T) {
	a := compile(t, UTF8, "UTF8-octets")
	for _, change := range []struct{ old, new string }{
		{"%xC2-DF", "%xC1-DF"}, {"%xED %x80-9F", "%xED %x80-BF"}, {"%xF4 %x80-8F", "%xF4 %x80-90"}, {"3( UTF8-tail )", "2( UTF8-tail )"}, {"*( UTF8-char )", "3( UTF8-char )"},
	} {
		b := compile(t, replace(t, UTF8, change.old, change.new), "UTF8-octets")
		if _, err := Product(a, b); err == nil {
			t.Errorf("%s for %s makes no difference", change.new, change.old)
		}
	}
	for _, bad := range []string{"a = %x100", "a = %x9-3", "a = b", "a = 0( %x00 )", "a = 2( %x00", "b = %x00"} {
		if _, err := Compile(bad, "a"); err == nil {
			t.Errorf("%q is accepted as a grammar", bad)
		}
	}
}

// TestStream explores utf8check.Stream byte by byte, and verifies that its
// automaton is that of the grammar.
//
// Shows: U01 U02 U03 U04
func TestStream(t *testing.T) {
	step := func(s utf8check.Stream, b byte) utf8check.Stream {
		s.Next([]byte{b})
		return s
	}
	live := func(s utf8check.Stream) bool { return s.Next(nil) }
	complete := func(s utf8check.Stream) bool { return s.Complete() }
	got, err := Explore(utf8check.Stream{}, step, live, complete, "A\x80\x90\xA0\xC2\xE0\xF0")
	if err != nil {
		t.Fatal(err)
	}
	want := compile(t, UTF8, "UTF8-octets")
	pairs, err := Product(got, want)
	if err != nil {
		t.Fatal(err)
	}
	// The comparison includes rejection at the first invalid byte, not only the
	// accepted inputs.
	if len(got.Next) != len(want.Next) || pairs != len(want.Next) {
		t.Errorf("%d states, %d pairs; the grammar has %d", len(got.Next), pairs, len(want.Next))
	}
	for i := range got.Next {
		text := []byte(got.Access()[i])
		var s utf8check.Stream
		if got, want := s.Next(text), want.Run(0, text...) != want.Dead(); got != want {
			t.Errorf("% x can still become valid: %v, want %v", text, got, want)
		}
	}
	t.Logf("%d states, %d pairs", len(got.Next), pairs)
}

func replace(t *testing.T, s, old, new string) string {
	t.Helper()
	if !strings.Contains(s, old) {
		t.Fatalf("no %q in the grammar", old)
	}
	return strings.Replace(s, old, new, 1)
}
